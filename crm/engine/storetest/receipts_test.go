package storetest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

func receiptChecks() []Check {
	return []Check{
		{"SubmitReceipt/award", "SubmitReceipt stores the receipt for the card and credits Award with it, as one lot.", func(b *bench) {
			b.card(1)
			r := b.submission("card-1", 1, 15)
			r.Award.AvailableFrom = b.now.Add(14 * day)
			same(b, b.submit(r), crm.Submitted{Points: 15})
			same(b, b.lots("card-1"), []crm.Lot{lotOf(r.Award)})
			same(b, b.kinds("card-1"), []string{"receipt +15"})
			posting := b.postings("card-1")[0]
			same(b, []any{posting.Description, posting.At}, []any{r.Award.Description, b.now})
			b.points("card-1", 15, 15)
			b.adds("card-1")
		}, faults{"an award may be spent at once": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) { r.Award.AvailableFrom = r.Now })}},
		{"SubmitReceipt/zero", "A receipt that earns nothing is taken all the same: without a posting, and for this card alone.", func(b *bench) {
			b.card(1)
			b.card(2)
			r := b.submission("card-1", 1, 0)
			r.Receipt.Kind = crm.ReceiptSaleRefund
			same(b, b.submit(r), crm.Submitted{})
			same(b, b.postings("card-1"), nil)
			same(b, b.submit(r), crm.Submitted{Repeated: true})
			r.CardNumber = "card-2"
			refuses(b, crm.ErrReceiptTaken, b.SubmitReceipt, r)
		}, faults{"a receipt that earns nothing is not kept": around("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, _ *any) {
			if r.Award.Points != 0 {
				c.next()
			}
		})}},
		{"SubmitReceipt/again", "The same card with the same receipt again, too old or not, is the same success without a second award; Repeated tells so.", func(b *bench) {
			b.card(1)
			r := b.submission("card-1", 1, 15)
			b.submit(r)
			b.later(60 * day)
			r.Now = b.now
			r.Award = b.award(crm.PostingReceipt, 99) // the programme's rules may have changed in between
			for _, r.TooOld = range []bool{false, true} {
				repeats(b, crm.Submitted{Repeated: true, Points: 15}, b.SubmitReceipt, r)
			}
			b.adds("card-1")
		}, faults{
			"a repeated receipt is awarded again": after("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, answer *crm.Submitted) error {
				if !answer.Repeated {
					return nil
				}
				return credit(c, "again", r.CardNumber, r.Award.Points, r.Now)
			}),
			"a repeated receipt does not tell that it is one": told("SubmitReceipt", func(answer *crm.Submitted) { answer.Repeated = false }),
			"what is too old is refused at once": around("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, _ *any) {
				if c.err = crm.ErrReceiptTooOld; !r.TooOld {
					c.next()
				}
			}),
		}},
		{"SubmitReceipt/other-card", "Another card with a receipt that was taken gives ErrReceiptTaken and changes nothing.", func(b *bench) {
			b.cards(3)
			b.second(crm.Profile{Phone: phone(1)}, "card-3")
			b.submit(b.submission("card-1", 1, 15))
			for _, number := range []string{"card-2", "card-3"} {
				r := b.submission(number, 1, 15)
				refuses(b, crm.ErrReceiptTaken, b.SubmitReceipt, r)
				r.Receipt.SumKopecks++
				refuses(b, crm.ErrReceiptTaken, b.SubmitReceipt, r)
			}
		}, faults{"a receipt of another card is accepted": forgives("SubmitReceipt", crm.ErrReceiptTaken)}},
		{"SubmitReceipt/other-content", "The same card with the same receipt and another sum, time, kind or fiscal sign gives ErrReceiptMismatch and changes nothing.", func(b *bench) {
			b.card(1)
			first := b.submission("card-1", 1, 15)
			b.submit(first)
			sum, at, kind, sign := first, first, first, first
			sum.Receipt.SumKopecks++
			at.Receipt.At = at.Receipt.At.Add(time.Minute)
			kind.Receipt.Kind = crm.ReceiptUnmarked
			sign.Receipt.FP++
			for _, r := range []engine.ReceiptSubmission{sum, at, kind, sign} {
				refuses(b, crm.ErrReceiptMismatch, b.SubmitReceipt, r)
			}
			same(b, b.submit(first), crm.Submitted{Repeated: true, Points: 15})
		}, faults{
			"a receipt with another sum is accepted": forgives("SubmitReceipt", crm.ErrReceiptMismatch),
			"the fiscal sign is ignored":             asked("SubmitReceipt", func(r *engine.ReceiptSubmission) { r.Receipt.FP = 0 }),
		}},
		{"SubmitReceipt/key", "Receipts that differ in drive number or document number are different receipts.", func(b *bench) {
			b.card(1)
			base := b.submission("card-1", 12345, 10)
			fn, i, big := base, base, base
			fn.Receipt.FN = "9960440300123457"
			i.Receipt.I = 12346
			big.Receipt.I, big.Receipt.FP, big.Receipt.SumKopecks = 9_999_999_999, 9_999_999_999, 999_999_999_999 // more than 32 bits
			for _, r := range []engine.ReceiptSubmission{base, fn, i, big} {
				same(b, b.submit(r), crm.Submitted{Points: 10})
			}
			b.balance("card-1", 40)
		}, faults{"the document number is ignored": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) { r.Receipt.I = 1 })}},
		{"SubmitReceipt/too-old", "With TooOld anything but a repeat gives ErrReceiptTooOld and changes nothing.", func(b *bench) {
			b.card(1)
			b.card(2)
			fresh := b.submission("card-1", 1, 15)
			fresh.TooOld = true
			refuses(b, crm.ErrReceiptTooOld, b.SubmitReceipt, fresh)
			b.submit(b.submission("card-1", 2, 15))
			other, content := b.submission("card-2", 2, 15), b.submission("card-1", 2, 15)
			other.TooOld, content.TooOld = true, true
			content.Receipt.SumKopecks++
			refuses(b, crm.ErrReceiptTooOld, b.SubmitReceipt, other)
			refuses(b, crm.ErrReceiptTooOld, b.SubmitReceipt, content)
			fresh.TooOld = false
			same(b, b.submit(fresh), crm.Submitted{Points: 15})
		}, faults{"an old receipt is taken": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) { r.TooOld = false })}},
		{"SubmitReceipt/refused", "A receipt that a blocked, an inactive or an unknown card sent in vain may be sent by another card.", func(b *bench) {
			b.cards(4)
			b.pool("free-1")
			b.setState("card-1", crm.CardBlocked)
			b.setState("card-2", crm.CardInactive)
			for number, kind := range map[string]crm.Kind{
				"card-1": crm.ErrCardBlocked, "card-2": crm.ErrCardInactive, "card-9": crm.ErrCardNotFound, "free-1": crm.ErrCardNotFound,
			} {
				refuses(b, kind, b.SubmitReceipt, b.submission(number, 1, 15))
			}
			same(b, b.submit(b.submission("card-3", 1, 15)), crm.Submitted{Points: 15})
		}, faults{"an inactive card earns": serves("SubmitReceipt")}},
		{"Race/receipt-one-card", "The same card with the same receipt at one moment gets one award, and all but one answer are Repeated.", func(b *bench) {
			b.card(1)
			b.once(race(racers, func(int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.submission("card-1", 1, 15)) }), 15)
			b.balance("card-1", 15)
			b.adds("card-1")
		}, faults{"a receipt is looked up before it is awarded": crowded("SubmitReceipt", func(met *meeting, c *call, r *engine.ReceiptSubmission, answer *crm.Submitted) {
			seen := len(must(c.good.Postings(c.ctx, r.CardNumber, "", plenty)))
			key := fmt.Sprint("twin ", met.wait())
			if c.next(); answer.Repeated && seen == 0 {
				answer.Repeated = false
				ok(credit(c, key, r.CardNumber, r.Award.Points, r.Now))
			}
		})}},
		{"Race/receipt-many-cards", "Of cards that send one receipt at one moment one gets the award; the others get ErrReceiptTaken.", func(b *bench) {
			cards := b.cards(racers)
			tally(b, race(racers, func(i int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.submission(cards[i], 1, 15)) }), onlyOne(crm.ErrReceiptTaken))
			same(b, b.total(cards), 15)
			b.adds(cards...)
		}, nil},
		{"Race/receipt-contents", "Of contents that one card sends for one receipt at one moment one is taken; the others get ErrReceiptMismatch.", func(b *bench) {
			b.card(1)
			results := race(racers, func(i int) (crm.Submitted, error) {
				r := b.submission("card-1", 1, int64(100+i))
				r.Receipt.SumKopecks += int64(i)
				return b.SubmitReceipt(b.ctx, r)
			})
			tally(b, results, onlyOne(crm.ErrReceiptMismatch))
			for _, answer := range winners(results) {
				b.balance("card-1", answer.Points)
			}
			b.adds("card-1")
		}, nil},
	}
}

