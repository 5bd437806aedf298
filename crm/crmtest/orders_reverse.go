package crmtest

import (
	"fmt"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

func reverseOrderChecks() []Check {
	return []Check{
		check("ReverseOrder/posting", "ReverseOrder gives the points back as one posting, linked to the order; what was earned in total does not grow.", reversesOrder),
		check("ReverseOrder/lots", "What is given back has the description and the validity of what was taken, and none ends before KeepUntil.", reverseLots),
		check("ReverseOrder/spend-again", "What was given back can be spent, in the order of its expiry, and expires once.", reverseSpends),
		check("ReverseOrder/once", "An order is reversed once: ErrOrderReversed, and nothing is given.", reversesOnce),
		check("ReverseOrder/same-call", "The same CallID again is the same success and changes nothing.", reversesSameCall),
		check("ReverseOrder/unknown", "A reversal of an order that never came gives ErrOrderUnknown and moves nothing, again and again.", reverseUnknown),
		check("ReverseOrder/mismatch", "Another customer, more points, or fewer without Partial give ErrOrderMismatch and change nothing.", reverseMismatch),
		check("ReverseOrder/partial", "With Partial fewer points come back, those with the latest expiry first, and the order is reversed by it.", reversePartial),
		check("ReverseOrder/any-state", "An order is reversed whatever the state of the card.", reverseStates),
		check("ReverseOrder/replaced", "The points of an order go back to the card that has replaced the one that paid.", reverseReplaced),
		check("ReverseOrder/erased", "An order of an erased customer can be reversed, and nothing of it tells of the person.", reverseErased),
		check("ReverseOrder/reason", "The reason keeps every character of Unicode, as long as it may be.", reverseReason),
	}
}

func (b *bench) reversal(card, id string, points int64) crm.OrderReversal {
	b.attempts++
	return crm.OrderReversal{
		OrderID: id, Customer: "print-of-" + card, Points: points, Description: "Returned " + id, Reason: "out of stock",
		KeepUntil: b.now.Add(day), CallID: fmt.Sprintf("reverse-%d", b.attempts), Now: b.now,
	}
}

func (b *bench) reverseOrder(card, id string, points int64) crm.Order {
	b.Helper()
	order, err := b.ReverseOrder(b.ctx, b.reversal(card, id, points))
	b.must(fmt.Sprintf("ReverseOrder %s of %d", id, points), err)
	return order
}

// refusesReversal makes a reversal that has to fail and to change nothing.
func (b *bench) refusesReversal(did string, r crm.OrderReversal, kind crm.Kind) {
	b.Helper()
	b.refuses(did, func() error {
		_, err := b.ReverseOrder(b.ctx, r)
		return err
	}, kind)
}

// voids makes a reversal of an order that never came: it is refused, and
// remembered.
func (b *bench) voids(did string, r crm.OrderReversal) {
	b.Helper()
	_, err := b.ReverseOrder(b.ctx, r)
	b.fails(did, err, crm.ErrOrderUnknown)
	same(b, did+", the state of the order", b.storedOrder(r.OrderID).State, crm.OrderVoided)
}

func reversesOrder(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	order := b.redeemOrder("card-1", "ORD-1", 30)
	b.later(time.Hour)
	r := b.reversal("card-1", "ORD-1", 30)
	reversed, err := b.ReverseOrder(b.ctx, r)
	b.must("ReverseOrder", err)
	posting := b.postings("card-1")[0]
	same(b, "an order of 30 and its reversal, the newest posting", posting, crm.Posting{
		ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingReturn, Points: 30, Description: "Returned ORD-1", At: b.now,
	})
	order.State, order.Returned, order.Reason = crm.OrderReversed, 30, r.Reason
	order.ReversalID, order.ReverseCall, order.UpdatedAt = posting.ID, r.CallID, b.now
	same(b, "the answer", reversed, order)
	same(b, "Order", b.storedOrder("ORD-1"), order)
	card := b.look("card-1")
	same(b, "balance and total earned", []int64{card.Balance, card.EarnedTotal}, []int64{70, 70})
	b.adds("an order and its reversal", "card-1")
}

// lots gives what tells lots apart.
func (b *bench) lots(number string) (lots []string) {
	b.Helper()
	for _, lot := range b.statement(number, b.now).Lots {
		lots = append(lots, fmt.Sprintf("%d %s from %s until %s", lot.Remaining, lot.Description,
			lot.AvailableFrom.Format(time.DateTime), lot.ValidUntil.Format(time.DateTime)))
	}
	return lots
}

func reverseLots(b *bench) {
	b.card(1)
	b.grantLot("card-1", "never-ends", 100, b.now.Add(-day), crm.Forever)
	b.grantLot("card-1", "ends-second", 20, b.now, b.now.Add(20*day))
	b.grantLot("card-1", "ends-first", 10, b.now, b.now.Add(10*day))
	before := b.lots("card-1")
	b.redeemOrder("card-1", "ORD-1", 30)
	b.reverseOrder("card-1", "ORD-1", 30)
	same(b, "an order that used up two of three lots, and its reversal: the lots", b.lots("card-1"), before)
	b.redeemOrder("card-1", "ORD-2", 30)
	b.later(15 * day)
	r := b.reversal("card-1", "ORD-2", 30)
	r.KeepUntil = b.now.Add(3 * day)
	_, err := b.ReverseOrder(b.ctx, r)
	b.must("ReverseOrder", err)
	var ends []string
	for _, lot := range b.statement("card-1", b.now).Lots {
		ends = append(ends, fmt.Sprintf("%d until %s", lot.Remaining, lot.ValidUntil.Format(time.DateOnly)))
	}
	same(b, "the same when one lot has ended since, and points are kept for three days: the lots", ends, []string{
		"10 until " + b.now.Add(3*day).Format(time.DateOnly), "20 until " + noon.Add(20*day).Format(time.DateOnly), "100 until 9999-12-31",
	})
	b.adds("two orders and their reversals", "card-1")
}

func reverseSpends(b *bench) {
	b.card(1)
	b.grantLot("card-1", "short", 40, b.now, b.now.Add(10*day))
	b.redeemOrder("card-1", "ORD-1", 30)
	b.later(11 * day)
	booked, err := b.ExpirePoints(b.ctx, b.now, plenty)
	b.must("ExpirePoints", err)
	same(b, "40 points of which 30 were ordered, the rest expired: lots booked", booked, 1)
	b.reverseOrder("card-1", "ORD-1", 30)
	b.take("card-1", "spent", 10)
	same(b, "30 given back and 10 spent, the lots", b.remaining("card-1", b.now), []int64{20})
	b.later(2 * day)
	for _, want := range []int{1, 0} {
		booked, err = b.ExpirePoints(b.ctx, b.now, plenty)
		b.must("ExpirePoints", err)
		same(b, "what was given back is over: lots booked", booked, want)
	}
	b.balance("everything spent or expired", "card-1", 0)
	b.adds("expired, given back, spent and expired again", "card-1")
}

func reversesOnce(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	b.reverseOrder("card-1", "ORD-1", 30)
	for _, r := range []crm.OrderReversal{
		b.reversal("card-1", "ORD-1", 30), b.reversal("card-1", "ORD-1", 1), b.reversal("card-2", "ORD-1", 30),
	} {
		b.refusesReversal("an order and its reversal, then "+text(r), r, crm.ErrOrderReversed)
	}
}

func reversesSameCall(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	r := b.reversal("card-1", "ORD-1", 30)
	first, err := b.ReverseOrder(b.ctx, r)
	b.must("ReverseOrder", err)
	repeats(b, "ReverseOrder, then the very same call", first, func() (crm.Order, error) { return b.ReverseOrder(b.ctx, r) })
}

func reverseUnknown(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	r := b.reversal("card-1", "ORD-1", 30)
	b.voids("a reversal of an order that never came", r)
	b.balance("a reversal of an order that never came", "card-1", 70)
	same(b, "the postings", b.kinds("card-1"), []string{"grant +70"})
	for _, again := range []crm.OrderReversal{r, b.reversal("card-1", "ORD-1", 30), b.reversal("card-2", "ORD-1", 1)} {
		b.refusesReversal("the same reversal again", again, crm.ErrOrderUnknown)
	}
}

func reverseMismatch(b *bench) {
	b.card(1)
	b.card(2)
	b.grant("card-1", "gift", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	above := b.reversal("card-1", "ORD-1", 31)
	partly := above
	partly.Partial = true
	for _, r := range []crm.OrderReversal{b.reversal("card-1", "ORD-1", 29), above, partly, b.reversal("card-2", "ORD-1", 30)} {
		b.refusesReversal("an order of 30, then "+text(r), r, crm.ErrOrderMismatch)
	}
	b.reverseOrder("card-1", "ORD-1", 30)
}

func reversePartial(b *bench) {
	b.card(1)
	b.grantLot("card-1", "ends-first", 10, b.now, b.now.Add(10*day))
	b.grantLot("card-1", "ends-second", 20, b.now, b.now.Add(20*day))
	b.redeemOrder("card-1", "ORD-1", 30)
	r := b.reversal("card-1", "ORD-1", 25)
	r.Partial = true
	order, err := b.ReverseOrder(b.ctx, r)
	b.must("a reversal of 25 of 30", err)
	same(b, "points, and points returned", []int64{order.Points, order.Returned}, []int64{30, 25})
	same(b, "a reversal of 25 of 30, the lots", b.remaining("card-1", b.now), []int64{5, 20})
	rest := b.reversal("card-1", "ORD-1", 5)
	rest.Partial = true
	b.refusesReversal("a reversal of 25 of 30, then of the rest", rest, crm.ErrOrderReversed)
	b.adds("a partial reversal", "card-1")
}

func reverseStates(b *bench) {
	for i, state := range []crm.CardState{crm.CardInactive, crm.CardBlocked} {
		number, id := b.card(i), fmt.Sprintf("ORD-%d", i)
		b.grant(number, "gift-"+number, 70)
		b.redeemOrder(number, id, 30)
		b.setState(number, state)
		b.reverseOrder(number, id, 30)
		b.balance("an order of a card that is "+string(state)+" since, reversed", number, 70)
		b.adds("a reversal", number)
	}
}

func reverseReplaced(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	b.replace("card-1", "new-1")
	b.reverseOrder("card-1", "ORD-1", 30)
	b.balance("an order, a replacement, and the reversal", "new-1", 70)
	b.balance("an order, a replacement, and the reversal", "card-1", 0)
	same(b, "the card of the order", b.storedOrder("ORD-1").CardNumber, "new-1")
	same(b, "the newest posting", b.kinds("new-1")[0], "return +30")
}

func reverseErased(b *bench) {
	b.issue(marked, "card-1")
	b.grant("card-1", "gift", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	b.redeemOrder("card-1", "ORD-2", 10)
	r := b.reversal("card-1", "ORD-2", 10)
	r.Reason = "MarkedReason"
	_, err := b.ReverseOrder(b.ctx, r)
	b.must("ReverseOrder", err)
	b.erase(marked.Phone)
	for _, id := range []string{"ORD-1", "ORD-2"} {
		order := b.storedOrder(id)
		b.holds(order.Customer == "" && !strings.Contains(order.Reason, "Marked"), "Erase, then Order", "no customer and no reason", order)
	}
	b.reverseOrder("whoever", "ORD-1", 30)
	b.balance("an order of an erased customer, reversed", "card-1", 70)
}

func reverseReason(b *bench) {
	b.card(1)
	reasons := append([]string{strings.Repeat("я", crm.MaxTextRunes)}, oddTexts...)
	b.grant("card-1", "gift", int64(len(reasons)))
	for i, reason := range reasons {
		id := fmt.Sprintf("ORD-%d", i)
		b.redeemOrder("card-1", id, 1)
		r := b.reversal("card-1", id, 1)
		r.Reason = reason
		_, err := b.ReverseOrder(b.ctx, r)
		b.must("ReverseOrder because of "+reason, err)
		same(b, "the reason", b.storedOrder(id).Reason, reason)
	}
}
