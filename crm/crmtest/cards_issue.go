package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func issueChecks() []Check {
	return []Check{
		check("Issue/new-customer", "Issue makes a customer when none matches, and Number becomes the card.", issuesToNew),
		check("Issue/by-email-alone", "Issue gives the customer of the email a card when no phone is given.", issuesByEmail),
		check("Issue/number-leaves-pool", "The Number that becomes a card leaves the pool if it was there.", issueEmptiesPool),
		check("Issue/keeps-card", "A customer who has cards keeps them: Issue answers with the card, and Number stays unused.", issueKeepsCard),
		check("Issue/picked-card", "Of several cards Issue answers with the one that PickCard picks.", issuePicks),
		check("Issue/inactive-card", "A customer whose only card is inactive keeps it: Issue answers with it.", issueAnswersInactive),
		check("Issue/again", "Issue called again with the same request, as after a lost answer, gives the same card and changes nothing.", issueAgain),
		check("Issue/attach-by-email", "Issue with the email of a customer answers with that customer's card and makes no second customer.", issueAttaches),
		check("Issue/ambiguous", "Issue with phone and email of two customers gives ErrAmbiguous and changes nothing.", issueAmbiguous),
		check("Issue/all-blocked", "Issue for a customer whose cards are all blocked gives ErrCardBlocked and changes nothing.", issueBlocked),
		check("Issue/number-taken", "Issue with a Number that is a card already gives ErrNumberTaken and changes nothing.", issueTaken),
		check("Issue/no-number", "Issue without a Number gives ErrPoolEmpty and changes nothing when a card would have to be made; a customer who has a card is answered with it.", issueWithoutNumber),
		check("Issue/taken-but-unused", "Number stays unused for a customer who has a card, so it does not matter whether it is taken.", issueTakenUnused),
	}
}

func issuesToNew(b *bench) {
	issued, err := b.Issue(b.ctx, b.request(fullProfile(1), "card-1"))
	b.must("Issue of card-1 to a new customer", err)
	b.holds(issued.Created, "Issue of card-1 to a new customer", "Created", issued)
	same(b, "Issue of card-1 to a new customer", issued.Card, crm.Card{
		CardNumber: numbered("card-1"), State: crm.CardActive, CustomerID: issued.Card.CustomerID, IssuedAt: b.now,
	})
	b.holds(issued.Card.CustomerID != "", "Issue of card-1 to a new customer", "the ID of the new customer", issued.Card)
	same(b, "Issue of card-1, then Card of it", b.look("card-1"), issued.Card)
	same(b, "Issue of card-1, then Holder of it", b.holder("card-1"), fullProfile(1))
}

func issuesByEmail(b *bench) {
	who := crm.Profile{Email: email(1), FirstName: "Анна"}
	card := b.issue(who, "card-1")
	same(b, "Issue of card-1 by email alone, then Holder", b.holder("card-1"), who)
	again, err := b.Issue(b.ctx, b.request(who, "card-2"))
	b.must("Issue of card-2 to the same email", err)
	same(b, "Issue of card-2 to the same email", again, crm.Issued{Card: card})
	other := b.issue(crm.Profile{Email: email(2)}, "card-3")
	b.holds(other.CustomerID != card.CustomerID, "Issue to another email, also without a phone", "another customer", other)
}

func issueEmptiesPool(b *bench) {
	b.pool("free-1", "free-2")
	b.issue(crm.Profile{Phone: phone(1)}, "free-1")
	same(b, "added free-1 and free-2, issued free-1, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 1})
	same(b, "added free-1 and free-2, issued free-1, then LeaseNumbers of 5",
		b.lease(5, b.now.Add(time.Hour)), []crm.CardNumber{numbered("free-2")})
}

func issueKeepsCard(b *bench) {
	first := b.issue(crm.Profile{Phone: phone(1)}, "card-1")
	b.pool("free-2")
	b.later(time.Hour)
	issued, err := b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(1)}, "free-2"))
	b.must("Issue of free-2 to the holder of card-1", err)
	same(b, "Issue of free-2 to the holder of card-1", issued, crm.Issued{Card: first})
	b.noCard("Issue of free-2 to the holder of card-1", "free-2")
	same(b, "Issue of free-2 to the holder of card-1, then CountNumbers", b.level(b.now), crm.PoolLevel{Free: 1})
	match := b.one("Issue of free-2 to the holder of card-1", crm.Identity{Phone: phone(1)})
	same(b, "Issue of free-2 to the holder of card-1, then FindCards", match.Cards, []crm.Card{first})
}