// sale submits the i-th receipt of card-1 with an errand that can be undone.
func (b *bench) sale(key string, i, points int64) engine.ReceiptSubmission {
	sale := b.submission("card-1", i, points)
	sale.Messages = []outbox.Message{undoable(key, sale.Receipt.Cause())}
	b.submit(sale)
	return sale
}

func undoable(key, cause string) outbox.Message {
	e := fullErrand(key)
	e.Cause = cause
	return e
}

// undone gives the deliveries that undo another one.
func (b *bench) undone() (list []outbox.Delivery) {
	for _, d := range b.outbox() {
		if d.Reverses != "" {
			list = append(list, d)
		}
	}
	return list
}

func refundChecks() []Check {
	// reversing changes receipts that want to take back.
	reversing := func(change func(r *engine.ReceiptSubmission)) fault {
		return asked("SubmitReceipt", func(r *engine.ReceiptSubmission) {
			if r.Reverse.Wanted {
				change(r)
			}
		})
	}
	takeBack := func(c *call, key string, r *engine.ReceiptSubmission, answer *crm.Submitted) error {
		answer.Points = -15
		return errorOf(c.good.Take(c.ctx, engine.Movement{Key: key, CardNumber: r.CardNumber, Points: 15, Now: r.Now}))
	}
	return []Check{
		{"SubmitReceipt/refund", "A refund takes back what the sale of the same card with the same total earned; Points tells how much.", func(b *bench) {
			b.card(1)
			b.submit(b.submission("card-1", 1, 15))
			b.later(time.Hour)
			same(b, b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -15})
			same(b, b.kinds("card-1"), []string{"reversal -15", "receipt +15"})
			newest := b.postings("card-1")[0]
			same(b, []any{newest.Description, newest.At}, []any{"refund", b.now})
			same(b, b.lots("card-1"), nil)
			b.adds("card-1")
		}, faults{
			"a refund takes nothing back":            reversing(func(r *engine.ReceiptSubmission) { r.Reverse.Wanted = false }),
			"a refund has no words for the customer": reversing(func(r *engine.ReceiptSubmission) { r.Reverse.Description = "" }),
		}},
		{"SubmitReceipt/refund-again", "The same refund again is the same success and takes nothing more.", func(b *bench) {
			b.rich(1, 100)
			b.submit(b.submission("card-1", 1, 15))
			b.submit(b.submission("card-1", 2, 15)) // one more that would fit
			r := b.refund("card-1", 3)
			b.submit(r)
			b.later(time.Hour)
			r.Now = b.now
			for _, r.TooOld = range []bool{false, true} {
				repeats(b, crm.Submitted{Repeated: true, Points: -15}, b.SubmitReceipt, r)
			}
		}, faults{"a refund that is repeated takes from the next sale": after("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, answer *crm.Submitted) error {
			if !answer.Repeated || r.TooOld {
				return nil
			}
			r.Receipt.I += 1000
			return errorOf(c.good.SubmitReceipt(c.ctx, *r))
		})}},
		{"SubmitReceipt/refund-once", "A sale is taken back once: a second refund finds none, is stored and does nothing.", func(b *bench) {
			b.rich(1, 100)
			sale := b.submission("card-1", 1, 15)
			b.submit(sale)
			b.submit(b.refund("card-1", 2))
			same(b, b.submit(b.refund("card-1", 3)), crm.Submitted{})
			b.balance("card-1", 100)
			same(b, b.submit(b.refund("card-1", 3)), crm.Submitted{Repeated: true})
			same(b, b.submit(sale), crm.Submitted{Repeated: true, Points: 15})
			b.balance("card-1", 100)
		}, faults{"a sale is taken back by every refund": after("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, answer *crm.Submitted) error {
			if !r.Reverse.Wanted || *answer != (crm.Submitted{}) {
				return nil
			}
			return takeBack(c, "again", r, answer)
		})}},
		{"SubmitReceipt/refund-newest", "A refund takes back the newest sale that is not after it and that nothing has taken back yet.", func(b *bench) {
			b.rich(1, 1000)
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
				same(b, b.submit(b.refund("card-1", int64(10+i))), crm.Submitted{Points: want})
			}
			b.balance("card-1", 1009)
		}, faults{"a refund takes back sales of any time": reversing(func(r *engine.ReceiptSubmission) { r.Receipt.At = r.Receipt.At.Add(1000 * time.Hour) })}},
		{"SubmitReceipt/refund-none", "A refund that finds no sale is stored and does nothing: other totals, other cards, later sales and receipts that are no sales stay.", refundsNothing, faults{
			"a refund of another card's sale counts": reversing(func(r *engine.ReceiptSubmission) {
				if r.CardNumber == "card-1" {
					r.CardNumber = "card-3"
				}
			}),
		}},
		{"SubmitReceipt/refund-unwanted", "A receipt that does not want it takes nothing back.", func(b *bench) {
			b.card(1)
			b.submit(b.submission("card-1", 1, 15))
			r := b.refund("card-1", 2)
			r.Reverse.Wanted = false
			b.idle(func() error { return errorOf(b.SubmitReceipt(b.ctx, r)) })
			same(b, b.submit(b.refund("card-1", 3)), crm.Submitted{Points: -15})
		}, faults{"every refund receipt takes back": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) {
			r.Reverse.Wanted = r.Receipt.Kind == crm.ReceiptSaleRefund
		})}},
		{"SubmitReceipt/refund-part", "A refund takes points as far as they are there: nothing ever makes a balance negative.", func(b *bench) {
			b.card(1)
			b.submit(b.submission("card-1", 1, 15))
			b.take("card-1", "spent", 11)
			same(b, b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -4})
			same(b, b.kinds("card-1"), []string{"reversal -4", "take -11", "receipt +15"})
			b.adds("card-1")
			b.submit(b.submission("card-1", 3, 20))
			b.take("card-1", "spent-2", 20)
			same(b, b.submit(b.refund("card-1", 4)), crm.Submitted{})
			same(b, len(b.postings("card-1")), 5)
			b.adds("card-1")
		}, faults{"a sale whose points are spent is not refunded": around("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, _ *any) {
			if c.err = crm.ErrInsufficientPoints; !r.Reverse.Wanted || must(c.good.Card(c.ctx, r.CardNumber)).Balance >= 15 {
				c.next()
			}
		})}},
		{"SubmitReceipt/refund-order", "A refund takes what is left of the sale's own points first, then what may be spent, then what is pending.", func(b *bench) {
			b.card(1)
			sale := b.submission("card-1", 1, 30)
			sale.Award.Description, sale.Award.ValidUntil = "by sale", b.now.Add(50*day)
			b.submit(sale)
			b.variousLots("card-1")
			b.take("card-1", "spent", 26) // soon and a part of the sale's own
			same(b, b.left("card-1"), map[string]int64{"by sale": 14, "by late": 10, "by pending-soon": 20, "by pending-late": 20})
			same(b, b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -30})
			same(b, b.left("card-1"), map[string]int64{"by pending-soon": 14, "by pending-late": 20})
			b.adds("card-1")
		}, nil},
		{"SubmitReceipt/refund-own-lot", "A refund takes the sale's own points although others would be spent first, also when they are pending.", func(b *bench) {
			b.rich(1, 50)
			sale := b.submission("card-1", 1, 15)
			sale.Award.AvailableFrom, sale.Award.ValidUntil = b.now.Add(14*day), b.now.Add(700*day)
			b.submit(sale)
			b.submit(b.refund("card-1", 2))
			same(b, b.left("card-1"), map[string]int64{"by gift-card-1": 50})
		}, faults{"a refund takes from the points that are spent first": around("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, answer *crm.Submitted) {
			if !r.Reverse.Wanted {
				c.next()
				return
			}
			c.err = takeBack(c, "refund", r, answer)
		})}},
		{"SubmitReceipt/refund-unearned", "A refund of a sale that earned nothing takes nothing, but marks the sale and undoes its errands.", func(b *bench) {
			b.rich(1, 50)
			b.sale("a", 1, 0)
			same(b, b.submit(b.refund("card-1", 2)), crm.Submitted{})
			b.balance("card-1", 50)
			same(b, len(b.outbox()), 2)
			b.submit(b.refund("card-1", 3))
			same(b, len(b.outbox()), 2)
		}, faults{"what earned nothing is not looked for": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) {
			if r.Award.Points == 0 && r.Receipt.Kind == crm.ReceiptSale {
				r.Receipt.Kind = crm.ReceiptPurchase
			}
		})}},
		{"SubmitReceipt/refund-errands", "A refund orders for every errand of the sale that has an Undo one that undoes it and names it in Reverses.", refundUndoes, faults{
			"the undoing errand does not say what it undoes": told("ListDeliveries", func(list *[]outbox.Delivery) {
				for i := range *list {
					(*list)[i].Reverses = ""
				}
			}),
			"an errand that cannot be undone is undone": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) {
				for i, e := range r.Messages {
					if e.Undo.Action == "" {
						r.Messages[i].Undo.Action = e.Action
					}
				}
			}),
		}},
		{"SubmitReceipt/refund-states", "A refund by a blocked or an inactive card is refused and changes nothing; it works when the card is active again.", func(b *bench) {
			b.card(1)
			b.sale("a", 1, 15)
			b.setState("card-1", crm.CardBlocked)
			refuses(b, crm.ErrCardBlocked, b.SubmitReceipt, b.refund("card-1", 2))
			b.setState("card-1", crm.CardInactive)
			refuses(b, crm.ErrCardInactive, b.SubmitReceipt, b.refund("card-1", 2))
			b.setState("card-1", crm.CardActive)
			same(b, b.submit(b.refund("card-1", 2)), crm.Submitted{Points: -15})
		}, faults{"a refund by an inactive card counts": serves("SubmitReceipt")}},
		{"SubmitReceipt/refund-replaced", "A refund by the card that replaced another one takes back the old card's sale.", func(b *bench) {
			b.rich(1, 50)
			sale := b.submission("card-1", 1, 15)
			sale.Award.AvailableFrom = b.now.Add(day) // its own points, which come before those that may be spent
			sale.Messages = []outbox.Message{undoable("a", sale.Receipt.Cause())}
			b.submit(sale)
			b.replace("card-1", "new-1")
			same(b, b.submit(b.refund("new-1", 2)), crm.Submitted{Points: -15})
			same(b, b.left("new-1"), map[string]int64{"by gift-card-1": 50})
			same(b, len(b.outbox()), 2)
			b.adds("card-1", "new-1")
		}, nil},
		{"Race/refund-twins", "The same refund at one moment takes back once, and all but one answer are Repeated.", func(b *bench) {
			b.rich(1, 100)
			b.sale("e0", 1, 15) // two sales that fit
			b.sale("e1", 2, 15)
			b.once(race(racers, func(int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.refund("card-1", 3)) }), -15)
			b.balance("card-1", 115)
			same(b, len(b.outbox()), 3)
			b.adds("card-1")
		}, faults{"a refund is looked up before it takes back": crowded("SubmitReceipt", func(met *meeting, c *call, r *engine.ReceiptSubmission, _ *any) {
			if r.Reverse.Wanted {
				r.Receipt.I += 1000 * int64(met.wait()%2) // half of them do not see the others
			}
			c.next()
		})}},
		{"Race/refunds", "Of many refunds of one sale at one moment one takes it back.", func(b *bench) {
			b.rich(1, 100)
			b.sale("a", 1, 15)
			results := race(racers, func(i int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.refund("card-1", int64(10+i))) })
			tally(b, results, all)
			var points int64
			for _, answer := range winners(results) {
				points += answer.Points
			}
			same(b, points, -15)
			b.balance("card-1", 100)
			same(b, len(b.outbox()), 2)
			b.adds("card-1")
		}, faults{"a sale is looked up before it is taken back": crowded("SubmitReceipt", func(met *meeting, c *call, r *engine.ReceiptSubmission, answer *crm.Submitted) {
			first := met.came.Load() < 2
			if c.next(); r.Reverse.Wanted {
				met.wait()
				if first && answer.Points == 0 {
					ok(takeBack(c, r.Receipt.Cause(), r, answer))
				}
			}
		})}},
		{"Race/refund-and-take", "A refund beside takes of the same points never makes a balance negative.", func(b *bench) {
			b.card(1)
			b.submit(b.submission("card-1", 1, 60))
			results := race(racers, func(i int) (int64, error) {
				if i == 0 {
					answer, err := b.SubmitReceipt(b.ctx, b.refund("card-1", 2))
					return answer.Points, err
				}
				posting, err := b.Take(b.ctx, b.movement("card-1", fmt.Sprintf("spent-%d", i), 4))
				return posting.Points, err
			})
			left := int64(60)
			for i, r := range results {
				b.holds(r.err == nil || i > 0 && isAny(r.err, crm.ErrInsufficientPoints), "the refund succeeds, and a take does or finds too few points", r.err)
				left += r.answer
			}
			same(b, left, 0)
			b.balance("card-1", 0)
			b.adds("card-1")
		}, nil},
	}
}

