package crmtest

import (
	"fmt"

	"koshelek-adapter/crm"
)

func raceLedgerChecks() []Check {
	return []Check{
		check("Race/take", "Nothing ever makes a balance negative: of takes at one moment exactly as many succeed as there are points for.", raceTake),
		check("Race/take-many-lots", "Takes at one moment spend each lot once, however many lots there are.", raceTakeLots),
		check("Race/grant-and-take", "Grants and takes at one moment are all counted: the balance is what came less what went.", raceGrantTake),
		check("Race/grant-one-key", "Of grants with one key at one moment one credits, and all get its answer.", raceGrantKey),
		check("Race/take-one-key", "Of takes with one key at one moment one takes, and all get its answer.", raceTakeKey),
		check("Race/grant-conflict", "Of different grants with one key at one moment one wins, and the others get ErrOperationConflict.", raceGrantConflict),
		check("Race/expire", "A lot is booked once, also when several processes expire points at one moment.", raceExpire),
		check("Race/expire-and-take", "Points are spent or expire, never both, when both happen at one moment.", raceExpireTake),
	}
}

func raceTake(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 100)
	results := race(racers, func(i int) (crm.Posting, error) {
		return b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("spent-%d", i), 10))
	})
	did := "100 points, 32 takes of 10 at once"
	tally(b, did, results, map[string]int{done: 10, string(crm.ErrInsufficientPoints): 22})
	b.balance(did, "card-1", 0)
	same(b, did+", the count of postings", len(b.postings("card-1")), 11)
	b.adds(did, "card-1")
}

func raceTakeLots(b *bench) {
	b.card(1)
	for i := range 8 {
		b.grantLot("card-1", fmt.Sprintf("lot-%d", i), 5, b.now, b.now.AddDate(0, 0, 1+i/2))
	}
	results := race(racers, func(i int) (crm.Posting, error) {
		return b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("spent-%d", i), 3))
	})
	did := "8 lots of 5 points, 32 takes of 3 at once"
	tally(b, did, results, map[string]int{done: 13, string(crm.ErrInsufficientPoints): 19})
	same(b, did+", the lots that are left", b.remaining("card-1", b.now), []int64{1})
	b.adds(did, "card-1")
}

func raceGrantTake(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 50)
	results := race(racers, func(i int) (crm.Posting, error) {
		if i%2 == 0 {
			return b.Grant(b.ctx, b.movement("card-1", fmt.Sprintf("more-%d", i), 10))
		}
		return b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("less-%d", i), 20))
	})
	did := "50 points, 16 grants of 10 and 16 takes of 20 at once"
	want := int64(50)
	for i, r := range results {
		b.holds(r.err == nil || i%2 == 1 && isAny(r.err, []crm.Kind{crm.ErrInsufficientPoints}),
			fmt.Sprintf("%s, caller %d", did, i), "every grant succeeds, and a take does or finds too few points", r.err)
		if r.err == nil {
			want += r.answer.Points
		}
	}
	b.balance(did+fmt.Sprintf(" (%d succeeded)", len(winners(results))), "card-1", want)
	same(b, did+", the count of postings", len(b.postings("card-1")), 1+len(winners(results)))
	b.adds(did, "card-1")
}

func raceGrantKey(b *bench) {
	b.card(1)
	results := race(racers, func(int) (crm.Posting, error) { return b.Grant(b.ctx, b.movement("card-1", "gift", 10)) })
	b.oneAnswer("32 grants of 10 with one key at once", results)
	b.balance("32 grants of 10 with one key at once", "card-1", 10)
	b.adds("32 grants with one key at once", "card-1")
}

func raceTakeKey(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 15)
	results := race(racers, func(int) (crm.Posting, error) { return b.Take(b.ctx, b.movement("card-1", "spent", 10)) })
	b.oneAnswer("15 points, 32 takes of 10 with one key at once", results)
	b.balance("15 points, 32 takes of 10 with one key at once", "card-1", 5)
	b.adds("32 takes with one key at once", "card-1")
}

// oneAnswer reports a broken promise unless all callers got the same posting.
func (b *bench) oneAnswer(did string, results []result[crm.Posting]) {
	b.Helper()
	tally(b, did, results, all)
	for _, posting := range winners(results) {
		if text(posting) != text(results[0].answer) {
			b.broken(did, "the same answer for all: "+text(results[0].answer), text(posting))
			return
		}
	}
}

func raceGrantConflict(b *bench) {
	b.card(1)
	results := race(racers, func(i int) (crm.Posting, error) {
		return b.Grant(b.ctx, b.movement("card-1", "gift", int64(100+i)))
	})
	did := "32 grants of different points with one key at once"
	tally(b, did, results, onlyOne(crm.ErrOperationConflict))
	for _, posting := range winners(results) {
		b.balance(did, "card-1", posting.Points)
	}
	b.adds(did, "card-1")
}

func raceExpire(b *bench) {
	var want int64
	for i := range 12 {
		b.grantLot(b.card(i%3), fmt.Sprintf("lot-%d", i), 10, b.now, b.now.Add(day))
	}
	for i := range 3 {
		want += b.grant(cardName(i), fmt.Sprintf("stays-%d", i), 5).Points
	}
	b.later(day)
	results := race(8, func(int) (int, error) { return b.ExpirePoints(b.ctx, b.now, 5) })
	did := "12 lots of 3 cards are over, 8 processes call ExpirePoints with limit 5 at once, then one without a limit"
	booked := 0
	for i, r := range results {
		b.must(fmt.Sprintf("%s, process %d", did, i), r.err)
		booked += r.answer
	}
	n, err := b.ExpirePoints(b.ctx, b.now, plenty) // a process may leave what another is about to book
	b.must(did, err)
	booked += n
	same(b, did+", the count of booked lots", booked, 12)
	for i := range 3 {
		number := cardName(i)
		b.balance(did, number, want/3)
		same(b, did+", the count of postings of "+number, len(b.postings(number)), 4+1+4)
		b.adds(did, number)
	}
}

func raceExpireTake(b *bench) {
	b.card(1)
	for i := range 4 {
		b.grantLot("card-1", fmt.Sprintf("lot-%d", i), 10, b.now, b.now.Add(day))
	}
	end := b.now.Add(day)
	results := race(racers, func(i int) (int64, error) {
		if i%4 == 0 { // a process whose clock is a moment ahead
			_, err := b.ExpirePoints(b.ctx, end, 1)
			return 0, err
		}
		m := b.movement("card-1", fmt.Sprintf("spent-%d", i), 3)
		posting, err := b.Take(b.ctx, m)
		return posting.Points, err
	})
	did := "4 lots of 10 points that are about to end, takes of 3 and ExpirePoints at once"
	want := int64(40)
	for i, r := range results {
		b.holds(r.err == nil || i%4 != 0 && isAny(r.err, []crm.Kind{crm.ErrInsufficientPoints}),
			fmt.Sprintf("%s, caller %d", did, i), "success, or too few points for a take", r.err)
		want += r.answer
	}
	for _, posting := range b.postings("card-1") {
		if posting.Kind == crm.PostingExpiry {
			want += posting.Points
		}
	}
	b.balance(did+", by the answers of the takes and the postings of expiry", "card-1", want)
	b.adds(did, "card-1")
}