func issuePicks(b *bench) {
	who := crm.Profile{Phone: phone(1)}
	b.issue(who, "card-1")
	for _, number := range []string{"card-2", "card-3", "card-4"} {
		b.later(time.Hour)
		b.second(who, number)
	}
	b.setState("card-3", crm.CardInactive)
	b.setState("card-4", crm.CardBlocked)
	cards := b.one("issued four cards", crm.Identity{Phone: phone(1)}).Cards
	want, _ := crm.PickCard(cards)
	b.holds(want.Number == "card-2", "gave one customer cards an hour apart, of which the last two are inactive and blocked",
		"card-2 is the newest active one", cards)
	issued, err := b.Issue(b.ctx, b.request(who, "card-5"))
	b.must("Issue to a customer with four cards", err)
	same(b, "Issue to a customer with two active cards, a newer inactive and a newer blocked one", issued, crm.Issued{Card: want})
}

func issueAnswersInactive(b *bench) {
	b.issue(crm.Profile{Phone: phone(1)}, "card-1")
	b.setState("card-1", crm.CardInactive)
	issued, err := b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(1)}, "card-2"))
	b.must("Issue to a customer whose card is inactive", err)
	same(b, "Issue to a customer whose card is inactive", issued, crm.Issued{Card: b.look("card-1")})
}

func issueAgain(b *bench) {
	r := b.request(fullProfile(1), "card-1")
	r.Welcome = b.award(crm.PostingWelcome, 50)
	first, err := b.Issue(b.ctx, r)
	b.must("Issue of card-1", err)
	repeats(b, "Issue of card-1 again with the same request", first.Card, func() (crm.Card, error) {
		again, err := b.Issue(b.ctx, r)
		return again.Card, err // Created may be true or not: nobody knows whether the first answer was lost
	})
}

func issueAttaches(b *bench) {
	card := b.issue(crm.Profile{Phone: phone(1), Email: email(1)}, "card-1")
	issued, err := b.Issue(b.ctx, b.request(crm.Profile{Email: email(1)}, "card-2"))
	b.must("Issue to the email of the holder of card-1", err)
	same(b, "Issue to the email of the holder of card-1", issued, crm.Issued{Card: card})
	issued, err = b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(2), Email: email(1)}, "card-3"))
	b.must("Issue to another phone with the email of the holder of card-1", err)
	same(b, "Issue to another phone with the email of the holder of card-1", issued, crm.Issued{Card: card})
	b.one("Issue three times with one email", crm.Identity{Email: email(1)})
}

func issueAmbiguous(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.issue(fullProfile(2), "card-2")
	b.pool("free-3")
	b.refuses("Issue with the phone of one customer and the email of another", func() error {
		_, err := b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(1), Email: email(2), Surname: "Другая"}, "free-3"))
		return err
	}, crm.ErrAmbiguous)
}

func issueBlocked(b *bench) {
	who := crm.Profile{Phone: phone(1)}
	b.issue(who, "card-1")
	b.second(who, "card-2")
	b.setState("card-1", crm.CardBlocked)
	b.setState("card-2", crm.CardBlocked)
	b.pool("free-3")
	b.refuses("Issue to a customer whose two cards are blocked", func() error {
		_, err := b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(1), Surname: "Новая"}, "free-3"))
		return err
	}, crm.ErrCardBlocked)
}

func issueTaken(b *bench) {
	b.card(1)
	b.unheld("card-2")
	for _, number := range []string{"card-1", "card-2"} {
		b.refuses("Issue of "+number+", which is a card, to a new customer", func() error {
			_, err := b.Issue(b.ctx, b.request(fullProfile(3), number))
			return err
		}, crm.ErrNumberTaken)
	}
}

func issueTakenUnused(b *bench) {
	b.card(1)
	b.card(2)
	repeats(b, "Issue of card-2, which is somebody else's, to the holder of card-1", crm.Issued{Card: b.look("card-1")}, func() (crm.Issued, error) {
		return b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(1)}, "card-2"))
	})
}

func issueWithoutNumber(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	b.pool("free-2") // a number of the pool is not Issue's to take
	without := crm.IssueRequest{Profile: fullProfile(2), Welcome: b.award(crm.PostingWelcome, 50), Now: b.now}
	b.refuses("Issue without a Number to a new customer", func() error {
		_, err := b.Issue(b.ctx, without)
		return err
	}, crm.ErrPoolEmpty)
	without.Profile = fullProfile(1)
	repeats(b, "Issue without a Number to the holder of card-1", crm.Issued{Card: card}, func() (crm.Issued, error) { return b.Issue(b.ctx, without) })
}
