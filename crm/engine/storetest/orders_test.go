package storetest

import (
	"fmt"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

func (b *bench) orderUnknown(id string) {
	b.Helper()
	b.fails(errorOf(b.Order(b.ctx, id)), crm.ErrOrderUnknown)
}

// mirrored is an order with an errand.
func (b *bench) mirrored(id string, points int64) engine.OrderRedemption {
	r := b.order("card-1", id, points)
	r.Messages = []outbox.Message{{
		Key: "rule/order:" + id, Cause: "order:" + id, Rule: "rule", Vendor: "vendor", Action: "debit", Points: points,
		Undo: outbox.Undo{Action: "credit"},
	}}
	return r
}

// paidBeside spends points beside an order, as a store would that forgot it.
func paidBeside(c *call, r *engine.OrderRedemption, answer *crm.Redeemed) {
	answer.Order.ID = r.OrderID
	c.err = errorOf(c.good.Take(c.ctx, engine.Movement{Key: r.CallID, CardNumber: r.CardNumber, Points: r.Points, Now: r.Now}))
}

func redeemChecks() []Check {
	return []Check{
		{"RedeemOrder/posting", "RedeemOrder takes the points as one posting, and Order tells everything of it.", func(b *bench) {
			b.rich(1, 70)
			b.rich(2, 70)
			b.later(time.Hour)
			r := b.order("card-1", "ORD-1", 30)
			done := must(b.RedeemOrder(b.ctx, r))
			posting := b.postings("card-1")[0]
			same(b, posting, crm.Posting{ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingOrder, Points: -30, Description: "Order ORD-1", At: b.now})
			same(b, done, crm.Redeemed{Order: crm.Order{
				ID: "ORD-1", State: crm.OrderDeducted, CardNumber: "card-1", Customer: r.Customer, Points: 30, PostingID: posting.ID,
				At: r.At, RedeemCall: r.CallID, CreatedAt: b.now, UpdatedAt: b.now,
			}})
			same(b, b.storedOrder("ORD-1"), done.Order)
			b.points("card-1", 40, 70)
			b.balance("card-2", 70)
			b.adds("card-1", "card-2")
		}, faults{"an order is no order in the ledger": around("RedeemOrder", paidBeside)}},
		{"RedeemOrder/earliest-first", "RedeemOrder spends the lots in the order of their expiry, and neither pending nor expired points.", func(b *bench) {
			b.threeLots()
			b.grantLot("card-1", "pending", 40, b.now.Add(day), b.now.Add(5*day))
			b.grantLot("card-1", "over", 40, b.now.Add(-day), b.now)
			b.redeemOrder("card-1", "ORD-1", 4)
			same(b, b.remaining("card-1", b.now), []int64{40, 6, 20, 100})
			b.redeemOrder("card-1", "ORD-2", 31)
			same(b, b.remaining("card-1", b.now), []int64{40, 95})
			refuses(b, crm.ErrInsufficientPoints, b.RedeemOrder, b.order("card-1", "ORD-3", 96))
			b.adds("card-1")
		}, faults{"pending points pay for orders": unless("RedeemOrder", crm.ErrInsufficientPoints, func(c *call, r *engine.OrderRedemption, done *crm.Redeemed) {
			r.Now = r.Now.Add(36 * time.Hour)
			*done, c.err = c.good.RedeemOrder(c.ctx, *r)
		})}},
		{"RedeemOrder/again", "The same order again takes nothing more and is Repeated, also when nothing is left.", func(b *bench) {
			b.rich(1, 70)
			want := crm.Redeemed{Order: b.redeemOrder("card-1", "ORD-1", 70), Repeated: true}
			b.later(time.Hour)
			again := func() {
				r := b.order("card-1", "ORD-1", 70)
				r.At, r.Description = b.now, "in other words"
				repeats(b, want, b.RedeemOrder, r)
			}
			again()
			b.grant("card-1", "more", 100)
			again()
			b.setState("card-1", crm.CardBlocked)
			again()
			b.adds("card-1")
		}, faults{
			"a repeated order takes its points again": after("RedeemOrder", func(c *call, r *engine.OrderRedemption, done *crm.Redeemed) error {
				if done.Repeated {
					paidBeside(c, r, done)
				}
				return c.err
			}),
			"a repeated order looks like a new one": told("RedeemOrder", func(done *crm.Redeemed) { done.Repeated = false }),
		}},
		{"RedeemOrder/same-call", "The same CallID again is answered as it was the first time.", func(b *bench) {
			b.rich(1, 70)
			r := b.order("card-1", "ORD-1", 30)
			repeats(b, must(b.RedeemOrder(b.ctx, r)), b.RedeemOrder, r)
			b.balance("card-1", 40)
		}, faults{"a lost commit looks like a repetition": around("RedeemOrder", func(c *call, r *engine.OrderRedemption, done *crm.Redeemed) {
			_, unknown := c.good.Order(c.ctx, r.OrderID)
			c.next()
			done.Repeated = unknown == nil
		})}},
		{"RedeemOrder/conflict", "A known order with another customer or other points gives ErrOperationConflict and changes nothing.", func(b *bench) {
			b.rich(1, 70)
			b.rich(2, 70)
			b.redeemOrder("card-1", "ORD-1", 30)
			for _, conflict := range []engine.OrderRedemption{b.order("card-1", "ORD-1", 31), b.order("card-1", "ORD-1", 29), b.order("card-2", "ORD-1", 30)} {
				refuses(b, crm.ErrOperationConflict, b.RedeemOrder, conflict)
			}
		}, faults{
			"another sum for a known order is taken too":   unless("RedeemOrder", crm.ErrOperationConflict, paidBeside),
			"another sum for a known order is passed over": forgives("RedeemOrder", crm.ErrOperationConflict),
		}},
		{"RedeemOrder/insufficient", "Too few points give ErrInsufficientPoints: nothing is taken, and the order stays unknown.", func(b *bench) {
			b.rich(1, 70)
			refuses(b, crm.ErrInsufficientPoints, b.RedeemOrder, b.order("card-1", "ORD-1", 71))
			b.orderUnknown("ORD-1")
			b.grant("card-1", "more", 1)
			b.redeemOrder("card-1", "ORD-1", 71)
			b.balance("card-1", 0)
			b.adds("card-1")
		}, faults{
			"an order takes what is left": unless("RedeemOrder", crm.ErrInsufficientPoints, func(c *call, r *engine.OrderRedemption, done *crm.Redeemed) {
				r.Points = must(c.good.Card(c.ctx, r.CardNumber)).Balance
				*done, c.err = c.good.RedeemOrder(c.ctx, *r)
			}),
			"an order that was too dear is remembered as void": unless("RedeemOrder", crm.ErrInsufficientPoints, func(c *call, r *engine.OrderRedemption, _ *any) {
				_, _ = c.good.ReverseOrder(c.ctx, engine.OrderReversal{OrderID: r.OrderID, Points: r.Points, CallID: r.CallID, Now: r.Now})
				c.err = crm.ErrInsufficientPoints
			}),
		}},
		{"RedeemOrder/card", "An order of a blocked, an inactive and an unknown card is refused, however few its points are, and stays unknown.", func(b *bench) {
			for i, state := range []crm.CardState{crm.CardBlocked, crm.CardInactive} {
				b.rich(i, 70)
				b.setState(cardName(i), state)
				for _, points := range []int64{10, 71} {
					refuses(b, []crm.Kind{crm.ErrCardBlocked, crm.ErrCardInactive}[i], b.RedeemOrder, b.order(cardName(i), "ORD-1", points))
				}
			}
			refuses(b, crm.ErrCardNotFound, b.RedeemOrder, b.order("nobody", "ORD-1", 10))
			b.orderUnknown("ORD-1")
		}, faults{"an inactive card pays": forgives("RedeemOrder", crm.ErrCardInactive)}},
		{"RedeemOrder/reversed", "An order that was reversed is not redeemed again: ErrOrderReversed.", func(b *bench) {
			b.rich(1, 70)
			b.redeemOrder("card-1", "ORD-1", 30)
			b.reverseOrder("card-1", "ORD-1", 30)
			for _, points := range []int64{30, 10} {
				refuses(b, crm.ErrOrderReversed, b.RedeemOrder, b.order("card-1", "ORD-1", points))
			}
		}, faults{"a reversed order can be redeemed again": unless("RedeemOrder", crm.ErrOrderReversed, paidBeside)}},
		{"RedeemOrder/voided", "A redemption that comes after its reversal gives ErrOrderVoided and takes nothing.", func(b *bench) {
			b.rich(1, 70)
			b.voids(b.reversal("card-1", "ORD-1", 30))
			refuses(b, crm.ErrOrderVoided, b.RedeemOrder, b.order("card-1", "ORD-1", 30))
			b.balance("card-1", 70)
			b.redeemOrder("card-1", "ORD-2", 70)
		}, faults{
			"a late redemption is taken after the reversal": unless("RedeemOrder", crm.ErrOrderVoided, paidBeside),
			"a reversal of an unknown order is forgotten": around("ReverseOrder", func(c *call, r *engine.OrderReversal, _ *any) {
				if _, c.err = c.good.Order(c.ctx, r.OrderID); c.err == nil {
					c.next()
				}
			}),
		}},
		{"RedeemOrder/identifiers", "Orders differ when one byte of their IDs differs, and an ID is as long as it may be.", func(b *bench) {
			b.rich(1, 70)
			long := fmt.Sprintf("%0*d", crm.MaxOrderIDBytes, 1)
			ids := []string{"ORD-1", "ord-1", "ORD-1 ", " ORD-1", "ORD-01", "Ё", "ё", "Е", "%", "_", "'", long, long[1:]}
			for _, id := range ids {
				b.redeemOrder("card-1", id, 1)
				same(b, b.storedOrder(id).ID, id)
			}
			b.balance("card-1", 70-int64(len(ids)))
			b.orderUnknown("oRD-1")
		}, folded("case spaces accents zeros", "RedeemOrder.OrderID")},
		{"RedeemOrder/errands", "Messages are stored with the order, once; a reversal orders their opposite, once; a refused order stores none.", func(b *bench) {
			b.rich(1, 70)
			b.fails(errorOf(b.RedeemOrder(b.ctx, b.mirrored("ORD-9", 71))), crm.ErrInsufficientPoints)
			for _, id := range []string{"ORD-1", "ORD-1", "ORD-2"} {
				must(b.RedeemOrder(b.ctx, b.mirrored(id, map[string]int64{"ORD-1": 30, "ORD-2": 10}[id])))
			}
			for i := range 2 {
				r := b.reversal("card-1", "ORD-1", 30)
				r.Cause = "order:ORD-1"
				err := errorOf(b.ReverseOrder(b.ctx, r))
				b.holds((err == nil) == (i == 0), "that the first one succeeds", err)
			}
			var actions []string
			for _, d := range b.outbox() {
				actions = append(actions, fmt.Sprintf("%s %d for %s", d.Action, d.Points, d.CardNumber))
			}
			same(b, actions, []string{"debit 30 for card-1", "debit 10 for card-1", "credit 30 for card-1"})
		}, faults{
			"errands of an order are forgotten":   asked("RedeemOrder", func(r *engine.OrderRedemption) { r.Messages = nil }),
			"a reversal leaves the errands alone": asked("ReverseOrder", func(r *engine.OrderReversal) { r.Cause = "nothing" }),
		}},
		{"Order/unknown", "Order of an ID that never came gives ErrOrderUnknown.", func(b *bench) { b.orderUnknown("ORD-1") }, faults{
			"an unknown order is an empty one": forgives("Order", crm.ErrOrderUnknown),
		}},
		{"Race/orders", "Of orders over one balance at one moment exactly as many are paid as there are points for.", func(b *bench) {
			b.card(1)
			for i := range 4 {
				b.grantLot("card-1", fmt.Sprintf("lot-%d", i), 25, b.now, b.now.AddDate(0, 0, 1+i/2))
			}
			ids := listed("ORD", racers)
			results := b.ordersAtOnce(10, func(i int) string { return ids[i] })
			tally(b, results, map[string]int{done: 10, string(crm.ErrInsufficientPoints): 22})
			b.balance("card-1", 0)
			same(b, len(b.postings("card-1")), 14)
			for i, r := range results {
				err := errorOf(b.Order(b.ctx, ids[i]))
				b.holds((r.err == nil) == (err == nil), "an order that is known when it was paid, else unknown", err)
			}
			b.adds("card-1")
		}, faults{"a balance is read before an order is paid": crowded("RedeemOrder", func(met *meeting, c *call, r *engine.OrderRedemption, done *crm.Redeemed) {
			if c.err = crm.ErrInsufficientPoints; must(c.good.Card(c.ctx, r.CardNumber)).Balance < r.Points {
				return
			}
			met.wait()
			if c.next(); crm.KindOf(c.err) == crm.ErrInsufficientPoints { // writes what it computed over what others wrote
				*done, c.err = crm.Redeemed{Order: crm.Order{ID: r.OrderID, State: crm.OrderDeducted}}, nil
			}
		})}},
		{"Race/one-order", "Of redemptions of one order at one moment one takes the points, and the others are Repeated.", func(b *bench) {
			b.rich(1, 15)
			results := b.ordersAtOnce(10, func(int) string { return "ORD-1" })
			tally(b, results, all)
			first := 0
			for _, answer := range winners(results) {
				if !answer.Repeated {
					first++
				}
			}
			same(b, first, 1)
			b.balance("card-1", 5)
			b.adds("card-1")
		}, faults{"an order is looked up before it is paid": crowded("RedeemOrder", func(met *meeting, c *call, r *engine.OrderRedemption, _ *any) {
			_, unknown := c.good.Order(c.ctx, r.OrderID)
			met.wait()
			if unknown != nil {
				must(c.good.Take(c.ctx, engine.Movement{Key: r.CallID, CardNumber: r.CardNumber, Points: 1, Now: r.Now}))
			}
			c.next()
		})}},
	}
}

// ordersAtOnce redeems as many orders as there are racers, by the name of each.
func (b *bench) ordersAtOnce(points int64, id func(i int) string) []result[crm.Redeemed] {
	orders := make([]engine.OrderRedemption, racers)
	for i := range orders {
		orders[i] = b.order("card-1", id(i), points)
	}
	return race(racers, func(i int) (crm.Redeemed, error) { return b.RedeemOrder(b.ctx, orders[i]) })
}

// reversals are as many as there are racers, of orders of card-1.
func (b *bench) reversals(points int64, id func(i int) string) []engine.OrderReversal {
	reversals := make([]engine.OrderReversal, racers)
	for i := range reversals {
		reversals[i] = b.reversal("card-1", id(i), points)
	}
	return reversals
}

// voids makes a reversal of an order that never came: it is refused, and
// remembered.
func (b *bench) voids(r engine.OrderReversal) {
	b.Helper()
	b.fails(errorOf(b.ReverseOrder(b.ctx, r)), crm.ErrOrderUnknown)
	same(b, b.storedOrder(r.OrderID).State, crm.OrderVoided)
}

// givesBack grants the points of a reversal beside the ledger of orders.
func givesBack(c *call, r *engine.OrderReversal, points int64) error {
	number := "card-1"
	if known, err := c.good.Order(c.ctx, r.OrderID); err == nil && known.CardNumber != "" {
		number = known.CardNumber
	}
	return credit(c, r.CallID, number, points, r.Now)
}

func reverseChecks() []Check {
	// paysAnyway gives points back where the backend refuses with a kind.
	paysAnyway := func(kind crm.Kind) fault {
		return unless("ReverseOrder", kind, func(c *call, r *engine.OrderReversal, _ *any) { c.err = givesBack(c, r, r.Points) })
	}
	reversing := func(change func(r *engine.OrderReversal)) fault { return asked("ReverseOrder", change) }
	return []Check{
		{"ReverseOrder/posting", "ReverseOrder gives the points back as one posting, linked to the order; what was earned in total does not grow.", func(b *bench) {
			b.rich(1, 70)
			order := b.redeemOrder("card-1", "ORD-1", 30)
			b.later(time.Hour)
			r := b.reversal("card-1", "ORD-1", 30)
			reversed := must(b.ReverseOrder(b.ctx, r))
			posting := b.postings("card-1")[0]
			same(b, posting, crm.Posting{ID: posting.ID, CardNumber: "card-1", Kind: crm.PostingReturn, Points: 30, Description: "Returned ORD-1", At: b.now})
			order.State, order.Returned, order.Reason = crm.OrderReversed, 30, r.Reason
			order.ReversalID, order.ReverseCall, order.UpdatedAt = posting.ID, r.CallID, b.now
			same(b, reversed, order)
			same(b, b.storedOrder("ORD-1"), order)
			b.points("card-1", 70, 70)
			b.adds("card-1")
		}, faults{"what comes back counts as earned": around("ReverseOrder", func(c *call, r *engine.OrderReversal, _ *any) {
			points := r.Points
			r.Partial, r.Points = true, 1
			c.next()
			ok(givesBack(c, r, points-1))
		})}},
		{"ReverseOrder/lots", "What is given back has the description and the validity of what was taken, and none ends before KeepUntil.", func(b *bench) {
			b.threeLots()
			before := b.lots("card-1")
			b.redeemOrder("card-1", "ORD-1", 30)
			b.reverseOrder("card-1", "ORD-1", 30)
			same(b, b.lots("card-1"), before)
			b.redeemOrder("card-1", "ORD-2", 30)
			b.later(15 * day)
			r := b.reversal("card-1", "ORD-2", 30)
			r.KeepUntil = b.now.Add(3 * day)
			must(b.ReverseOrder(b.ctx, r))
			var ends []string
			for _, lot := range b.lots("card-1") {
				ends = append(ends, fmt.Sprintf("%d until %s", lot.Remaining, lot.ValidUntil.Format(time.DateOnly)))
			}
			same(b, ends, []string{
				"10 until " + b.now.Add(3*day).Format(time.DateOnly), "20 until " + noon.Add(20*day).Format(time.DateOnly), "100 until 9999-12-31",
			})
			b.adds("card-1")
		}, faults{"what comes back lives for ever": reversing(func(r *engine.OrderReversal) { r.KeepUntil = crm.Forever })}},
		{"ReverseOrder/spend-again", "What was given back can be spent, in the order of its expiry, and expires once.", func(b *bench) {
			b.card(1)
			b.grantLot("card-1", "short", 40, b.now, b.now.Add(10*day))
			b.redeemOrder("card-1", "ORD-1", 30)
			b.later(11 * day)
			b.expires(plenty, 1)
			b.reverseOrder("card-1", "ORD-1", 30)
			b.take("card-1", "spent", 10)
			same(b, b.remaining("card-1", b.now), []int64{20})
			b.later(2 * day)
			b.expires(plenty, 1)
			b.expires(plenty, 0)
			b.balance("card-1", 0)
			b.adds("card-1")
		}, faults{"what comes back may be over already": reversing(func(r *engine.OrderReversal) { r.KeepUntil = time.Time{} })}},
		{"ReverseOrder/once", "An order is reversed once: ErrOrderReversed, and nothing is given.", func(b *bench) {
			b.rich(1, 70)
			b.redeemOrder("card-1", "ORD-1", 30)
			b.reverseOrder("card-1", "ORD-1", 30)
			for _, r := range []engine.OrderReversal{b.reversal("card-1", "ORD-1", 30), b.reversal("card-1", "ORD-1", 1), b.reversal("card-2", "ORD-1", 30)} {
				refuses(b, crm.ErrOrderReversed, b.ReverseOrder, r)
			}
		}, faults{"an order is reversed twice": paysAnyway(crm.ErrOrderReversed)}},
		{"ReverseOrder/unknown", "A reversal of an order that never came gives ErrOrderUnknown and moves nothing, again and again.", func(b *bench) {
			b.rich(1, 70)
			r := b.reversal("card-1", "ORD-1", 30)
			b.voids(r)
			same(b, b.kinds("card-1"), []string{"grant +70"})
			for _, again := range []engine.OrderReversal{r, b.reversal("card-1", "ORD-1", 30), b.reversal("card-2", "ORD-1", 1)} {
				refuses(b, crm.ErrOrderUnknown, b.ReverseOrder, again)
			}
		}, faults{"a reversal of an unknown order pays": paysAnyway(crm.ErrOrderUnknown)}},
		{"ReverseOrder/mismatch", "Another customer, more points, or fewer without Partial give ErrOrderMismatch and change nothing.", func(b *bench) {
			b.rich(1, 70)
			b.card(2)
			b.redeemOrder("card-1", "ORD-1", 30)
			above := b.reversal("card-1", "ORD-1", 31)
			partly := above
			partly.Partial = true
			for _, r := range []engine.OrderReversal{b.reversal("card-1", "ORD-1", 29), above, partly, b.reversal("card-2", "ORD-1", 30)} {
				refuses(b, crm.ErrOrderMismatch, b.ReverseOrder, r)
			}
			b.reverseOrder("card-1", "ORD-1", 30)
		}, faults{
			"anybody may reverse an order": around("ReverseOrder", func(c *call, r *engine.OrderReversal, _ *any) {
				r.Customer = must(c.good.Order(c.ctx, r.OrderID)).Customer
				c.next()
			}),
			"fewer points come back without being asked for": reversing(func(r *engine.OrderReversal) { r.Partial = true }),
		}},
		{"ReverseOrder/partial", "With Partial fewer points come back, those with the latest expiry first, and the order is reversed by it.", func(b *bench) {
			b.card(1)
			b.grantLot("card-1", "ends-first", 10, b.now, b.now.Add(10*day))
			b.grantLot("card-1", "ends-second", 20, b.now, b.now.Add(20*day))
			b.redeemOrder("card-1", "ORD-1", 30)
			r, rest := b.reversal("card-1", "ORD-1", 25), b.reversal("card-1", "ORD-1", 5)
			r.Partial, rest.Partial = true, true
			order := must(b.ReverseOrder(b.ctx, r))
			same(b, []int64{order.Points, order.Returned}, []int64{30, 25})
			same(b, b.remaining("card-1", b.now), []int64{5, 20})
			refuses(b, crm.ErrOrderReversed, b.ReverseOrder, rest)
			b.adds("card-1")
		}, faults{
			"the rest of a partial reversal comes back too": paysAnyway(crm.ErrOrderReversed),
			"a partial reversal gives everything back": around("ReverseOrder", func(c *call, r *engine.OrderReversal, _ *any) {
				r.Points = must(c.good.Order(c.ctx, r.OrderID)).Points
				c.next()
			}),
		}},
		{"ReverseOrder/any-state", "An order is reversed whatever the state of the card.", func(b *bench) {
			for i, state := range []crm.CardState{crm.CardInactive, crm.CardBlocked} {
				number, id := cardName(i), fmt.Sprintf("ORD-%d", i)
				b.rich(i, 70)
				b.redeemOrder(number, id, 30)
				b.setState(number, state)
				b.reverseOrder(number, id, 30)
				b.balance(number, 70)
				b.adds(number)
			}
		}, faults{"a blocked card gets nothing back": around("ReverseOrder", func(c *call, r *engine.OrderReversal, _ *any) {
			number := must(c.good.Order(c.ctx, r.OrderID)).CardNumber
			if c.err = crm.ErrCardBlocked; must(c.good.Card(c.ctx, number)).State != crm.CardBlocked {
				c.next()
			}
		})}},
		{"ReverseOrder/replaced", "The points of an order go back to the card that has replaced the one that paid.", func(b *bench) {
			b.rich(1, 70)
			b.redeemOrder("card-1", "ORD-1", 30)
			b.replace("card-1", "new-1")
			b.reverseOrder("card-1", "ORD-1", 30)
			b.balance("new-1", 70)
			b.balance("card-1", 0)
			same(b, b.storedOrder("ORD-1").CardNumber, "new-1")
			same(b, b.kinds("new-1")[0], "return +30")
		}, faults{"orders of a replaced card stay behind": around("ReverseOrder", func(c *call, r *engine.OrderReversal, _ *any) {
			if must(c.good.Order(c.ctx, r.OrderID)).CardNumber != "new-1" {
				c.next()
			}
		})}},
		{"ReverseOrder/erased", "An order of an erased customer can be reversed, and nothing of it tells of the person.", func(b *bench) {
			b.issue(marked, "card-1")
			b.grant("card-1", "gift", 70)
			b.redeemOrder("card-1", "ORD-1", 30)
			b.redeemOrder("card-1", "ORD-2", 10)
			r := b.reversal("card-1", "ORD-2", 10)
			r.Reason = "MarkedReason"
			must(b.ReverseOrder(b.ctx, r))
			b.erase(marked.Phone)
			for _, id := range []string{"ORD-1", "ORD-2"} {
				order := b.storedOrder(id)
				b.holds(order.Customer == "" && !strings.Contains(order.Reason, "Marked"), "no customer and no reason", order)
			}
			b.reverseOrder("whoever", "ORD-1", 30)
			b.balance("card-1", 70)
		}, faults{"an order remembers an erased customer": told("Order", func(order *crm.Order) { order.Customer = "print-of-card-1" })}},
		{"ReverseOrder/reason", "The reason keeps every character of Unicode, as long as it may be.", func(b *bench) {
			b.card(1)
			reasons := append([]string{strings.Repeat("я", crm.MaxTextRunes)}, oddTexts...)
			b.grant("card-1", "gift", int64(len(reasons)))
			for i, reason := range reasons {
				id := fmt.Sprintf("ORD-%d", i)
				b.redeemOrder("card-1", id, 1)
				r := b.reversal("card-1", id, 1)
				r.Reason = reason
				must(b.ReverseOrder(b.ctx, r))
				same(b, b.storedOrder(id).Reason, reason)
			}
		}, faults{
			"the reason is cut in bytes": reversing(func(r *engine.OrderReversal) { r.Reason = r.Reason[:min(len(r.Reason), crm.MaxTextRunes)] }),
		}.with(folded("spaces beyond", "ReverseOrder.Reason"))},
		{"Race/reverse-order", "Of reversals of one order at one moment one gives the points back, the others get ErrOrderReversed.", func(b *bench) {
			b.rich(1, 15)
			b.redeemOrder("card-1", "ORD-1", 10)
			reversals := b.reversals(10, func(int) string { return "ORD-1" })
			tally(b, race(racers, func(i int) (crm.Order, error) { return b.ReverseOrder(b.ctx, reversals[i]) }), onlyOne(crm.ErrOrderReversed))
			b.balance("card-1", 15)
			b.adds("card-1")
		}, faults{"an order is looked up before it is reversed": crowded("ReverseOrder", func(met *meeting, c *call, r *engine.OrderReversal, _ *any) {
			known := must(c.good.Order(c.ctx, r.OrderID))
			met.wait()
			if c.next(); known.State == crm.OrderDeducted && crm.KindOf(c.err) == crm.ErrOrderReversed {
				c.err = givesBack(c, r, r.Points)
			}
		})}},
		{"Race/redeem-and-reverse", "Redemptions and reversals of one order at one moment leave it reversed or voided, and every point on the card.", func(b *bench) {
			b.rich(1, 100)
			for n := range 8 {
				id := fmt.Sprintf("ORD-%d", n)
				redeem, reverse := make([]engine.OrderRedemption, racers), b.reversals(10, func(int) string { return id })
				for i := range redeem {
					redeem[i] = b.order("card-1", id, 10)
				}
				onlyFails(b, race(racers, func(i int) (any, error) {
					if i%2 == n%2 {
						return nil, errorOf(b.RedeemOrder(b.ctx, redeem[i]))
					}
					return nil, errorOf(b.ReverseOrder(b.ctx, reverse[i]))
				}), crm.ErrOrderReversed, crm.ErrOrderVoided, crm.ErrOrderUnknown)
				state := b.storedOrder(id).State
				b.holds(state == crm.OrderReversed || state == crm.OrderVoided, "a reversed or voided order", state)
				b.balance("card-1", 100)
			}
			b.adds("card-1")
		}, nil},
		{"Race/orders-beside", "Orders, their reversals, grants and takes beside each other are all counted.", func(b *bench) {
			b.rich(1, 1000)
			old := listed("old", racers)
			for _, id := range old {
				b.redeemOrder("card-1", id, 10)
			}
			orders, reversals := make([]engine.OrderRedemption, racers), b.reversals(10, func(i int) string { return old[i] })
			for i := range orders {
				orders[i] = b.order("card-1", fmt.Sprintf("new-%d", i), 7)
			}
			tally(b, race(racers, func(i int) (any, error) {
				switch i % 4 {
				case 0:
					return nil, errorOf(b.RedeemOrder(b.ctx, orders[i]))
				case 1:
					return nil, errorOf(b.ReverseOrder(b.ctx, reversals[i]))
				case 2:
					return nil, b.tryGrant(b.movement("card-1", fmt.Sprintf("more-%d", i), 3))
				}
				return nil, b.tryTake(b.movement("card-1", fmt.Sprintf("less-%d", i), 2))
			}), all)
			b.balance("card-1", 1000-10*racers+8*(-7+10+3-2))
			b.adds("card-1")
		}, nil},
		{"Race/reverse-and-replace", "A reversal beside the replacement of its card loses and doubles no point.", func(b *bench) {
			b.rich(1, 100)
			ids := listed("ORD", racers)
			for _, id := range ids {
				b.redeemOrder("card-1", id, 2)
			}
			reversals := b.reversals(2, func(i int) string { return ids[i] })
			tally(b, race(racers, func(i int) (any, error) {
				if i == racers/2 {
					return nil, errorOf(b.ReplaceCard(b.ctx, b.replacement("card-1", "new-1")))
				}
				return nil, errorOf(b.ReverseOrder(b.ctx, reversals[i]))
			}), all)
			b.balance("card-1", 0)
			b.balance("new-1", 100-2)
			bad, _, err := b.Verify(b.ctx, "", plenty)
			same(b, []any{bad, err}, []any{[]engine.Discrepancy{}, nil})
		}, nil},
	}
}
