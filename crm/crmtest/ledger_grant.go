package crmtest

import (
	"time"

	"koshelek-adapter/crm"
)

func grantChecks() []Check {
	return []Check{
		check("Grant/lot", "Grant credits one lot and answers with its posting.", grantsLot),
		check("Grant/again", "The same key with the same content (card, direction, points and description, whatever the times and the actor) gives the first answer and credits nothing more.", grantsAgain),
		check("Grant/conflict", "The same key with another content gives ErrOperationConflict and changes nothing.", grantConflict),
		check("Grant/largest", "Points are whole numbers of 64 bits: the largest movements add up.", grantsLargest),
		check("Grant/inactive", "Grant to an inactive card works: of the states only blocked forbids it.", grantInactive),
		check("Grant/blocked", "Grant to a blocked card gives ErrCardBlocked and changes nothing; the key stays free.", grantBlocked),
		check("Grant/unknown", "Grant to an unknown card gives ErrCardNotFound and changes nothing.", grantUnknown),
		check("Statement/order", "Statement gives the open lots, the earliest expiry first, pending ones too.", statementOrder),
		check("Statement/equal-ends", "Of lots with one expiry the first to become available comes first, then the oldest; they are spent in that order.", statementEqualEnds),
		check("Statement/spent-and-expired", "Statement leaves out lots that are spent or expired at its time, booked or not.", statementOpenOnly),
		check("Statement/unknown", "Statement of an unknown card gives ErrCardNotFound.", statementUnknown),
	}
}

func grantsLot(b *bench) {
	b.card(1)
	m := b.movement("card-1", "gift", 70)
	m.AvailableFrom, m.ValidUntil = b.now.Add(day), crm.Forever
	posting, err := b.Grant(b.ctx, m)
	b.must("Grant of "+text(m), err)
	same(b, "the answer to Grant of 70 points", posting, crm.Posting{
		ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingGrant, Points: 70, Description: "by gift", At: b.now,
	})
	b.holds(posting.ID != "", "Grant", "a posting with an ID", posting)
	same(b, "Grant of 70 points, then Postings", b.postings("card-1"), []crm.Posting{posting})
	statement := b.statement("card-1", b.now)
	same(b, "Grant of 70 points, then Statement", statement.Lots, []crm.Lot{{
		Description: "by gift", Remaining: 70, AvailableFrom: m.AvailableFrom, ValidUntil: m.ValidUntil,
	}})
	same(b, "Grant of 70 points, the points in Statement", []int64{statement.Card.Balance, statement.Card.EarnedTotal}, []int64{70, 70})
	b.adds("Grant of 70 points", "card-1")
}

func grantsAgain(b *bench) {
	b.card(1)
	m := b.movement("card-1", "gift", 70)
	first, err := b.Grant(b.ctx, m)
	b.must("Grant of "+text(m), err)
	b.take("card-1", "spent", 70)
	b.later(time.Hour)
	// A retry comes later, its lot is shaped by that moment, and somebody else may send it.
	m.Now, m.AvailableFrom, m.ValidUntil, m.Actor = b.now, b.now, b.now.Add(365*day), "another operator"
	repeats(b, "Grant of 70 points, all of them spent, then the same Grant an hour later", first, func() (crm.Posting, error) {
		return b.Grant(b.ctx, m)
	})
	b.grant("card-1", "gift-2", 70)
	b.balance("Grant with another key", "card-1", 70)
}

func grantConflict(b *bench) {
	b.card(1)
	b.card(2)
	m := b.movement("card-1", "gift", 70)
	_, err := b.Grant(b.ctx, m)
	b.must("Grant of "+text(m), err)
	more, other, words := m, m, m
	more.Points, other.CardNumber, words.Description = 71, "card-2", "another reason"
	for _, conflict := range []crm.Movement{more, other, words} {
		b.refuses("Grant of "+text(m)+", then of "+text(conflict), func() error {
			_, err := b.Grant(b.ctx, conflict)
			return err
		}, crm.ErrOperationConflict)
	}
	b.refuses("Grant of "+text(m)+", then Take with the same key", func() error {
		_, err := b.Take(b.ctx, m)
		return err
	}, crm.ErrOperationConflict)
}

