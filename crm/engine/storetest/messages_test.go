package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// acme is the vendor of checks that need only one, lease how long claims hold.
const (
	acme  = "acme"
	lease = 10 * time.Minute
)

// errand is what the vendor of a check must hear.
func errand(key string) outbox.Message {
	return outbox.Message{Key: key, Cause: "cause of " + key, Rule: "rule-1", Vendor: acme, Action: "award", Points: 10}
}

func errandAt(vendor, key string) outbox.Message {
	e := errand(key)
	e.Vendor = vendor
	return e
}

// fullErrand has something in every field.
func fullErrand(key string) outbox.Message {
	e := errand(key)
	e.Payload, e.AtMostOnce, e.Holds, e.Effect = []byte(`{"campaign":"весна","steps":[1,2]}`), true, true, outbox.EffectBook
	e.Undo = outbox.Undo{Action: "cancel", Payload: []byte(`{"why":"refund"}`), Effect: outbox.EffectUnbook}
	return e
}

// orders lets a card send a new receipt that orders errands, and gives their
// deliveries; orders1 orders a single errand of a key.
func (b *bench) orders(number string, errands ...outbox.Message) (list []outbox.Delivery) {
	b.Helper()
	b.serial++
	b.submit(b.submission(number, 1000+b.serial, 0, errands...))
	for _, e := range errands {
		list = append(list, b.byKey(e.Key))
	}
	return list
}

func (b *bench) orders1(number, key string) outbox.Delivery {
	b.Helper()
	return b.orders(number, errand(key))[0]
}

func (b *bench) outbox() []outbox.Delivery {
	return must(b.ListDeliveries(b.ctx, outbox.Query{Limit: plenty}))
}

// byKey gives the only delivery of a key.
func (b *bench) byKey(key string) outbox.Delivery {
	b.Helper()
	found := slices.DeleteFunc(b.outbox(), func(d outbox.Delivery) bool { return d.Key != key })
	if len(found) != 1 {
		b.hopeless("one delivery of the errand "+key, text(found))
	}
	return found[0]
}

// keysOf gives the keys of deliveries in alphabetical order.
func keysOf(list []outbox.Delivery) (keys []string) {
	for _, d := range list {
		keys = append(keys, d.Key)
	}
	slices.Sort(keys)
	return keys
}

func (b *bench) delivery(id string) outbox.Delivery { return must(b.Delivery(b.ctx, id)) }

// claimRequest has a claim of its own.
func (b *bench) claimRequest(vendor string, limit int) outbox.ClaimRequest {
	return outbox.ClaimRequest{Vendor: vendor, Claim: b.name("claim"), Limit: limit, Now: b.now, Until: b.now.Add(lease)}
}

func (b *bench) claims(vendor string, limit int) []outbox.Delivery {
	return must(b.ClaimDeliveries(b.ctx, b.claimRequest(vendor, limit)))
}

// claimed reports a broken promise unless a claim gives these keys.
func (b *bench) claimed(want ...string) []outbox.Delivery {
	b.Helper()
	list := b.claims(acme, plenty)
	same(b, keysOf(list), want)
	return list
}

// claimed1 gives the only delivery that a claim has to give.
func (b *bench) claimed1(key string) outbox.Delivery {
	b.Helper()
	list := b.claimed(key)
	if len(list) == 0 {
		b.hopeless("the delivery "+key, "none")
	}
	return list[0]
}

// settlement is news of a delivery from elsewhere: nobody's claim is needed.
func (b *bench) settlement(id string, state outbox.State) outbox.Settlement {
	return outbox.Settlement{ID: id, State: state, DueAt: b.now, Now: b.now}
}

func (b *bench) settle(s outbox.Settlement) outbox.Delivery { return must(b.SettleDelivery(b.ctx, s)) }

func (b *bench) settleTo(id string, state outbox.State) outbox.Delivery {
	return b.settle(b.settlement(id, state))
}

