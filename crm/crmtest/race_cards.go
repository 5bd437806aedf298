package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func raceCardChecks() []Check {
	return []Check{
		check("Race/issue-one-phone", "Issue never makes a second customer or card for a phone, also when the call races its twin; the welcome is credited once.", raceIssuePhone),
		check("Race/issue-phone-and-email", "Issue never makes a second customer for a phone or an email when calls with one, the other and both race.", raceIssueCrossing),
		check("Race/issue-one-number", "Of calls of Issue for one number one wins; the others get ErrNumberTaken and leave nothing.", raceIssueNumber),
		check("Race/reserve-one-number", "Of calls of IssueReserved for one number one wins; the others get ErrNumberTaken and leave nothing.", raceReserveNumber),
		check("Race/reserve-twins", "The same profile for the same number at one moment is the same success for all.", raceReserveTwins),
		check("Race/reserve-one-phone", "Cards that are issued to one phone at one moment belong to one customer, and one welcome is credited.", raceReservePhone),
		check("Race/import-twins", "The same import at one moment credits each opening balance once.", raceImport),
		check("Race/card-state", "Calls that set the state of one card at one moment all succeed, and one of the states remains.", raceState),
	}
}

func raceIssuePhone(b *bench) {
	results := race(racers, func(i int) (crm.Issued, error) {
		return b.Issue(b.ctx, b.welcomed(fullProfile(1), cardName(i), 50))
	})
	did := "32 calls of Issue for one phone at once, each with a number of its own and a welcome of 50"
	tally(b, did, results, all)
	match := b.one(did, crm.Identity{Phone: phone(1), Email: email(1)})
	if len(match.Cards) != 1 {
		b.hopeless(did+", then FindCards", "one card", text(match.Cards))
	}
	number, created := match.Cards[0].Number, 0
	for _, issued := range winners(results) {
		if issued.Created {
			created++
		}
		same(b, did+", the number in each answer", issued.Card.Number, number)
	}
	same(b, did+", how often the answer is Created", created, 1)
	b.balance(did, number, 50)
	for i := range racers {
		if other := cardName(i); other != number {
			b.noCard(did+", of which "+number+" was used", other)
		}
	}
	b.adds(did, number)
}

func raceIssueCrossing(b *bench) {
	people := []crm.Profile{{Phone: phone(1), Email: email(1)}, {Phone: phone(1)}, {Email: email(1)}, {Phone: phone(1), Email: email(1)}}
	results := race(racers, func(i int) (crm.Issued, error) {
		return b.Issue(b.ctx, b.welcomed(people[i%len(people)], cardName(i), 50))
	})
	did := "32 calls of Issue at once: with a phone, with an email, and with both"
	created := 0
	for i, r := range results {
		// Phone and email may have become two customers before both came.
		b.holds(r.err == nil || isAny(r.err, []crm.Kind{crm.ErrAmbiguous}), fmt.Sprintf("%s, caller %d", did, i), "success or ErrAmbiguous", r.err)
		if r.err == nil && r.answer.Created {
			created++
		}
	}
	for _, who := range []crm.Identity{{Phone: phone(1)}, {Email: email(1)}} {
		match := b.one(did, who)
		same(b, did+", the count of cards of the customer of "+text(who), len(match.Cards), 1)
	}
	found := b.find(crm.Identity{Phone: phone(1), Email: email(1)})
	same(b, did+", as many cards were created as there are customers", created, len(found))
	var numbers []string
	for _, match := range found {
		for _, card := range match.Cards {
			numbers = append(numbers, card.Number)
		}
	}
	b.adds(did, numbers...)
}

func raceIssueNumber(b *bench) {
	b.pool("free-1")
	results := race(racers, func(i int) (crm.Issued, error) { return b.Issue(b.ctx, b.request(fullProfile(i), "free-1")) })
	did := "32 customers and one number, Issue at once"
	tally(b, did, results, onlyOne(crm.ErrNumberTaken))
	b.oneHolder(did, "free-1")
}

