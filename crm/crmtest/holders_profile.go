package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func profileChecks() []Check {
	return []Check{
		check("Holder/profile", "Holder gives the profile of the card's customer, the same for each of the customer's cards.", holderProfile),
		check("Holder/nobody", "Holder of a card without a holder is empty.", holderEmpty),
		check("Holder/unknown", "Holder of an unknown card gives ErrCardNotFound.", holderUnknown),
		check("HoldersOf/profiles", "HoldersOf gives the profile of each card that has a holder, and leaves out unknown cards and those without one.", holdersOfMany),
		check("HoldersOf/many", "HoldersOf works for thousands of numbers, repeated ones among them, and for none.", holdersOfAll),
		check("UpdateProfile/each-field", "UpdateProfile stores each field that is not empty; the others stay.", updatesEachField),
		check("UpdateProfile/nothing", "UpdateProfile with an empty profile changes nothing.", updatesNothing),
		check("UpdateProfile/again", "UpdateProfile called again with the same request changes nothing.", updatesAgain),
		check("UpdateProfile/new-identity", "After UpdateProfile the customer is found by the new phone and email, and by the old ones no more.", updatesIdentity),
		check("UpdateProfile/phone-taken", "UpdateProfile with another customer's phone gives ErrPhoneTaken and changes nothing.", updatePhoneTaken),
		check("UpdateProfile/email-taken", "UpdateProfile with another customer's email gives ErrEmailTaken and changes nothing.", updateEmailTaken),
		check("UpdateProfile/both-taken", "UpdateProfile with a phone and an email that are both taken gives ErrPhoneTaken and changes nothing.", updateBothTaken),
		check("UpdateProfile/blocked", "UpdateProfile of a blocked card gives ErrCardBlocked and changes nothing.", updateBlocked),
		check("UpdateProfile/inactive", "UpdateProfile of an inactive card works.", updateInactive),
		check("UpdateProfile/unknown", "UpdateProfile of an unknown card gives ErrCardNotFound and changes nothing.", updateUnknown),
	}
}

func holderProfile(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(crm.Profile{Phone: phone(1)}, "card-2")
	b.issue(fullProfile(3), "card-3")
	for _, number := range []string{"card-1", "card-2"} {
		same(b, "Holder of "+number+", a card of the first customer", b.holder(number), fullProfile(1))
	}
	same(b, "Holder of card-3, another customer's", b.holder("card-3"), fullProfile(3))
}

func holderEmpty(b *bench) {
	b.unheld("plastic-1")
	same(b, "imported plastic-1 without a holder, then Holder", b.holder("plastic-1"), crm.Profile{})
}

func holderUnknown(b *bench) {
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		_, err := b.Holder(b.ctx, number)
		b.fails("Holder of "+number+", which is no card", err, crm.ErrCardNotFound)
	}
}

func holdersOfMany(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(crm.Profile{Phone: phone(1)}, "card-2")
	b.issue(fullProfile(3), "card-3")
	b.issue(fullProfile(4), "card-4")
	b.unheld("plastic-1")
	b.pool("free-1")
	same(b, "HoldersOf of four cards, one of them unknown and one without a holder",
		b.holdersOf("card-3", "card-9", "plastic-1", "free-1", "card-1"), map[string]crm.Profile{"card-1": fullProfile(1), "card-3": fullProfile(3)})
	same(b, "HoldersOf of two cards of one customer", b.holdersOf("card-1", "card-2"),
		map[string]crm.Profile{"card-1": fullProfile(1), "card-2": fullProfile(1)})
	b.erase(phone(3))
	same(b, "HoldersOf after an erasure", b.holdersOf("card-3", "card-4"), map[string]crm.Profile{"card-4": fullProfile(4)})
}

func holdersOfAll(b *bench) {
	same(b, "HoldersOf of no card", len(b.holdersOf()), 0)
	b.issue(fullProfile(1), "card-1")
	var numbers []string
	for n := range 3000 {
		numbers = append(numbers, fmt.Sprintf("nobody-%d", n), "card-1")
	}
	same(b, "HoldersOf of 6,000 numbers, half of them card-1 and no other one known", b.holdersOf(numbers...),
		map[string]crm.Profile{"card-1": fullProfile(1)})
}