// settleUntil leaves a delivery in a state that is not final until it is due.
func (b *bench) settleUntil(id string, state outbox.State, due time.Time) {
	s := b.settlement(id, state)
	s.DueAt = due
	b.settle(s)
}

// refer settles a new delivery of a card to a vendor with a reference.
func (b *bench) refer(vendor, number, reference string) {
	s := b.settlement(b.orders(number, errandAt(vendor, vendor+" "+reference))[0].ID, outbox.StatePending)
	s.VendorRef = reference
	b.settle(s)
}

// fresh looks that a delivery is an errand that was just ordered.
func (b *bench) fresh(e outbox.Message, card crm.Card) {
	b.Helper()
	id := b.byKey(e.Key).ID
	b.holds(id != "", "a delivery with an ID", nil)
	same(b, b.delivery(id), outbox.Delivery{
		ID: id, Message: e, CardNumber: card.Number, CustomerID: card.CustomerID,
		State: outbox.StateNew, DueAt: b.now, CreatedAt: b.now, UpdatedAt: b.now,
	})
}

// smuggle orders errands by way of a receipt that nobody sent.
func smuggle(c *call, number string, errands []outbox.Message) error {
	if len(errands) == 0 {
		return nil
	}
	return errorOf(c.good.SubmitReceipt(c.ctx, engine.ReceiptSubmission{
		CardNumber: number, Messages: errands, Now: then,
		Receipt: crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: text(errands)[:16], I: 1, FP: 1}, At: then, SumKopecks: 1, Kind: crm.ReceiptPurchase},
	}))
}

// orderer is a method that orders errands, for a card with 70 points and a code
// SPRING that is not used up.
type orderer struct {
	method string
	order  func(b *bench, number string, errands ...outbox.Message) error
	// refused are calls that are refused, by what they are refused with. The cards
	// 1 to 4 are active, blocked, inactive, and not there.
	refused func(b *bench, e outbox.Message) map[crm.Kind]func() error
	// errands are those of a request.
	errands func(c *call) []outbox.Message
	forget  fault
}

func orderers() []orderer {
	return []orderer{
		{"SubmitReceipt", func(b *bench, n string, e ...outbox.Message) error {
			return errorOf(b.SubmitReceipt(b.ctx, b.submission(n, 1, 15, e...)))
		}, func(b *bench, e outbox.Message) map[crm.Kind]func() error {
			b.submit(b.submission("card-1", 2, 15))
			other, old := b.submission("card-1", 2, 15, e), b.submission("card-1", 9, 15, e)
			other.Receipt.SumKopecks++
			old.TooOld = true
			send := func(r engine.ReceiptSubmission) func() error {
				return func() error { return errorOf(b.SubmitReceipt(b.ctx, r)) }
			}
			return map[crm.Kind]func() error{
				crm.ErrCardBlocked: send(b.submission("card-2", 5, 15, e)), crm.ErrCardInactive: send(b.submission("card-3", 6, 15, e)),
				crm.ErrCardNotFound: send(b.submission("card-4", 7, 15, e)), crm.ErrReceiptMismatch: send(other), crm.ErrReceiptTooOld: send(old),
				crm.ErrReceiptTaken: send(b.submission("card-5", 2, 15, e)),
			}
		}, func(c *call) []outbox.Message { return arg[engine.ReceiptSubmission](c.args).Messages },
			asked("SubmitReceipt", func(r *engine.ReceiptSubmission) { r.Messages = nil })},
		{"RedeemCode", func(b *bench, n string, e ...outbox.Message) error {
			return errorOf(b.RedeemCode(b.ctx, b.entry(n, "SPRING", e...)))
		}, func(b *bench, e outbox.Message) map[crm.Kind]func() error {
			used, over := b.promo("USED"), b.promo("OVER")
			used.MaxUses, over.EndsAt = 1, b.now
			b.putCodes(used, over)
			b.redeem("card-5", "USED")
			send := func(number, code string) func() error {
				return func() error { return errorOf(b.RedeemCode(b.ctx, b.entry(number, code, e))) }
			}
			return map[crm.Kind]func() error{
				crm.ErrCodeUnknown: send("card-1", "NONE"), crm.ErrCodeUsedUp: send("card-1", "USED"), crm.ErrCodeExpired: send("card-1", "OVER"),
				crm.ErrCardBlocked: send("card-2", "SPRING"), crm.ErrCardNotFound: send("card-4", "SPRING"),
			}
		}, func(c *call) []outbox.Message { return arg[engine.CodeSubmission](c.args).Messages },
			asked("RedeemCode", func(r *engine.CodeSubmission) { r.Messages = nil })},
		{"Take", func(b *bench, n string, e ...outbox.Message) error {
			m := b.movement(n, "spent", 30)
			m.Messages = e
			return b.tryTake(m)
		}, func(b *bench, e outbox.Message) map[crm.Kind]func() error {
			send := func(number, key string, points int64) func() error {
				m := b.movement(number, key, points)
				m.Messages = []outbox.Message{e}
				return func() error { return b.tryTake(m) }
			}
			return map[crm.Kind]func() error{
				crm.ErrInsufficientPoints: send("card-1", "too-much", 71), crm.ErrCardInactive: send("card-3", "inactive", 10),
				crm.ErrCardNotFound: send("card-4", "unknown", 10), crm.ErrOperationConflict: send("card-1", "gift-card-1", 10),
			}
		}, func(c *call) []outbox.Message { return arg[engine.Movement](c.args).Messages },
			asked("Take", func(m *engine.Movement) {
				for i := range m.Messages {
					m.Messages[i].Payload = nil
				}
			})},
	}
}

