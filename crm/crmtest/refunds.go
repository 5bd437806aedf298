package crmtest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

func refundChecks() []Check {
	return []Check{
		check("SubmitReceipt/refund", "A refund takes back what the sale of the same card with the same total earned; Points tells how much.", refunds),
		check("SubmitReceipt/refund-again", "The same refund again is the same success and takes nothing more.", refundsAgain),
		check("SubmitReceipt/refund-once", "A sale is taken back once: a second refund finds none, is stored and does nothing.", refundsOnce),
		check("SubmitReceipt/refund-newest", "A refund takes back the newest sale that is not after it and that nothing has taken back yet.", refundsNewest),
		check("SubmitReceipt/refund-none", "A refund that finds no sale is stored and does nothing: other totals, other cards, later sales and receipts that are no sales stay.", refundsNothing),
		check("SubmitReceipt/refund-unwanted", "A receipt that does not want it takes nothing back.", refundUnwanted),
		check("SubmitReceipt/refund-part", "A refund takes points as far as they are there: nothing ever makes a balance negative.", refundsPart),
		check("SubmitReceipt/refund-order", "A refund takes what is left of the sale's own points first, then what may be spent, then what is pending.", refundOrder),
		check("SubmitReceipt/refund-own-lot", "A refund takes the sale's own points although others would be spent first, also when they are pending.", refundOwnLot),
		check("SubmitReceipt/refund-unearned", "A refund of a sale that earned nothing takes nothing, but marks the sale and undoes its errands.", refundUnearned),
		check("SubmitReceipt/refund-errands", "A refund orders for every errand of the sale that has an Undo one that undoes it and names it in Reverses.", refundUndoes),
		check("SubmitReceipt/refund-states", "A refund by a blocked or an inactive card is refused and changes nothing; it works when the card is active again.", refundStates),
		check("SubmitReceipt/refund-replaced", "A refund by the card that replaced another one takes back the old card's sale.", refundReplaced),
	}
}

// refund is the i-th receipt as a refund that takes back.
func (b *bench) refund(number string, i int64) crm.ReceiptSubmission {
	r := b.submission(number, i, 0)
	r.Receipt.Kind, r.Receipt.At = crm.ReceiptSaleRefund, noon
	r.Reverse = crm.ReverseReceipt{Wanted: true, Description: "refund"}
	return r
}

func refunds(b *bench) {
	b.card(1)
	b.submit(b.submission("card-1", 1, 15))
	b.later(time.Hour)
	same(b, "a sale with an award of 15, then its refund", b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -15})
	same(b, "a refund, then Postings", b.kinds("card-1"), []string{"reversal -15", "receipt +15"})
	newest := b.postings("card-1")[0]
	same(b, "a refund, the posting's description and time", []any{newest.Description, newest.At}, []any{"refund", b.now})
	same(b, "a refund, the lots", b.remaining("card-1", b.now), nil)
	b.adds("a refund", "card-1")
}

func refundsAgain(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 100)
	b.submit(b.submission("card-1", 1, 15))
	b.submit(b.submission("card-1", 2, 15)) // one more that would fit
	r := b.refund("card-1", 3)
	b.submit(r)
	b.later(time.Hour)
	r.Now = b.now
	repeats(b, "a refund again", crm.Submitted{Repeated: true, Points: -15}, func() (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, r) })
	r.TooOld = true
	repeats(b, "a refund again when it is too old", crm.Submitted{Repeated: true, Points: -15}, func() (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, r) })
}

func refundsOnce(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 100)
	sale := b.submission("card-1", 1, 15)
	b.submit(sale)
	b.submit(b.refund("card-1", 2))
	same(b, "a second refund of one sale", b.submit(b.refund("card-1", 3)), crm.Submitted{})
	b.balance("two refunds of one sale", "card-1", 100)
	same(b, "two refunds of one sale, then the second again", b.submit(b.refund("card-1", 3)), crm.Submitted{Repeated: true})
	same(b, "a refunded sale again", b.submit(sale), crm.Submitted{Repeated: true, Points: 15})
	b.balance("two refunds of one sale, and the sale again", "card-1", 100)
}

