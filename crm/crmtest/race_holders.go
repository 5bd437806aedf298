package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func raceHolderChecks() []Check {
	return []Check{
		check("Race/update-to-one-phone", "Of customers who take one phone at one moment one gets it; the others get ErrPhoneTaken and stay as they are.", raceUpdatePhone),
		check("Race/update-to-one-email", "Of customers who take one email at one moment one gets it; the others get ErrEmailTaken and stay as they are.", raceUpdateEmail),
		check("Race/update-and-issue", "A phone that is taken by an update and by an issue at one moment belongs to one customer.", raceUpdateIssue),
		check("Race/unheld-card", "A card without a holder that several people claim at one moment is given to one.", raceUnheld),
		check("Race/channels-twins", "A channel gets no second line when the call races its twin.", raceChannels),
		check("Race/erase", "Of calls that erase one phone at one moment one erases; the others get ErrCustomerNotFound.", raceErase),
	}
}

func raceUpdatePhone(b *bench) {
	b.raceUpdate(crm.Profile{Phone: phone(99), Surname: "Новая"}, crm.Identity{Phone: phone(99)}, crm.ErrPhoneTaken)
}

func raceUpdateEmail(b *bench) {
	b.raceUpdate(crm.Profile{Email: email(99), Surname: "Новая"}, crm.Identity{Email: email(99)}, crm.ErrEmailTaken)
}

func (b *bench) raceUpdate(with crm.Profile, who crm.Identity, kind crm.Kind) {
	for i := range racers {
		b.issue(fullProfile(i), cardName(i))
	}
	results := race(racers, func(i int) (any, error) {
		return nil, b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: cardName(i), Profile: with, Now: b.now})
	})
	did := "32 customers, UpdateProfile of all with " + text(with) + " at once"
	tally(b, did, results, onlyOne(kind))
	match := b.one(did, who)
	for i := range racers {
		number, want := cardName(i), fullProfile(i)
		if b.look(number).CustomerID == match.CustomerID {
			continue
		}
		same(b, did+", then Holder of "+number+", who lost", b.holder(number), want)
	}
}

func raceUpdateIssue(b *bench) {
	b.card(1)
	results := race(racers, func(i int) (any, error) {
		if i%2 == 0 {
			return nil, b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "card-1", Profile: crm.Profile{Phone: phone(99)}, Now: b.now})
		}
		_, err := b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(99)}, fmt.Sprintf("new-%d", i)))
		return nil, err
	})
	did := "UpdateProfile of card-1 to a phone and Issue to that phone at once"
	for i, r := range results {
		b.holds(r.err == nil || i%2 == 0 && isAny(r.err, []crm.Kind{crm.ErrPhoneTaken}), fmt.Sprintf("%s, caller %d", did, i),
			"success, or ErrPhoneTaken for an update", r.err)
	}
	match := b.one(did, crm.Identity{Phone: phone(99)})
	same(b, did+", the count of cards of the phone's customer", len(match.Cards), 1)
}

func raceUnheld(b *bench) {
	b.unheld("plastic-1")
	results := race(racers, func(i int) (any, error) {
		if i%2 == 0 {
			_, err := b.IssueReserved(b.ctx, b.request(fullProfile(i), "plastic-1"))
			return nil, err
		}
		return nil, b.UpdateProfile(b.ctx, crm.ProfileUpdate{CardNumber: "plastic-1", Profile: crm.Profile{Phone: phone(i), Email: email(i)}, Now: b.now})
	})
	did := "a card without a holder, IssueReserved and UpdateProfile of 32 people at once"
	for i, r := range results {
		// An update of a card that has just got a holder is an update of that holder.
		b.holds(r.err == nil || isAny(r.err, []crm.Kind{crm.ErrNumberTaken, crm.ErrPhoneTaken, crm.ErrEmailTaken}),
			fmt.Sprintf("%s, caller %d", did, i), "success, or the card is taken", r.err)
	}
	card := b.look("plastic-1")
	b.holds(card.CustomerID != "", did, "a card with a holder", card)
	holders := 0
	for i := range racers {
		holders += len(b.find(crm.Identity{Phone: phone(i), Email: email(i)}))
	}
	same(b, did+", the count of customers", holders, 1)
}

func raceChannels(b *bench) {
	b.card(1)
	wanted := map[crm.Channel]bool{crm.ChannelSMS: true, crm.ChannelEmail: false}
	results := race(racers, func(int) (any, error) { return nil, b.SetChannels(b.ctx, b.wish("card-1", wanted)) })
	did := "32 times SetChannels with sms allowed and email denied at once"
	tally(b, did, results, all)
	log := b.consents("card-1")
	b.holds(len(log) == 2, did+", then Consents", "one line for each channel", log)
	results = race(racers, func(i int) (any, error) {
		return nil, b.SetChannels(b.ctx, b.wish("card-1", wants(crm.ChannelPush, i%2 == 0)))
	})
	did = "push allowed and denied 16 times each at once"
	tally(b, did, results, all)
	log = b.consents("card-1")[2:]
	for i := 1; i < len(log); i++ {
		b.holds(log[i].Allowed != log[i-1].Allowed, did+", then Consents", "lines that each change the state", log)
	}
}

func raceErase(b *bench) {
	b.life()
	results := race(racers, func(int) (crm.Erasure, error) {
		return b.Erase(b.ctx, crm.EraseRequest{Phone: marked.Phone, Actor: "operator", Now: b.now})
	})
	did := "32 times Erase of one phone at once"
	tally(b, did, results, onlyOne(crm.ErrCustomerNotFound))
	for _, erasure := range winners(results) {
		b.holds(len(erasure.Cards) == 2 && len(erasure.Fields) == 9 && erasure.Purchases == 3, did, "one whole answer", erasure)
	}
	b.nobody(did, crm.Identity{Phone: marked.Phone, Email: marked.Email})
}
