package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func redeemOrderChecks() []Check {
	return []Check{
		check("RedeemOrder/posting", "RedeemOrder takes the points as one posting, and Order tells everything of it.", redeemsOrder),
		check("RedeemOrder/earliest-first", "RedeemOrder spends the lots in the order of their expiry, and neither pending nor expired points.", redeemsEarliest),
		check("RedeemOrder/again", "The same order again takes nothing more and is Repeated, also when nothing is left.", redeemsAgain),
		check("RedeemOrder/same-call", "The same CallID again is answered as it was the first time.", redeemsSameCall),
		check("RedeemOrder/conflict", "A known order with another customer or other points gives ErrOperationConflict and changes nothing.", redeemConflict),
		check("RedeemOrder/insufficient", "Too few points give ErrInsufficientPoints: nothing is taken, and the order stays unknown.", redeemInsufficient),
		check("RedeemOrder/card", "An order of a blocked, an inactive and an unknown card is refused, and stays unknown.", redeemRefused),
		check("RedeemOrder/reversed", "An order that was reversed is not redeemed again: ErrOrderReversed.", redeemReversed),
		check("RedeemOrder/voided", "A redemption that comes after its reversal gives ErrOrderVoided and takes nothing.", redeemVoided),
		check("RedeemOrder/identifiers", "Orders differ when one byte of their IDs differs, and an ID is as long as it may be.", redeemIdentifiers),
		check("RedeemOrder/errands", "Errands are stored with the order, once; a reversal orders their opposite, once; a refused order stores none.", redeemErrands),
		check("Order/unknown", "Order of an ID that never came gives ErrOrderUnknown.", orderUnknown),
	}
}

// order asks for the points of an order, by a call of its own.
func (b *bench) order(card, id string, points int64) crm.OrderRedemption {
	b.attempts++
	return crm.OrderRedemption{
		OrderID: id, CardNumber: card, Customer: "print-of-" + card, Points: points, Description: "Order " + id,
		At: noon.Add(-time.Minute), CallID: fmt.Sprintf("redeem-%d", b.attempts), Now: b.now,
	}
}

func (b *bench) redeemOrder(card, id string, points int64) crm.Order {
	b.Helper()
	done, err := b.RedeemOrder(b.ctx, b.order(card, id, points))
	b.must(fmt.Sprintf("RedeemOrder %s of %d by %s", id, points, card), err)
	b.holds(!done.Repeated, "RedeemOrder "+id+" for the first time", "not Repeated", done)
	return done.Order
}

// refusesOrder makes a redemption that has to fail and to change nothing.
func (b *bench) refusesOrder(did string, r crm.OrderRedemption, kind crm.Kind) {
	b.Helper()
	b.refuses(did, func() error {
		_, err := b.RedeemOrder(b.ctx, r)
		return err
	}, kind)
}

func (b *bench) storedOrder(id string) crm.Order {
	b.Helper()
	order, err := b.Order(b.ctx, id)
	b.must("Order "+id, err)
	return order
}

func redeemsOrder(b *bench) {
	b.card(1)
	b.card(2)
	b.grant("card-1", "gift", 70)
	b.grant("card-2", "gift-2", 70)
	b.later(time.Hour)
	r := b.order("card-1", "ORD-1", 30)
	done, err := b.RedeemOrder(b.ctx, r)
	b.must("RedeemOrder of 30 points", err)
	posting := b.postings("card-1")[0]
	same(b, "granted 70, RedeemOrder of 30, the newest posting", posting, crm.Posting{
		ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingOrder, Points: -30, Description: "Order ORD-1", At: b.now,
	})
	same(b, "the answer", done, crm.Redeemed{Order: crm.Order{
		ID: "ORD-1", State: crm.OrderDeducted, CardNumber: "card-1", Customer: r.Customer, Points: 30, PostingID: posting.ID,
		At: r.At, RedeemCall: r.CallID, CreatedAt: b.now, UpdatedAt: b.now,
	}})
	same(b, "Order", b.storedOrder("ORD-1"), done.Order)
	card := b.look("card-1")
	same(b, "balance and total earned", []int64{card.Balance, card.EarnedTotal}, []int64{40, 70})
	b.balance("RedeemOrder of another card", "card-2", 70)
	b.adds("RedeemOrder", "card-1", "card-2")
}

func redeemsEarliest(b *bench) {
	b.card(1)
	b.grantLot("card-1", "never-ends", 100, b.now, crm.Forever)
	b.grantLot("card-1", "ends-second", 20, b.now, b.now.Add(20*day))
	b.grantLot("card-1", "ends-first", 10, b.now, b.now.Add(10*day))
	b.grantLot("card-1", "pending", 40, b.now.Add(day), b.now.Add(5*day))
	b.grantLot("card-1", "over", 40, b.now.Add(-day), b.now)
	b.redeemOrder("card-1", "ORD-1", 4)
	same(b, "an order of 4, the lots", b.remaining("card-1", b.now), []int64{40, 6, 20, 100})
	b.redeemOrder("card-1", "ORD-2", 31)
	same(b, "orders of 4 and 31, the lots", b.remaining("card-1", b.now), []int64{40, 95})
	b.refusesOrder("170 points of which 95 can be spent, an order of 96", b.order("card-1", "ORD-3", 96), crm.ErrInsufficientPoints)
	b.adds("two orders", "card-1")
}

func redeemsAgain(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	order := b.redeemOrder("card-1", "ORD-1", 70)
	want := crm.Redeemed{Order: order, Repeated: true}
	b.later(time.Hour)
	again := func() (crm.Redeemed, error) {
		r := b.order("card-1", "ORD-1", 70)
		r.At, r.Description = b.now, "in other words"
		return b.RedeemOrder(b.ctx, r)
	}
	repeats(b, "an order of all 70 points, then the same again", want, again)
	b.grant("card-1", "more", 100)
	repeats(b, "an order of all 70 points, Grant of 100, then the same order again", want, again)
	b.setState("card-1", crm.CardBlocked)
	repeats(b, "an order of a card that is blocked since, the same again", want, again)
	b.adds("an order three times", "card-1")
}