func refundsNewest(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 1000)
	// The awards tell which sale was taken back; the order of the calls is not that of the times.
	for i, sale := range []struct {
		hours  time.Duration
		points int64
		kind   crm.ReceiptKind
	}{{-3, 3, crm.ReceiptSale}, {-1, 1, crm.ReceiptUnmarked}, {-2, 2, crm.ReceiptSale}, {1, 9, crm.ReceiptSale}, {0, 8, crm.ReceiptSale}} {
		r := b.submission("card-1", int64(1+i), sale.points)
		r.Receipt.At, r.Receipt.Kind = noon.Add(sale.hours*time.Hour), sale.kind
		b.submit(r)
	}
	for i, want := range []int64{-8, -1, -2, -3, 0} {
		same(b, fmt.Sprintf("sales with awards of 3, 2, 1 and 8 before a refund and 9 after it, refund %d", i+1),
			b.submit(b.refund("card-1", int64(10+i))), crm.Submitted{Points: want})
	}
	b.balance("five refunds of four sales", "card-1", 1009)
}

func refundsNothing(b *bench) {
	b.issue(fullProfile(1), "card-1")
	b.second(fullProfile(1), "card-2")
	b.card(3)
	b.grant("card-1", "gift", 100)
	total, late, kind := b.submission("card-1", 1, 1), b.submission("card-1", 2, 2), b.submission("card-1", 3, 3)
	total.Receipt.SumKopecks++
	late.Receipt.At = noon.Add(time.Minute)
	for _, r := range []crm.ReceiptSubmission{total, late, b.submission("card-2", 4, 4), b.submission("card-3", 5, 5)} {
		b.submit(r)
	}
	for i, no := range []crm.ReceiptKind{crm.ReceiptSaleRefund, crm.ReceiptPurchase, crm.ReceiptPurchaseRefund} {
		kind.Receipt.Kind, kind.Receipt.I = no, int64(20+i)
		kind.Errands = []crm.Errand{undoable(fmt.Sprintf("a%d", i), kind.Receipt.Cause())}
		b.submit(kind)
	}
	before := b.state()
	r := b.refund("card-1", 30)
	same(b, "a refund without a sale that fits", b.submit(r), crm.Submitted{})
	b.unchanged("a refund without a sale that fits", before)
	r.CardNumber = "card-3"
	b.refusesReceipt("a refund without a sale that fits, then by another card", r, crm.ErrReceiptTaken)
}

func refundUnwanted(b *bench) {
	b.card(1)
	b.submit(b.submission("card-1", 1, 15))
	r := b.refund("card-1", 2)
	r.Reverse.Wanted = false
	b.idle("a refund that is not wanted to take back", func() error { _, err := b.SubmitReceipt(b.ctx, r); return err })
	same(b, "then one that is", b.submit(b.refund("card-1", 3)), crm.Submitted{Points: -15})
}

func refundsPart(b *bench) {
	b.card(1)
	b.submit(b.submission("card-1", 1, 15))
	b.take("card-1", "spent", 11)
	same(b, "a sale with an award of 15, 11 spent, then its refund", b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -4})
	same(b, "then Postings", b.kinds("card-1"), []string{"reversal -4", "take -11", "receipt +15"})
	b.adds("a refund of a sale whose points are spent in part", "card-1")
	b.submit(b.submission("card-1", 3, 20))
	b.take("card-1", "spent-2", 20)
	same(b, "a refund when no points are there", b.submit(b.refund("card-1", 4)), crm.Submitted{})
	same(b, "then the count of postings", len(b.postings("card-1")), 5)
	b.adds("a refund when no points are there", "card-1")
}

func refundOrder(b *bench) {
	b.card(1)
	sale := b.submission("card-1", 1, 30)
	sale.Award.Description, sale.Award.ValidUntil = "by sale", b.now.Add(50*day)
	b.submit(sale)
	b.variousLots("card-1")
	b.take("card-1", "spent", 26) // soon and a part of the sale's own
	same(b, "the lots before the refund", b.lotsLeft("card-1"),
		map[string]int64{"by sale": 14, "by late": 10, "by pending-soon": 20, "by pending-late": 20})
	same(b, "a refund of 30 points of which 14 are left", b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -30})
	same(b, "the lots after the refund", b.lotsLeft("card-1"), map[string]int64{"by pending-soon": 14, "by pending-late": 20})
	b.adds("a refund that takes from several lots", "card-1")
}

func refundOwnLot(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 50)
	sale := b.submission("card-1", 1, 15)
	sale.Award.AvailableFrom, sale.Award.ValidUntil = b.now.Add(14*day), b.now.Add(700*day)
	b.submit(sale)
	b.submit(b.refund("card-1", 2))
	same(b, "50 points and 15 pending of a sale, its refund, then the lots", b.lotsLeft("card-1"), map[string]int64{"by gift": 50})
}