func updatesEachField(b *bench) {
	want := fullProfile(1)
	b.issue(want, "card-1")
	b.issue(fullProfile(2), "card-2")
	for _, change := range []struct {
		with crm.Profile
		to   func(*crm.Profile)
	}{
		{crm.Profile{Phone: phone(11)}, func(p *crm.Profile) { p.Phone = phone(11) }},
		{crm.Profile{Email: email(11)}, func(p *crm.Profile) { p.Email = email(11) }},
		{crm.Profile{Surname: "Смирнова"}, func(p *crm.Profile) { p.Surname = "Смирнова" }},
		{crm.Profile{FirstName: "Анна"}, func(p *crm.Profile) { p.FirstName = "Анна" }},
		{crm.Profile{Patronymic: "Львовна"}, func(p *crm.Profile) { p.Patronymic = "Львовна" }},
		{crm.Profile{Sex: "m"}, func(p *crm.Profile) { p.Sex = "m" }},
		{crm.Profile{BirthDate: "1980-12-31"}, func(p *crm.Profile) { p.BirthDate = "1980-12-31" }},
		{crm.Profile{CountryCode: "KZ"}, func(p *crm.Profile) { p.CountryCode = "KZ" }},
		{crm.Profile{Locality: "Алматы"}, func(p *crm.Profile) { p.Locality = "Алматы" }},
	} {
		b.update("card-1", change.with)
		change.to(&want)
		same(b, "UpdateProfile with "+text(change.with)+", then Holder", b.holder("card-1"), want)
	}
	same(b, "UpdateProfile of card-1, then Holder of another customer's card", b.holder("card-2"), fullProfile(2))
}

func updatesNothing(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.idle("UpdateProfile with an empty profile", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Now: b.now})
	})
}

func updatesAgain(b *bench) {
	b.issue(fullProfile(1), "card-1")
	r := crm.ProfileUpdate{CardNumber: "card-1", Profile: fullProfile(9), Now: b.now}
	b.must("UpdateProfile of every field", b.UpdateProfile(b.ctx, r))
	b.idle("UpdateProfile again with the same request", func() error { return b.UpdateProfile(b.ctx, r) })
}

func updatesIdentity(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.update("card-1", crm.Profile{Phone: phone(11), Email: email(11)})
	for _, who := range []crm.Identity{{Phone: phone(11)}, {Email: email(11)}} {
		match := b.one("UpdateProfile with a new phone and email", who)
		same(b, "UpdateProfile with a new phone and email, then the customer", match.CustomerID, card.CustomerID)
	}
	b.nobody("UpdateProfile with a new phone", crm.Identity{Phone: phone(1)})
	b.nobody("UpdateProfile with a new email", crm.Identity{Email: email(1)})
	other := b.issue(fullProfile(1), "card-2")
	b.holds(other.CustomerID != card.CustomerID, "the customer of card-1 took another phone and email, Issue to the old ones", "a new customer", other)
}

func updatePhoneTaken(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.refuses("UpdateProfile of card-1 with the phone of the holder of card-2 and other fields", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Now: b.now,
			Profile: crm.Profile{Phone: phone(2), Email: email(11), Surname: "Новая"}})
	}, crm.ErrPhoneTaken)
}

func updateEmailTaken(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.refuses("UpdateProfile of card-1 with the email of the holder of card-2 and other fields", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Now: b.now,
			Profile: crm.Profile{Phone: phone(11), Email: email(2), Surname: "Новая"}})
	}, crm.ErrEmailTaken)
}

func updateBothTaken(b *bench) {
	for i := 1; i <= 3; i++ {
		b.issue(fullProfile(i), cardName(i))
	}
	for _, with := range []crm.Profile{{Phone: phone(2), Email: email(2)}, {Phone: phone(2), Email: email(3)}} {
		b.refuses("UpdateProfile of card-1 with "+text(with)+", both of other customers", func() error {
			return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Profile: with, Now: b.now})
		}, crm.ErrPhoneTaken)
	}
}

func updateBlocked(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.setState("card-1", crm.CardBlocked)
	b.refuses("UpdateProfile of a blocked card", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Profile: fullProfile(9), Now: b.now})
	}, crm.ErrCardBlocked)
	b.unheld("plastic-2")
	b.setState("plastic-2", crm.CardBlocked)
	b.refuses("UpdateProfile of a blocked card without a holder", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "plastic-2", Profile: fullProfile(9), Now: b.now})
	}, crm.ErrCardBlocked)
}

func updateInactive(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.setState("card-1", crm.CardInactive)
	b.update("card-1", newNames)
	same(b, "UpdateProfile of an inactive card, then Holder", b.holder("card-1"), renamed(fullProfile(1)))
}

func updateUnknown(b *bench) {
	b.pool("free-1")
	for i, number := range []string{"card-9", "free-1"} {
		b.refuses(fmt.Sprintf("UpdateProfile of %s, which is no card", number), func() error {
			return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: number, Profile: fullProfile(i), Now: b.now})
		}, crm.ErrCardNotFound)
	}
}