func grantsLargest(b *bench) {
	b.card(1)
	b.grant("card-1", "gift-1", crm.MaxPoints)
	b.grant("card-1", "gift-2", crm.MaxPoints)
	b.take("card-1", "spent", crm.MaxPoints-1)
	card := b.look("card-1")
	same(b, "two grants of MaxPoints and a Take of one point less, balance and total earned",
		[]int64{card.Balance, card.EarnedTotal}, []int64{crm.MaxPoints + 1, 2 * crm.MaxPoints})
	same(b, "then the lots", b.remaining("card-1", b.now), []int64{1, crm.MaxPoints})
	b.adds("movements of MaxPoints", "card-1")
}

func grantInactive(b *bench) {
	b.card(1)
	b.setState("card-1", crm.CardInactive)
	b.grant("card-1", "gift", 70)
	b.balance("Grant of 70 points to an inactive card", "card-1", 70)
}

func grantBlocked(b *bench) {
	b.card(1)
	b.setState("card-1", crm.CardBlocked)
	b.refuses("Grant to a blocked card", func() error {
		_, err := b.Grant(b.ctx, b.movement("card-1", "gift", 70))
		return err
	}, crm.ErrCardBlocked)
	b.setState("card-1", crm.CardActive)
	b.grant("card-1", "gift", 70)
	b.balance("Grant to a blocked card, unblocked it, Grant with the same key", "card-1", 70)
}

func grantUnknown(b *bench) {
	b.card(1)
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		b.refuses("Grant to "+number+", which is no card", func() error {
			_, err := b.Grant(b.ctx, b.movement(number, "gift", 70))
			return err
		}, crm.ErrCardNotFound)
	}
}

func statementOrder(b *bench) {
	b.card(1)
	same(b, "issued a card, the lots in Statement", b.remaining("card-1", b.now), nil)
	b.grantLot("card-1", "never-ends", 5, b.now, crm.Forever)
	b.grantLot("card-1", "ends-third", 3, b.now, b.now.Add(30*day))
	b.grantLot("card-1", "ends-first-pending", 1, b.now.Add(day), b.now.Add(10*day))
	b.grantLot("card-1", "ends-second", 2, b.now, b.now.Add(20*day))
	same(b, "granted lots that end in another order than they were granted, then the lots in Statement",
		b.remaining("card-1", b.now), []int64{1, 2, 3, 5})
	b.balance("granted 11 points of which 1 is pending", "card-1", 11)
}

func statementEqualEnds(b *bench) {
	b.card(1)
	end := b.now.Add(30 * day)
	from := b.now.Add(-time.Hour)
	b.grantLot("card-1", "third", 3, from, end)
	b.later(time.Minute)
	b.grantLot("card-1", "fourth", 4, from, end)
	b.grantLot("card-1", "pending", 5, b.now.Add(day), end)
	b.grantLot("card-1", "first", 1, b.now.Add(-3*time.Hour), end)
	b.grantLot("card-1", "second", 2, b.now.Add(-2*time.Hour), end)
	same(b, "granted lots with one end, then the lots in Statement", b.remaining("card-1", b.now), []int64{1, 2, 3, 4, 5})
	b.take("card-1", "spent", 7)
	same(b, "Take of 7 of them: the lots", b.remaining("card-1", b.now), []int64{3, 5})
}

func statementOpenOnly(b *bench) {
	b.card(1)
	b.grantLot("card-1", "a", 10, b.now, b.now.Add(10*day))
	b.grantLot("card-1", "b", 20, b.now, b.now.Add(20*day))
	b.grantLot("card-1", "c", 40, b.now, b.now.Add(30*day))
	b.take("card-1", "spent", 10)
	same(b, "granted 10, 20 and 40, Take of 10, the lots in Statement", b.remaining("card-1", b.now), []int64{20, 40})
	end := b.now.Add(20 * day)
	same(b, "the lots a millisecond before the second one ends", b.remaining("card-1", end.Add(-time.Millisecond)), []int64{20, 40})
	same(b, "the lots at the moment at which the second one is gone", b.remaining("card-1", end), []int64{40})
	b.balance("granted 70, took 10, 20 are over but not booked", "card-1", 60)
	b.later(25 * day)
	_, err := b.ExpirePoints(b.ctx, b.now, plenty)
	b.must("ExpirePoints", err)
	same(b, "the lots after ExpirePoints", b.remaining("card-1", b.now), []int64{40})
	same(b, "the lots after the last one ends", b.remaining("card-1", b.now.Add(100*day)), nil)
}

func statementUnknown(b *bench) {
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		_, err := b.Statement(b.ctx, number, b.now)
		b.fails("Statement of "+number+", which is no card", err, crm.ErrCardNotFound)
	}
}
