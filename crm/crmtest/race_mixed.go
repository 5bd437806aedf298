package crmtest

import (
	"fmt"
	"slices"

	"koshelek-adapter/crm"
)

func raceMixedChecks() []Check {
	return []Check{
		check("Race/opposite-orders", "Calls that store the same things in opposite orders at one moment all succeed.", raceOrders),
		check("Race/segments", "Of sets of segments that are stored at one moment one remains whole.", raceSegments),
		check("Race/import-and-issue", "A phone that is imported and issued at one moment belongs to one customer.", raceImportIssue),
		check("Race/erase-and-issue", "Erase and IssueReserved for one phone at one moment: each card either belongs to the new customer or is blocked without a holder.", raceEraseIssue),
		check("Race/verify", "Verify finds nothing in a sound store, also while points move.", raceVerify),
	}
}

// turned gives the list to callers with even numbers, and backwards to others.
func turned[T any](i int, list []T) []T {
	list = slices.Clone(list)
	if i%2 == 1 {
		slices.Reverse(list)
	}
	return list
}

func raceOrders(b *bench) {
	var (
		lines  []crm.Purchase
		codes  []crm.PromoCode
		offers []crm.Offer
		rows   []crm.CardRecord
		pool   crm.PoolRequest
	)
	for i := range 8 {
		lines = append(lines, line(b.card(i), "a", today))
		codes = append(codes, b.promo(fmt.Sprintf("CODE-%d", i)))
		offers = append(offers, offerFor(fmt.Sprintf("offer-%d", i), crm.AudienceAll, ""))
		rows = append(rows, b.row(fmt.Sprintf("plastic-%d", i), crm.Profile{Phone: phone(i % 4)}, 10))
		pool.Numbers = append(pool.Numbers, numbered(fmt.Sprintf("free-%d", i)))
	}
	pool.Now = b.now
	for name, call := range map[string]func(i int) error{
		"PutPurchases": func(i int) error { _, _, err := b.PutPurchases(b.ctx, turned(i, lines)); return err },
		"PutCodes":     func(i int) error { return b.PutCodes(b.ctx, turned(i, codes)) },
		"PutOffers":    func(i int) error { return b.PutOffers(b.ctx, turned(i, offers)) },
		"ImportCards":  func(i int) error { _, err := b.ImportCards(b.ctx, turned(i, rows), b.now); return err },
		"AddNumbers": func(i int) error {
			_, err := b.AddNumbers(b.ctx, crm.PoolRequest{Numbers: turned(i, pool.Numbers), Now: b.now})
			return err
		},
	} {
		results := race(racers/2, func(i int) (any, error) { return nil, call(i) })
		tally(b, "16 times "+name+" with the same 8 things at once, half of them in the opposite order", results, map[string]int{done: racers / 2})
	}
	for i := range 8 {
		b.balance("ImportCards with 10 points 16 times at once", fmt.Sprintf("plastic-%d", i), 10)
	}
}

func raceSegments(b *bench) {
	b.card(1)
	var offers []crm.Offer
	for i := range racers {
		for _, side := range []string{"a", "b"} {
			name := fmt.Sprintf("%02d-%s", i, side)
			offers = append(offers, offerFor(name, crm.AudienceSegment, name))
		}
	}
	b.putOffers(offers...)
	results := race(racers, func(i int) (any, error) {
		return nil, b.SetSegments(b.ctx, "card-1", []string{fmt.Sprintf("%02d-a", i), fmt.Sprintf("%02d-b", i)})
	})
	did := "32 times SetSegments at once, each with two segments of its own"
	tally(b, did, results, all)
	shown := b.shown("card-1", today)
	b.holds(len(shown) == 2 && shown[0][:2] == shown[1][:2], did+", then Offers for segments", "the two of one call", shown)
}

func raceImportIssue(b *bench) {
	results := race(racers, func(i int) (any, error) {
		if i%2 == 0 {
			_, err := b.Issue(b.ctx, b.request(crm.Profile{Phone: phone(1)}, cardName(i)))
			return nil, err
		}
		refused, err := b.ImportCards(b.ctx, []crm.CardRecord{b.row(fmt.Sprintf("plastic-%d", i), crm.Profile{Phone: phone(1)}, 0)}, b.now)
		if err == nil && len(refused) > 0 {
			err = refused[0].Err
		}
		return nil, err
	})
	did := "16 calls of Issue and 16 imports for one phone at once"
	tally(b, did, results, all)
	match := b.one(did, crm.Identity{Phone: phone(1)})
	issued := 0
	for _, card := range match.Cards {
		if card.Number[0] == 'c' {
			issued++
		}
	}
	b.holds(issued <= 1 && len(match.Cards)-issued == racers/2, did, "one customer with 16 imported cards and at most one issued", match.Cards)
}

func raceEraseIssue(b *bench) {
	numbers := b.freeNumbers(racers)
	b.life()
	results := race(racers, func(i int) ([]string, error) {
		if i == racers/2 {
			erasure, err := b.Erase(b.ctx, crm.EraseRequest{Phone: marked.Phone, Actor: "operator", Now: b.now})
			return erasure.Cards, err
		}
		_, err := b.IssueReserved(b.ctx, b.request(crm.Profile{Phone: marked.Phone}, numbers[i]))
		return nil, err
	})
	did := "Erase of a phone and 31 times IssueReserved for it at once"
	tally(b, did, results, all)
	erased := map[string]bool{}
	for _, number := range results[racers/2].answer {
		erased[number] = true
	}
	held := map[string]bool{}
	for _, match := range b.find(crm.Identity{Phone: marked.Phone}) {
		for _, card := range match.Cards {
			held[card.Number] = true
		}
	}
	for i, number := range append(numbers, "card-1", "card-2") {
		if i == racers/2 {
			continue // nobody asked for this one
		}
		card := b.look(number)
		free := card.CustomerID == "" && card.State == crm.CardBlocked
		b.holds(erased[number] == free && held[number] != free, did+", then Card of "+number,
			"either erased, blocked and without a holder, or a card of the phone's customer", card)
	}
}

func raceVerify(b *bench) {
	for i := range 4 {
		b.grant(b.card(i), fmt.Sprintf("gift-%d", i), 50)
	}
	results := race(racers, func(i int) ([]crm.Discrepancy, error) {
		number := cardName(i % 4)
		switch i / 4 % 4 {
		case 0:
			_, err := b.Grant(b.ctx, b.movement(number, fmt.Sprintf("more-%d", i), 10))
			return nil, err
		case 1:
			_, err := b.Take(b.ctx, b.movement(number, fmt.Sprintf("less-%d", i), 10))
			return nil, err
		}
		bad, _, err := b.Verify(b.ctx, "", plenty)
		return bad, err
	})
	did := "Grant and Take of four cards and Verify at once"
	tally(b, did, results, all)
	for _, bad := range winners(results) {
		same(b, did+", what Verify found", bad, nil)
	}
}