func redeemsSameCall(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	r := b.order("card-1", "ORD-1", 30)
	first, err := b.RedeemOrder(b.ctx, r)
	b.must("RedeemOrder", err)
	repeats(b, "RedeemOrder, then the very same call", first, func() (crm.Redeemed, error) { return b.RedeemOrder(b.ctx, r) })
	b.balance("one call twice", "card-1", 40)
}

func redeemConflict(b *bench) {
	b.card(1)
	b.card(2)
	b.grant("card-1", "gift", 70)
	b.grant("card-2", "gift-2", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	more, fewer, other := b.order("card-1", "ORD-1", 31), b.order("card-1", "ORD-1", 29), b.order("card-2", "ORD-1", 30)
	for _, conflict := range []crm.OrderRedemption{more, fewer, other} {
		b.refusesOrder("an order of 30, then "+text(conflict), conflict, crm.ErrOperationConflict)
	}
}

func redeemInsufficient(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.refusesOrder("70 points, an order of 71", b.order("card-1", "ORD-1", 71), crm.ErrInsufficientPoints)
	orderUnknown(b)
	b.grant("card-1", "more", 1)
	b.redeemOrder("card-1", "ORD-1", 71)
	b.balance("an order of all points", "card-1", 0)
	b.adds("an order at the second try", "card-1")
}

func redeemRefused(b *bench) {
	for i, c := range []struct {
		state crm.CardState
		kind  crm.Kind
	}{{crm.CardBlocked, crm.ErrCardBlocked}, {crm.CardInactive, crm.ErrCardInactive}} {
		number := b.card(i)
		b.grant(number, "gift-"+number, 70)
		b.setState(number, c.state)
		b.refusesOrder("an order of a card that is "+string(c.state), b.order(number, "ORD-1", 10), c.kind)
		b.refusesOrder("an order of more than the points of a card that is "+string(c.state), b.order(number, "ORD-1", 71), c.kind)
	}
	b.refusesOrder("an order of an unknown card", b.order("nobody", "ORD-1", 10), crm.ErrCardNotFound)
	orderUnknown(b)
}

func redeemReversed(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.redeemOrder("card-1", "ORD-1", 30)
	b.reverseOrder("card-1", "ORD-1", 30)
	b.refusesOrder("an order, its reversal, and the order again", b.order("card-1", "ORD-1", 30), crm.ErrOrderReversed)
	b.refusesOrder("an order, its reversal, and the order with other points", b.order("card-1", "ORD-1", 10), crm.ErrOrderReversed)
}

func redeemVoided(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	b.voids("a reversal of an order that never came", b.reversal("card-1", "ORD-1", 30))
	b.refusesOrder("a reversal, then its order", b.order("card-1", "ORD-1", 30), crm.ErrOrderVoided)
	b.balance("an order that came after its reversal", "card-1", 70)
	b.redeemOrder("card-1", "ORD-2", 70)
}

func redeemIdentifiers(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	long := fmt.Sprintf("%0*d", crm.MaxOrderIDBytes, 1)
	ids := []string{"ORD-1", "ord-1", "ORD-1 ", " ORD-1", "ORD-01", "Ё", "ё", "Е", "%", "_", "'", long, long[1:]}
	for _, id := range ids {
		b.redeemOrder("card-1", id, 1)
		same(b, "RedeemOrder, then Order", b.storedOrder(id).ID, id)
	}
	b.balance("orders with IDs that differ a little", "card-1", 70-int64(len(ids)))
}

func orderUnknown(b *bench) {
	_, err := b.Order(b.ctx, "ORD-1")
	b.fails("Order of an ID for which nothing was taken", err, crm.ErrOrderUnknown)
}

// mirrored is an order with an errand.
func (b *bench) mirrored(id string, points int64) crm.OrderRedemption {
	r := b.order("card-1", id, points)
	r.Errands = []crm.Errand{{
		Key: "rule/order:" + id, Cause: "order:" + id, Rule: "rule", Vendor: "vendor", Action: "debit", Points: points,
		Undo: crm.Undo{Action: "credit"},
	}}
	return r
}

func redeemErrands(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 70)
	_, err := b.RedeemOrder(b.ctx, b.mirrored("ORD-9", 71))
	b.fails("70 points, an order of 71 with an errand", err, crm.ErrInsufficientPoints)
	for range 2 {
		_, err = b.RedeemOrder(b.ctx, b.mirrored("ORD-1", 30))
		b.must("an order with an errand", err)
	}
	_, err = b.RedeemOrder(b.ctx, b.mirrored("ORD-2", 10))
	b.must("another order with an errand", err)
	for i := range 2 {
		r := b.reversal("card-1", "ORD-1", 30)
		r.Cause = "order:ORD-1"
		_, err = b.ReverseOrder(b.ctx, r)
		b.holds((err == nil) == (i == 0), "a reversal, and another", "the first one succeeds", err)
	}
	stored, err := b.ListDeliveries(b.ctx, crm.DeliveryQuery{Limit: plenty})
	b.must("ListDeliveries", err)
	var actions []string
	for _, d := range stored {
		actions = append(actions, fmt.Sprintf("%s %d for %s", d.Action, d.Points, d.CardNumber))
	}
	same(b, "two orders, one sent twice and reversed twice: the errands", actions,
		[]string{"debit 30 for card-1", "debit 10 for card-1", "credit 30 for card-1"})
}
