package crmtest

import "koshelek-adapter/crm"

func unheldChecks() []Check {
	return []Check{
		check("UpdateProfile/unheld-new-customer", "A card without a holder is given to a customer who is made when there is none.", unheldToNew),
		check("UpdateProfile/unheld-by-phone", "A card without a holder is given to the customer of the profile's phone.", unheldByPhone),
		check("UpdateProfile/unheld-by-email", "A card without a holder is given to the customer of the profile's email.", unheldByEmail),
		check("UpdateProfile/unheld-ambiguous", "UpdateProfile of a card without a holder with phone and email of two customers gives ErrAmbiguous and changes nothing.", unheldAmbiguous),
		check("UpdateProfile/unheld-no-identity", "UpdateProfile of a card without a holder with neither phone nor email gives ErrNoIdentity and changes nothing.", unheldNoIdentity),
	}
}

func unheldToNew(b *bench) {
	row := b.record("plastic-1")
	row.Balance = 80
	b.imports(row)
	b.update("plastic-1", fullProfile(1))
	same(b, "UpdateProfile of a card without a holder, then Holder", b.holder("plastic-1"), fullProfile(1))
	match := b.one("UpdateProfile of a card without a holder", crm.Identity{Phone: phone(1)})
	same(b, "UpdateProfile of a card without a holder, then FindCards by the phone", match.Cards, []crm.Card{b.look("plastic-1")})
	b.balance("UpdateProfile of a card without a holder and with 80 points", "plastic-1", 80)
	b.idle("UpdateProfile again with the same profile", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "plastic-1", Profile: fullProfile(1), Now: b.now})
	})
}

func unheldByPhone(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.unheld("plastic-2")
	b.update("plastic-2", renamed(crm.Profile{Phone: phone(1)}))
	same(b, "UpdateProfile of an unheld card with the phone of the holder of card-1, its holder", b.look("plastic-2").CustomerID, card.CustomerID)
	same(b, "UpdateProfile of an unheld card with the phone of the holder of card-1, then Holder of card-1",
		b.holder("card-1"), renamed(fullProfile(1)))
}

func unheldByEmail(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.unheld("plastic-2")
	b.update("plastic-2", crm.Profile{Email: email(1)})
	same(b, "UpdateProfile of an unheld card with the email of the holder of card-1, its holder", b.look("plastic-2").CustomerID, card.CustomerID)
	same(b, "UpdateProfile of an unheld card with the email of the holder of card-1, then Holder", b.holder("plastic-2"), fullProfile(1))
}

func unheldAmbiguous(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.unheld("plastic-3")
	b.refuses("UpdateProfile of an unheld card with the phone of one customer and the email of another", func() error {
		return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "plastic-3", Now: b.now,
			Profile: crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}})
	}, crm.ErrAmbiguous)
}

func unheldNoIdentity(b *bench) {
	b.unheld("plastic-1")
	for _, with := range []crm.Profile{newNames, {}} {
		b.refuses("UpdateProfile of an unheld card with "+text(with), func() error {
			return b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "plastic-1", Profile: with, Now: b.now})
		}, crm.ErrNoIdentity)
	}
}