func refundsNothing(b *bench) {
	b.person(1)
	b.second(fullProfile(1), "card-2")
	b.card(3)
	b.grant("card-1", "gift", 100)
	total, late := b.submission("card-1", 1, 1), b.submission("card-1", 2, 2)
	total.Receipt.SumKopecks++
	late.Receipt.At = noon.Add(time.Minute)
	for _, r := range []engine.ReceiptSubmission{total, late, b.submission("card-2", 4, 4), b.submission("card-3", 5, 5)} {
		b.submit(r)
	}
	for i, kind := range []crm.ReceiptKind{crm.ReceiptSaleRefund, crm.ReceiptPurchase, crm.ReceiptPurchaseRefund} {
		r := b.submission("card-1", int64(20+i), 3)
		r.Receipt.Kind = kind
		r.Messages = []outbox.Message{undoable(fmt.Sprintf("a%d", i), r.Receipt.Cause())}
		b.submit(r)
	}
	before := b.state()
	r := b.refund("card-1", 30)
	same(b, b.submit(r), crm.Submitted{})
	b.unchanged(before)
}

func refundUndoes(b *bench) {
	card := b.person(1)
	sale := b.submission("card-1", 1, 15)
	first, second := undoable("a", sale.Receipt.Cause()), errand("b")
	second.Cause = sale.Receipt.Cause()
	sale.Messages = []outbox.Message{first, second, undoable("c", sale.Receipt.Cause())}
	b.submit(sale)
	b.orders("card-1", undoable("other", "another cause"))
	original := b.byKey("a")
	b.later(time.Hour)
	r := b.refund("card-1", 2)
	b.submit(r)
	same(b, []int{len(b.undone()), len(b.outbox())}, []int{2, 6})
	for _, d := range b.undone() {
		if d.Reverses != original.ID {
			continue
		}
		b.holds(d.Key != first.Key && d.ID != original.ID, "an errand with a key of its own", d)
		want := outbox.Delivery{ID: d.ID, Message: first, CardNumber: card.Number, CustomerID: card.CustomerID, Reverses: original.ID,
			State: outbox.StateNew, DueAt: b.now, CreatedAt: b.now, UpdatedAt: b.now}
		want.Key, want.Action, want.Payload, want.Effect, want.Undo = d.Key, first.Undo.Action, first.Undo.Payload, first.Undo.Effect, outbox.Undo{}
		same(b, d, want)
	}
	same(b, b.delivery(original.ID), original)
	b.idle(func() error { return errorOf(b.SubmitReceipt(b.ctx, r)) })
}

