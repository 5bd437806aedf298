package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func takeChecks() []Check {
	return []Check{
		check("Take/posting", "Take spends available points and answers with one posting, whose points are negative.", takesPoints),
		check("Take/earliest-first", "Take spends the lots in the order of their expiry, the earliest first.", takesEarliest),
		check("Take/again", "The same key with the same content gives the first answer and takes nothing more, also when nothing is left.", takesAgain),
		check("Take/conflict", "The same key with another content gives ErrOperationConflict and changes nothing.", takeConflict),
		check("Take/insufficient", "Take of more than is available gives ErrInsufficientPoints, nothing is taken, and the key stays free.", takeInsufficient),
		check("Take/pending", "Pending points do not count; from AvailableFrom on they do.", takePending),
		check("Take/expired", "Expired points do not count from ValidUntil on, also before ExpirePoints has booked them.", takeExpired),
		check("Take/blocked", "Take from a blocked card gives ErrCardBlocked and changes nothing.", takeBlocked),
		check("Take/inactive", "Take from an inactive card gives ErrCardInactive and changes nothing.", takeInactive),
		check("Take/unknown", "Take from an unknown card gives ErrCardNotFound and changes nothing.", takeUnknown),
	}
}

// shortOf makes a take that has to give ErrInsufficientPoints.
func (b *bench) shortOf(did, number string, points int64) {
	b.Helper()
	b.refuses(fmt.Sprintf("%s, Take of %d", did, points), func() error {
		_, err := b.Take(b.ctx, b.movement(number, fmt.Sprintf("short-%d-%s", points, text(b.now)), points))
		return err
	}, crm.ErrInsufficientPoints)
}

func takesPoints(b *bench) {
	b.card(1)
	b.card(2)
	b.grant("card-1", "gift", 70)
	b.grant("card-2", "gift-2", 70)
	posting := b.take("card-1", "spent", 30)
	same(b, "the answer to Take of 30 points", posting, crm.Posting{
		ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingTake, Points: -30, Description: "by spent", At: b.now,
	})
	same(b, "granted 70, Take of 30, then Postings", b.kinds("card-1"), []string{"take -30", "grant +70"})
	card := b.look("card-1")
	same(b, "granted 70, Take of 30, balance and total earned", []int64{card.Balance, card.EarnedTotal}, []int64{40, 70})
	b.balance("Take from another card", "card-2", 70)
	b.take("card-1", "rest", 40)
	b.balance("granted 70, Take of 30 and of 40", "card-1", 0)
	b.shortOf("granted 70 and took 70", "card-1", 1)
	b.adds("Take of everything", "card-1")
}

func takesEarliest(b *bench) {
	b.card(1)
	b.grantLot("card-1", "never-ends", 100, b.now, crm.Forever)
	b.grantLot("card-1", "ends-second", 20, b.now, b.now.Add(20*day))
	b.grantLot("card-1", "ends-first", 10, b.now, b.now.Add(10*day))
	for _, step := range []struct {
		points int64
		left   []int64
	}{{4, []int64{6, 20, 100}}, {6, []int64{20, 100}}, {25, []int64{95}}} {
		posting := b.take("card-1", fmt.Sprintf("take-%d", step.points), step.points)
		same(b, fmt.Sprintf("granted 100 for ever, 20 to end second and 10 to end first, then Take of %d: the lots", step.points),
			b.remaining("card-1", b.now), step.left)
		same(b, fmt.Sprintf("Take of %d is one posting", step.points), b.postings("card-1")[0], posting)
	}
	same(b, "then Postings", len(b.postings("card-1")), 6)
	b.adds("three takes from three lots", "card-1")
}

func takesAgain(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	m := b.movement("card-1", "spent", 70)
	first, err := b.Take(b.ctx, m)
	b.must("Take of "+text(m), err)
	m.Now, m.Actor = b.now.Add(time.Hour), "another operator" // a retry comes later
	retry := func() (crm.Posting, error) { return b.Take(b.ctx, m) }
	repeats(b, "Take of all 70 points, then the same Take again", first, retry)
	b.grant("card-1", "more", 100)
	repeats(b, "Take of all 70 points, Grant of 100, then the same Take again", first, retry)
	b.take("card-1", "spent-2", 70)
	b.balance("Take with another key", "card-1", 30)
}