// beside orders the errands of a request once more, whatever became of it.
func (o orderer) beside(when func(c *call) bool) fault {
	return around(o.method, func(c *call, _, _ *any) {
		errands, number := o.errands(c), c.card()
		if c.next(); when(c) {
			if _, err := c.good.Card(c.ctx, number); err != nil || must(c.good.Card(c.ctx, number)).State != crm.CardActive {
				number = "card-1"
			}
			_ = smuggle(c, number, errands)
		}
	})
}

func errandChecks() []Check {
	var checks []Check
	prepare := func(b *bench) crm.Card {
		b.putCodes(b.promo("SPRING"))
		card := b.person(1)
		b.grant("card-1", "gift-card-1", 70)
		return card
	}
	for _, o := range orderers() {
		checks = append(checks,
			Check{o.method + "/errands", "Messages of " + o.method + " are stored with it, for the card and its customer, new and due at once, and once.", func(b *bench) {
				card := prepare(b)
				errands := []outbox.Message{fullErrand("a"), errand("b")}
				ok(o.order(b, "card-1", errands...))
				for _, e := range errands {
					b.fresh(e, card)
				}
				same(b, keysOf(b.outbox()), []string{"a", "b"})
				b.idle(func() error { return o.order(b, "card-1", append(errands, errand("c"))...) }) // the rules may have changed in between
			}, faults{
				"errands are forgotten, or a part of them": o.forget,
				"a repeated call orders again":             o.beside(func(c *call) bool { return len(o.errands(c)) > 2 }),
			}},
			Check{o.method + "/errands-refused", "Messages of a call of " + o.method + " that is refused are not stored.", func(b *bench) {
				prepare(b)
				for _, i := range []int{2, 3, 5} {
					b.rich(i, 70)
				}
				b.setState("card-2", crm.CardBlocked)
				b.setState("card-3", crm.CardInactive)
				calls := o.refused(b, errand("a"))
				for _, kind := range sortedKeys(calls) {
					b.refused(calls[kind], kind)
				}
				same(b, b.outbox(), nil)
			}, faults{"errands are stored whatever becomes of the rest": o.beside(func(c *call) bool { return c.err != nil })}},
		)
	}
	return append(checks, []Check{
		{"Grant/errands", "A grant has no errands: those in its request are not stored.", func(b *bench) {
			b.card(1)
			m := b.movement("card-1", "gift", 70)
			m.Messages = []outbox.Message{errand("a")}
			must(b.Grant(b.ctx, m))
			same(b, b.outbox(), nil)
		}, faults{"a grant orders errands": after("Grant", func(c *call, m *engine.Movement, _ *any) error { return smuggle(c, m.CardNumber, m.Messages) })}},
		{"SubmitReceipt/errand-key", "An errand is stored once for its Key, whatever orders it again; the operation succeeds all the same.", func(b *bench) {
			b.card(1)
			b.card(2)
			first := b.orders1("card-1", "a")
			b.later(time.Hour)
			other := errandAt("other", "a")
			other.Points = 99
			same(b, b.submit(b.submission("card-2", 1, 15, other, errand("b"), errand("b"))), crm.Submitted{Points: 15})
			same(b, keysOf(b.outbox()), []string{"a", "b"})
			same(b, b.delivery(first.ID), first)
		}, faults{"an errand is stored as often as it is ordered": asked("SubmitReceipt", func(r *engine.ReceiptSubmission) {
			for i := range r.Messages {
				r.Messages[i].Key += fmt.Sprintf("#%d", r.Receipt.I*10+int64(i))
			}
		})}},
		{"SubmitReceipt/errands-wholly", "A receipt and its errands are stored wholly or not at all.", func(b *bench) {
			b.card(1)
			r := b.submission("card-1", 1, 15, errand("a"), errand(immense))
			before := b.state()
			if _, err := b.SubmitReceipt(b.ctx, r); err == nil {
				same(b, keysOf(b.outbox()), []string{"a", immense})
				return
			}
			b.unchanged(before)
			r.Messages = r.Messages[:1]
			same(b, b.submit(r), crm.Submitted{Points: 15})
			b.byKey("a")
		}, faults{"errands are stored after the receipt": around("SubmitReceipt", func(c *call, r *engine.ReceiptSubmission, _ *any) {
			errands := r.Messages
			r.Messages = nil
			c.next()
			for _, e := range errands {
				if c.err == nil {
					c.err = smuggle(c, r.CardNumber, []outbox.Message{e})
				}
			}
		})}},
		{"SubmitReceipt/errands-unheld", "A card without a holder orders errands too: for the card, and for no customer.", func(b *bench) {
			long := errandAt(long64[:32], "b")
			number := long64[1:] // its barcode is one longer
			for number, e := range map[string]outbox.Message{"card-1": errand("a"), number: long} {
				b.unheld(number)
				b.orders(number, e)
				b.fresh(e, b.look(number))
				same(b, b.byKey(e.Key).CustomerID, "")
			}
		}, nil},
		{"ReplaceCard/deliveries", "The card of a delivery follows a replacement, and nothing else of it changes.", func(b *bench) {
			b.card(1)
			b.card(2)
			ids := []string{b.orders1("card-1", "a").ID, b.orders1("card-2", "b").ID, b.orders1("card-1", "c").ID}
			b.claims(acme, plenty)
			b.settleTo(ids[2], outbox.StateDone)
			want := []outbox.Delivery{b.delivery(ids[0]), b.delivery(ids[1]), b.delivery(ids[2])}
			b.later(time.Minute)
			b.replace("card-1", "new-1")
			want[0].CardNumber, want[2].CardNumber = "new-1", "new-1"
			for _, d := range want {
				same(b, b.delivery(d.ID), d)
			}
			same(b, keysOf(must(b.ListDeliveries(b.ctx, outbox.Query{CardNumber: "new-1", Limit: plenty}))), []string{"a", "c"})
		}, faults{"deliveries stay with the replaced card": told("Delivery", func(d *outbox.Delivery) {
			d.CardNumber = strings.ReplaceAll(d.CardNumber, "new-", "card-")
		})}},
		{"Erase/deliveries", "Erase keeps the deliveries of the customer's cards; they name nobody.", func(b *bench) {
			b.issue(marked, "card-1")
			want := b.orders1("card-1", "a")
			b.erase(marked.Phone)
			same(b, b.delivery(want.ID), want)
			b.claimed("a")
		}, nil},
		{"Race/errand-key", "An errand that many operations order at one moment is stored once, and all of them succeed.", func(b *bench) {
			cards := b.cards(racers)
			tally(b, race(racers, func(i int) (crm.Submitted, error) {
				return b.SubmitReceipt(b.ctx, b.submission(cards[i], int64(i), 5, errand("a"), errand(fmt.Sprintf("own-%d", i))))
			}), all)
			same(b, len(b.outbox()), 1+racers)
			b.byKey("a")
			same(b, b.total(cards), 5*racers)
		}, faults{"an errand's key is looked up before it is stored": crowded("SubmitReceipt", func(met *meeting, c *call, r *engine.ReceiptSubmission, _ *any) {
			if met.wait() < 3 {
				r.Messages[0].Key += r.CardNumber
			}
			c.next()
		})}},
	}...)
}