func codeChecks() []Check {
	once := crm.Submitted{Points: 25}
	eachCode := func(change func(code *engine.PromoCode)) fault {
		return asked("PutCodes", func(codes *[]engine.PromoCode) {
			for i := range *codes {
				change(&(*codes)[i])
			}
		})
	}
	return []Check{
		{"RedeemCode/credit", "RedeemCode counts one use of the code and credits its points to the card, as one lot.", func(b *bench) {
			b.card(1)
			b.putCodes(b.promo("SPRING"))
			entry := b.entry("card-1", "SPRING")
			entry.Award.AvailableFrom = b.now.Add(day)
			same(b, must(b.RedeemCode(b.ctx, entry)), once)
			b.used("SPRING", 1)
			lots := b.lots("card-1")
			for i := range lots {
				lots[i].Description = "" // the award's or the code's, as the backend likes
			}
			same(b, lots, []crm.Lot{{Remaining: 25, AvailableFrom: entry.Award.AvailableFrom, ValidUntil: entry.Award.ValidUntil}})
			same(b, b.kinds("card-1"), []string{"code +25"})
			b.adds("card-1")
		}, faults{"every code gives the usual points": eachCode(func(code *engine.PromoCode) { code.Points = 0 })}},
		{"RedeemCode/award-points", "A code without points of its own gives those of Award.", func(b *bench) {
			b.card(1)
			code := b.promo("USUAL")
			code.Points = 0
			b.putCodes(code)
			same(b, b.redeem("card-1", "USUAL"), crm.Submitted{Points: 40})
			b.balance("card-1", 40)
		}, faults{"every code gives its own points": eachCode(func(code *engine.PromoCode) { code.Points++ })}},
		{"RedeemCode/again", "The same card again is the same success without a second credit or use, also when the code has changed.", func(b *bench) {
			b.card(1)
			b.putCodes(b.promo("SPRING"))
			b.redeem("card-1", "SPRING")
			b.later(time.Hour)
			before := crm.Submitted{Repeated: true, Points: 25}
			repeats(b, before, b.RedeemCode, b.entry("card-1", "SPRING"))
			changed := b.promo("SPRING")
			changed.Points = 99
			b.putCodes(changed)
			same(b, b.redeem("card-1", "SPRING"), before)
			b.balance("card-1", 25)
		}, faults{
			"a repeated code is credited again": after("RedeemCode", func(c *call, r *engine.CodeSubmission, answer *crm.Submitted) error {
				if !answer.Repeated {
					return nil
				}
				return credit(c, "again", r.CardNumber, answer.Points, r.Now)
			}),
			"a repeated code counts again": func(w *wire) {
				more := int64(0)
				after("RedeemCode", func(*call, *any, *crm.Submitted) error { more++; return nil })(w)
				told("Code", func(code *engine.PromoCode) { code.Used += max(0, more-1) })(w)
			},
		}},
		{"RedeemCode/again-late", "The same card again is the same success also when the code is used up or over.", func(b *bench) {
			b.card(1)
			code := b.promo("ONCE")
			code.MaxUses = 1
			b.putCodes(code)
			b.redeem("card-1", "ONCE")
			for range 2 {
				repeats(b, crm.Submitted{Repeated: true, Points: 25}, b.RedeemCode, b.entry("card-1", "ONCE"))
				b.later(10 * day)
			}
		}, faults{"a repetition after the end is refused": around("RedeemCode", func(c *call, r *engine.CodeSubmission, _ *any) {
			if c.err = crm.ErrCodeExpired; r.Now.Before(must(c.good.Code(c.ctx, r.Code)).EndsAt) {
				c.next()
			}
		})}},
		{"RedeemCode/limit", "A code that has been used as often as its limit gives ErrCodeUsedUp and changes nothing; one whose MaxUses is zero has no limit.", func(b *bench) {
			code := b.promo("THREE")
			code.MaxUses = 3
			b.putCodes(code, b.promo("MANY"))
			for i := range 3 {
				same(b, b.redeem(b.card(i), "THREE"), once)
			}
			refuses(b, crm.ErrCodeUsedUp, b.RedeemCode, b.entry(b.card(4), "THREE"))
			b.used("THREE", 3)
			for i := range 5 {
				b.redeem(b.card(i), "MANY")
			}
			b.used("MANY", 5)
		}, faults{"a code may be used once more than its limit": eachCode(func(code *engine.PromoCode) { code.MaxUses++ })}},
		{"RedeemCode/window", "A code works from StartsAt on, and no more from EndsAt on: ErrCodeNotStarted and ErrCodeExpired, and nothing changes.", func(b *bench) {
			b.card(1)
			b.card(2)
			code := b.promo("DAY")
			code.StartsAt, code.EndsAt = b.now.Add(day), b.now.Add(2*day)
			b.putCodes(code)
			b.later(day - time.Millisecond)
			refuses(b, crm.ErrCodeNotStarted, b.RedeemCode, b.entry("card-1", "DAY"))
			b.later(time.Millisecond)
			b.redeem("card-1", "DAY")
			b.later(day)
			refuses(b, crm.ErrCodeExpired, b.RedeemCode, b.entry("card-2", "DAY"))
			b.later(-time.Millisecond)
			b.redeem("card-2", "DAY")
		}, faults{
			"a code works to the end of its last moment": eachCode(func(code *engine.PromoCode) { code.EndsAt = code.EndsAt.Add(time.Millisecond) }),
			"a code works a moment early":                eachCode(func(code *engine.PromoCode) { code.StartsAt = code.StartsAt.Add(-time.Millisecond) }),
		}},
		{"Code/unknown", "RedeemCode and Code of an unknown code give ErrCodeUnknown and change nothing.", func(b *bench) {
			b.card(1)
			b.putCodes(b.promo("SPRING"))
			refuses(b, crm.ErrCodeUnknown, b.RedeemCode, b.entry("card-1", "WINTER"))
			b.fails(errorOf(b.Code(b.ctx, "WINTER")), crm.ErrCodeUnknown)
		}, faults{"an unknown code gives nothing": forgives("RedeemCode", crm.ErrCodeUnknown), "an unknown code is an empty one": forgives("Code", crm.ErrCodeUnknown)}},
		{"PutCodes/as-stored", "PutCodes stores codes, of one that stands twice in a call the later one, and Code gives them with their count of uses.", func(b *bench) {
			full, open, later := b.promo("FULL"), engine.PromoCode{Code: "OPEN", EndsAt: crm.Forever}, b.promo("SPRING")
			full.MaxUses, full.Points, later.Points = 5_000_000_000, crm.MaxPoints, 99
			b.putCodes(full, open, b.promo("SPRING"), later)
			b.putCodes()
			for _, code := range []engine.PromoCode{full, open, later} {
				same(b, b.storedCode(code.Code), code)
			}
			b.card(1)
			b.redeem("card-1", "FULL")
			full.Used = 1
			same(b, b.storedCode("FULL"), full)
			same(b, b.redeem("card-1", "OPEN"), crm.Submitted{Points: 40})
		}, faults{"limits have 32 bits": eachCode(func(code *engine.PromoCode) {
			code.MaxUses = int64(int32(code.MaxUses)) //nolint:gosec // the overflow is the point
		})}},
		{"PutCodes/keeps-count", "A code that exists gets the new limits and window and keeps its count of uses.", codesKeepCount, faults{
			"codes that are stored again begin to count anew": func(w *wire) {
				forgotten := map[string]int64{}
				around("PutCodes", func(c *call, codes *[]engine.PromoCode, _ *any) {
					for _, code := range *codes {
						stored, _ := c.good.Code(c.ctx, code.Code)
						forgotten[code.Code] = stored.Used
					}
					c.next()
				})(w)
				told("Code", func(code *engine.PromoCode) { code.Used -= forgotten[code.Code] })(w)
			},
		}},
		{"PutCodes/wholly", "PutCodes happens wholly or not at all: when one of the codes cannot be stored, none is.", func(b *bench) {
			b.putCodes(b.promo("SPRING"))
			changed := b.promo("SPRING")
			changed.Points = 99
			b.wholly(func() error {
				return b.PutCodes(b.ctx, []engine.PromoCode{changed, b.promo("SUMMER"), b.promo(immense)})
			})
		}, faults{"codes are stored one by one": around("PutCodes", func(c *call, codes *[]engine.PromoCode, _ *any) {
			for _, code := range *codes {
				if c.err = c.good.PutCodes(c.ctx, []engine.PromoCode{code}); c.err != nil {
					return
				}
			}
		})}},
		{"Race/code-limit", "A code is never used more often than its limit, also in a race.", func(b *bench) {
			cards, code := b.cards(racers), b.promo("TEN")
			code.MaxUses = 10
			b.putCodes(code)
			tally(b, race(racers, func(i int) (crm.Submitted, error) { return b.RedeemCode(b.ctx, b.entry(cards[i], "TEN")) }),
				map[string]int{done: 10, string(crm.ErrCodeUsedUp): racers - 10})
			b.used("TEN", 10)
			same(b, b.total(cards), 250)
			b.adds(cards...)
		}, faults{"the count of a code is read before it is written": func(w *wire) {
			met := newMeeting(racers)
			eachCode(func(code *engine.PromoCode) { code.MaxUses = 0 })(w)
			around("RedeemCode", func(c *call, r *engine.CodeSubmission, _ *any) {
				if c.err = crm.ErrCodeUsedUp; must(c.good.Code(c.ctx, r.Code)).Used < 10 {
					met.wait()
					c.next()
				}
			})(w)
		}}},
		{"Race/code-one-card", "The same card with the same code at one moment gets one credit and is one use.", func(b *bench) {
			b.card(1)
			code := b.promo("TWO")
			code.MaxUses = 2
			b.putCodes(code)
			b.once(race(racers, func(int) (crm.Submitted, error) { return b.RedeemCode(b.ctx, b.entry("card-1", "TWO")) }), 25)
			b.used("TWO", 1)
			b.balance("card-1", 25)
			b.adds("card-1")
		}, nil},
		{"Race/code-and-limits", "Uses that are made while the code is stored again are all counted.", func(b *bench) {
			cards := b.cards(racers / 2)
			b.putCodes(b.promo("MANY"))
			tally(b, race(racers, func(i int) (any, error) {
				if i%2 == 0 {
					return nil, b.PutCodes(b.ctx, []engine.PromoCode{b.promo("MANY")})
				}
				return nil, errorOf(b.RedeemCode(b.ctx, b.entry(cards[i/2], "MANY")))
			}), all)
			b.used("MANY", int64(len(cards)))
		}, nil},
	}
}

func codesKeepCount(b *bench) {
	code := b.promo("SPRING")
	code.MaxUses = 2
	b.putCodes(code)
	b.redeem(b.card(1), "SPRING")
	b.redeem(b.card(2), "SPRING")
	refuses(b, crm.ErrCodeUsedUp, b.RedeemCode, b.entry(b.card(3), "SPRING"))
	code.MaxUses, code.Points, code.EndsAt, code.Description, code.Used = 3, 30, b.now.Add(2*day), "longer", 0
	b.putCodes(code)
	code.Used = 2
	same(b, b.storedCode("SPRING"), code)
	same(b, b.redeem("card-3", "SPRING"), crm.Submitted{Points: 30})
	refuses(b, crm.ErrCodeUsedUp, b.RedeemCode, b.entry(b.card(4), "SPRING"))
	code.MaxUses = 1
	b.putCodes(code)
	refuses(b, crm.ErrCodeUsedUp, b.RedeemCode, b.entry("card-4", "SPRING"))
	b.used("SPRING", 3)
	code.MaxUses, code.EndsAt = 0, b.now.Add(-time.Hour)
	b.putCodes(code)
	refuses(b, crm.ErrCodeExpired, b.RedeemCode, b.entry("card-4", "SPRING"))
}