func takeConflict(b *bench) {
	b.card(1)
	b.card(2)
	b.grant("card-1", "gift", 70)
	b.grant("card-2", "gift-2", 70)
	m := b.movement("card-1", "spent", 10)
	_, err := b.Take(b.ctx, m)
	b.must("Take of "+text(m), err)
	more, other, words := m, m, m
	more.Points, other.CardNumber, words.Description = 11, "card-2", "another reason"
	for _, conflict := range []crm.Movement{more, other, words} {
		b.refuses("Take of "+text(m)+", then of "+text(conflict), func() error {
			_, err := b.Take(b.ctx, conflict)
			return err
		}, crm.ErrOperationConflict)
	}
	b.refuses("Take of "+text(m)+", then Grant with the same key", func() error {
		_, err := b.Grant(b.ctx, m)
		return err
	}, crm.ErrOperationConflict)
}

func takeInsufficient(b *bench) {
	b.card(1)
	b.shortOf("a card without points", "card-1", 1)
	b.grantLot("card-1", "a", 10, b.now, b.now.Add(10*day))
	b.grantLot("card-1", "b", 20, b.now, b.now.Add(20*day))
	m := b.movement("card-1", "spent", 31)
	b.refuses("granted 10 and 20, Take of 31", func() error {
		_, err := b.Take(b.ctx, m)
		return err
	}, crm.ErrInsufficientPoints)
	b.grant("card-1", "c", 1)
	posting, err := b.Take(b.ctx, m)
	b.must("Take of 31 with 30 points, Grant of 1, the same Take again", err)
	same(b, "the answer to Take of 31 with 31 points", posting.Points, int64(-31))
	b.balance("Take of everything", "card-1", 0)
	b.adds("a refused and a good Take", "card-1")
}

func takePending(b *bench) {
	b.card(1)
	b.grant("card-1", "free", 10)
	b.grantLot("card-1", "pending", 50, b.now.Add(day), b.now.Add(2*day))
	b.shortOf("granted 10 points and 50 pending ones", "card-1", 11)
	b.take("card-1", "spent", 10)
	same(b, "granted 10 points and 50 pending ones that end sooner, Take of 10: the lots", b.remaining("card-1", b.now), []int64{50})
	b.later(day - time.Millisecond)
	b.shortOf("50 points a millisecond before they may be spent", "card-1", 1)
	b.later(time.Millisecond)
	b.take("card-1", "spent-later", 50)
	b.balance("Take of 50 points at the moment from which they may be spent", "card-1", 0)
	b.adds("Take of pending points in their time", "card-1")
}

func takeExpired(b *bench) {
	b.card(1)
	b.grantLot("card-1", "ends", 50, b.now, b.now.Add(day))
	b.grantLot("card-1", "stays", 10, b.now, b.now.Add(365*day))
	b.later(day - time.Millisecond)
	b.take("card-1", "in-time", 20)
	same(b, "Take of 20 a millisecond before the first lot ends: the lots", b.remaining("card-1", b.now), []int64{30, 10})
	b.later(time.Millisecond)
	b.shortOf("30 points that are over but not booked and 10 good ones", "card-1", 11)
	b.take("card-1", "late", 10)
	same(b, "Take of the 10 good points: the lots", b.remaining("card-1", b.now), nil)
	b.balance("the points that are over are not booked yet", "card-1", 30)
	n, err := b.ExpirePoints(b.ctx, b.now, plenty)
	b.must("ExpirePoints", err)
	same(b, "ExpirePoints of one lot with 30 points", n, 1)
	b.balance("ExpirePoints of 30 points", "card-1", 0)
	b.adds("Take beside expired points", "card-1")
}

func takeBlocked(b *bench)  { b.takeInState(crm.CardBlocked, crm.ErrCardBlocked) }
func takeInactive(b *bench) { b.takeInState(crm.CardInactive, crm.ErrCardInactive) }

func (b *bench) takeInState(state crm.CardState, kind crm.Kind) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.setState("card-1", state)
	b.refuses(fmt.Sprintf("Take from a card that is %s", state), func() error {
		_, err := b.Take(b.ctx, b.movement("card-1", "spent", 10))
		return err
	}, kind)
	b.setState("card-1", crm.CardActive)
	b.take("card-1", "spent", 10)
	b.balance("a refused Take, then the same one when the card is active", "card-1", 60)
}

func takeUnknown(b *bench) {
	b.card(1)
	b.pool("free-1")
	for _, number := range []string{"card-9", "free-1"} {
		b.refuses("Take from "+number+", which is no card", func() error {
			_, err := b.Take(b.ctx, b.movement(number, "spent", 10))
			return err
		}, crm.ErrCardNotFound)
	}
}