func deliveryChecks() []Check {
	id := func(d outbox.Delivery) string { return d.ID }
	listed0 := func(b *bench, q outbox.Query) func(string, int) ([]outbox.Delivery, error) {
		return func(after string, limit int) ([]outbox.Delivery, error) {
			q.After, q.Limit = after, limit
			return b.ListDeliveries(b.ctx, q)
		}
	}
	known := func(b *bench, vendor string, asked ...string) []string {
		list := must(b.KnownReferences(b.ctx, vendor, asked))
		slices.Sort(list)
		return list
	}
	return []Check{
		{"Delivery/unknown", "Delivery of an unknown ID gives ErrDeliveryNotFound.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			same(b, b.delivery(d.ID), d)
			for _, id := range []string{"", "unknown", strings.ToLower(d.ID) + "x", d.ID + " "} {
				b.fails(errorOf(b.Delivery(b.ctx, id)), crm.ErrDeliveryNotFound)
			}
		}, faults{"an unknown delivery is an empty one": forgives("Delivery", crm.ErrDeliveryNotFound)}},
		{"KnownReferences/known", "KnownReferences gives those of a vendor's references that belong to a delivery, and no others.", func(b *bench) {
			b.card(1)
			b.refer(acme, "card-1", "r-1")
			b.refer(acme, "card-1", "r-2")
			b.refer("other", "card-1", "r-3")
			b.orders1("card-1", "without a reference")
			same(b, known(b, acme, "r-2", "r-9", "", "R-1", "r-1 ", "r-1", "r-3"), []string{"r-1", "r-2"})
			same(b, known(b, "other", "r-1", "r-3"), []string{"r-3"})
		}, faults{"references of other vendors are known": around("KnownReferences", func(c *call, _ *string, known *[]string) {
			others := must(c.good.KnownReferences(c.ctx, "other", *arg[[]string](c.args)))
			c.next()
			*known = slices.Compact(append(*known, others...))
		})}},
		{"KnownReferences/many", "KnownReferences works with many references in one call, and with none.", func(b *bench) {
			b.card(1)
			asked := listed("r", many)
			b.refer(acme, "card-1", asked[7])
			same(b, known(b, acme), nil)
			same(b, known(b, acme, asked...), asked[7:8])
		}, faults{"only the last hundred references are looked up": asked("KnownReferences", func(list *[]string) {
			*list = (*list)[max(0, len(*list)-100):]
		})}},
		{"ListDeliveries/pages", "ListDeliveries gives up to Limit deliveries ordered by ID, beginning after one; pages skip and repeat none.", func(b *bench) {
			same(b, b.outbox(), nil)
			b.card(1)
			b.card(2)
			var want []outbox.Delivery
			for i := range 7 {
				want = append(want, b.orders1(cardName(1+i%2), fmt.Sprintf("e%d", 9-i)))
				b.later(time.Millisecond)
			}
			slices.SortFunc(want, func(a, b outbox.Delivery) int { return strings.Compare(a.ID, b.ID) })
			same(b, pages(b, id, listed0(b, outbox.Query{})), want)
			ofOne := slices.DeleteFunc(want, func(d outbox.Delivery) bool { return d.CardNumber != "card-1" })
			same(b, pages(b, id, listed0(b, outbox.Query{CardNumber: "card-1"})), ofOne)
		}, faults{"a page repeats the last delivery": func(w *wire) {
			before := ""
			around("ListDeliveries", func(c *call, q *outbox.Query, list *[]outbox.Delivery) {
				after := q.After
				if after != "" {
					q.After, before = before, after
				}
				c.next()
				*list = slices.DeleteFunc(*list, func(d outbox.Delivery) bool { return d.ID < after })
			})(w)
		}}},
		{"ListDeliveries/filters", "ListDeliveries selects by vendor, card and state, each and together.", func(b *bench) {
			var stored []outbox.Delivery
			for i := range 2 {
				number := b.card(i)
				for _, vendor := range []string{acme, "other"} {
					for _, state := range []outbox.State{outbox.StateNew, outbox.StatePending, outbox.StateDone} {
						e := errandAt(vendor, fmt.Sprintf("%s %s %s", number, vendor, state))
						stored = append(stored, b.settleTo(b.orders(number, e)[0].ID, state))
					}
				}
			}
			for _, q := range []outbox.Query{
				{}, {Vendor: acme}, {CardNumber: "card-1"}, {State: outbox.StatePending}, {Vendor: "other", CardNumber: "card-0"},
				{Vendor: acme, CardNumber: "card-1", State: outbox.StateDone}, {State: outbox.StateRejected}, {Vendor: "ACME"}, {CardNumber: "card-9"},
			} {
				want := slices.DeleteFunc(slices.Clone(stored), func(d outbox.Delivery) bool {
					return q.Vendor != "" && q.Vendor != d.Vendor || q.CardNumber != "" && q.CardNumber != d.CardNumber || q.State != "" && q.State != d.State
				})
				q.Limit = plenty
				same(b, keysOf(must(b.ListDeliveries(b.ctx, q))), keysOf(want))
			}
		}, faults{
			"the filter of the vendor is ignored": asked("ListDeliveries", func(q *outbox.Query) { q.Vendor = "" }),
			"the filter of the card is ignored":   asked("ListDeliveries", func(q *outbox.Query) { q.CardNumber = "" }),
			"the filter of the state is ignored":  asked("ListDeliveries", func(q *outbox.Query) { q.State = "" }),
		}},
		{"CountDeliveries/counts", "CountDeliveries counts by vendor and state, in their alphabetical order, with the time of the oldest.", func(b *bench) {
			counts := func(all bool) []outbox.Count { return must(b.CountDeliveries(b.ctx, all)) }
			same(b, counts(true), nil)
			b.later(time.Hour)
			oldest := b.now
			for i, key := range []string{"n1", "n2", "done", "pending"} {
				d := b.orders1(b.card(i), key)
				b.later(-time.Minute) // another process whose clock is behind
				if i > 1 {
					b.settleTo(d.ID, outbox.State(key))
				}
			}
			b.orders(b.card(9), errandAt("Zeta", "z"))
			count := func(vendor string, state outbox.State, n int64, minutes time.Duration) outbox.Count {
				return outbox.Count{Vendor: vendor, State: state, Count: n, Oldest: oldest.Add(-minutes * time.Minute)}
			}
			zeta, fresh := count("Zeta", outbox.StateNew, 1, 4), count(acme, outbox.StateNew, 2, 1)
			finished, waiting := count(acme, outbox.StateDone, 1, 2), count(acme, outbox.StatePending, 1, 3)
			same(b, counts(true), []outbox.Count{zeta, finished, fresh, waiting})
			same(b, counts(false), []outbox.Count{zeta, fresh, waiting})
		}, faults{
			"what is final is always counted": asked("CountDeliveries", func(all *bool) { *all = true }),
			"the oldest is the newest": told("CountDeliveries", func(counts *[]outbox.Count) {
				for i := range *counts {
					(*counts)[i].Oldest = (*counts)[i].Oldest.Add(time.Duration((*counts)[i].Count-1) * time.Minute)
				}
			}),
		}},
	}
}