func undoable(key, cause string) crm.Errand {
	e := fullErrand(key)
	e.Cause = cause
	return e
}

func refundUnearned(b *bench) {
	b.card(1)
	b.grant("card-1", "gift", 50)
	sale := b.submission("card-1", 1, 0)
	sale.Errands = []crm.Errand{undoable("a", sale.Receipt.Cause())}
	b.submit(sale)
	same(b, "a refund of a sale without an award", b.submit(b.refund("card-1", 2)), crm.Submitted{})
	b.balance("a refund of a sale without an award", "card-1", 50)
	same(b, "a refund of a sale with an errand, the count of deliveries", len(b.outbox()), 2)
	b.submit(b.refund("card-1", 3))
	same(b, "a second refund, the count of deliveries", len(b.outbox()), 2)
}

func refundUndoes(b *bench) {
	card := b.issue(fullProfile(1), "card-1")
	sale := b.submission("card-1", 1, 15)
	first, second := undoable("a", sale.Receipt.Cause()), errand("b")
	second.Cause = sale.Receipt.Cause()
	sale.Errands = []crm.Errand{first, second, undoable("c", sale.Receipt.Cause())}
	b.submit(sale)
	b.orders("card-1", undoable("other", "another cause"))
	original := b.byKey("a sale with errands", "a")
	b.later(time.Hour)
	r := b.refund("card-1", 2)
	b.submit(r)
	var undone []crm.Delivery
	for _, d := range b.outbox() {
		if d.Reverses != "" {
			undone = append(undone, d)
		}
	}
	did := "a refund of a sale with three errands, two of which can be undone"
	b.holds(len(undone) == 2, did+", then ListDeliveries", "two deliveries that reverse one", undone)
	same(b, did+", the count of deliveries", len(b.outbox()), 6)
	for _, d := range undone {
		if d.Reverses != original.ID {
			continue
		}
		b.holds(d.Key != first.Key && d.ID != original.ID, did, "an errand with a key of its own", d)
		want := crm.Delivery{ID: d.ID, Errand: first, CardNumber: card.Number, CustomerID: card.CustomerID, Reverses: original.ID,
			State: crm.DeliveryNew, DueAt: b.now, CreatedAt: b.now, UpdatedAt: b.now}
		want.Key, want.Action, want.Payload, want.Effect, want.Undo = d.Key, first.Undo.Action, first.Undo.Payload, first.Undo.Effect, crm.Undo{}
		same(b, did+", the delivery that undoes the first", d, want)
	}
	same(b, did+", the first delivery", b.delivery(original.ID), original)
	b.idle("the refund again", func() error { _, err := b.SubmitReceipt(b.ctx, r); return err })
}

func refundStates(b *bench) {
	b.card(1)
	sale := b.submission("card-1", 1, 15)
	sale.Errands = []crm.Errand{undoable("a", sale.Receipt.Cause())}
	b.submit(sale)
	for state, kind := range map[crm.CardState]crm.Kind{crm.CardBlocked: crm.ErrCardBlocked, crm.CardInactive: crm.ErrCardInactive} {
		b.setState("card-1", state)
		b.refusesReceipt("a refund by a card that is "+string(state), b.refund("card-1", 2), kind)
	}
	b.setState("card-1", crm.CardActive)
	same(b, "a refund (refused), then again when the card is active", b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -15})
}

func refundReplaced(b *bench) {
	b.card(1)
	sale := b.submission("card-1", 1, 15)
	sale.Award.AvailableFrom = b.now.Add(day) // its own points, which come before those that may be spent
	sale.Errands = []crm.Errand{undoable("a", sale.Receipt.Cause())}
	b.grant("card-1", "gift", 50)
	b.submit(sale)
	b.replace("card-1", "new-1")
	same(b, "a sale, a replacement, then the refund by the new card", b.submit(b.refund("new-1", 2)), crm.Submitted{Points: -15})
	same(b, "a refund by the card that replaced one, the lots", b.lotsLeft("new-1"), map[string]int64{"by gift": 50})
	same(b, "a refund by the card that replaced one, the count of deliveries", len(b.outbox()), 2)
	b.adds("a refund by the card that replaced one", "card-1", "new-1")
}