func raceReserveNumber(b *bench) {
	b.pool("free-1")
	results := race(racers, func(i int) (crm.Card, error) { return b.IssueReserved(b.ctx, b.welcomed(fullProfile(i), "free-1", 50)) })
	did := "32 customers and one number, IssueReserved at once"
	tally(b, did, results, onlyOne(crm.ErrNumberTaken))
	b.oneHolder(did, "free-1")
	b.balance(did, "free-1", 50)
	same(b, did+", then CountNumbers", b.level(b.now), crm.PoolLevel{})
	b.adds(did, "free-1")
}

// oneHolder looks that one of the racers holds the card, and that nothing is
// left of the others.
func (b *bench) oneHolder(did, number string) {
	b.Helper()
	holder := b.holder(number)
	for i := range racers {
		found := b.find(crm.Identity{Phone: phone(i), Email: email(i)})
		if holder.Phone == phone(i) {
			b.holds(len(found) == 1 && len(found[0].Cards) == 1, did+", the customer who won", "one customer with one card", found)
			continue
		}
		same(b, fmt.Sprintf("%s, customer %d, who lost", did, i), found, nil)
	}
}

func raceReserveTwins(b *bench) {
	b.pool("free-1")
	results := race(racers, func(int) (crm.Card, error) { return b.IssueReserved(b.ctx, b.welcomed(fullProfile(1), "free-1", 50)) })
	did := "32 times IssueReserved of one number to one profile at once"
	tally(b, did, results, all)
	for _, card := range winners(results) {
		same(b, did+", each answer", card, b.look("free-1"))
	}
	b.balance(did, "free-1", 50)
	b.adds(did, "free-1")
}

func raceReservePhone(b *bench) {
	var numbers []string
	for i := range racers {
		numbers = append(numbers, fmt.Sprintf("free-%d", i))
	}
	b.pool(numbers...)
	results := race(racers, func(i int) (crm.Card, error) {
		return b.IssueReserved(b.ctx, b.welcomed(fullProfile(1), numbers[i], 50))
	})
	did := "32 numbers and one customer, IssueReserved at once with a welcome of 50"
	tally(b, did, results, all)
	same(b, did+", the count of cards of the customer", len(b.one(did, crm.Identity{Phone: phone(1), Email: email(1)}).Cards), racers)
	var sum int64
	for _, number := range numbers {
		sum += b.look(number).Balance
	}
	same(b, did+", the points of all cards", sum, int64(50))
	b.adds(did, numbers...)
}

func raceImport(b *bench) {
	rows := []crm.CardRecord{b.row("card-1", fullProfile(1), 100), b.row("card-2", fullProfile(1), 10), b.row("card-3", crm.Profile{}, 1)}
	results := race(8, func(int) ([]crm.Refusal, error) { return b.ImportCards(b.ctx, rows, b.now) })
	did := "the same import 8 times at once"
	tally(b, did, results, map[string]int{done: 8})
	for _, refused := range winners(results) {
		same(b, did+", the refused rows", refused, nil)
	}
	for _, row := range rows {
		b.balance(did, row.Number, row.Balance)
	}
	same(b, did+", the count of cards of the customer", len(b.one(did, crm.Identity{Phone: phone(1), Email: email(1)}).Cards), 2)
	b.adds(did, "card-1", "card-2", "card-3")
}

func raceState(b *bench) {
	b.card(1)
	states := []crm.CardState{crm.CardActive, crm.CardInactive, crm.CardBlocked}
	results := race(racers, func(i int) (any, error) {
		return nil, b.SetCardState(b.ctx, crm.StateChange{CardNumber: "card-1", State: states[i%3], Actor: "operator", Now: b.now})
	})
	tally(b, "32 calls of SetCardState of one card to three states at once", results, all)
	b.holds(b.look("card-1").State.Valid(), "32 calls of SetCardState of one card at once", "one of the states", b.look("card-1"))
}
