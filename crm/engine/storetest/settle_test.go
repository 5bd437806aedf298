package storetest

import (
	"fmt"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

func settleChecks() []Check {
	settling := func(change func(s *outbox.Settlement)) fault { return asked("SettleDelivery", change) }
	before := func(hook func(c *call, s *outbox.Settlement, d outbox.Delivery)) fault {
		return around("SettleDelivery", func(c *call, s *outbox.Settlement, _ *any) {
			d, _ := c.good.Delivery(c.ctx, s.ID)
			hook(c, s, d)
		})
	}
	return []Check{
		{"SettleDelivery/stores", "SettleDelivery stores what became of a delivery and ends its claim.", func(b *bench) {
			b.orders(b.card(1), fullErrand("a"))
			for _, state := range []outbox.State{outbox.StateRetry, outbox.StatePending, outbox.StateUnknown, outbox.StateDone} {
				want := b.claimed1("a")
				b.later(time.Minute)
				s := outbox.Settlement{
					ID: want.ID, Claim: want.Claim, State: state, DueAt: b.now.Add(time.Hour), VendorRef: "ref of " + string(state),
					Booked: int64(len(state)), Reason: "причина " + string(state), Answer: []byte(`{"status":"` + string(state) + `"}`), Now: b.now,
				}
				want.State, want.Claim, want.DueAt, want.VendorRef = state, "", s.DueAt, s.VendorRef
				want.Booked, want.Reason, want.Answer, want.UpdatedAt = s.Booked, s.Reason, s.Answer, b.now
				same(b, b.settle(s), want)
				same(b, b.delivery(want.ID), want)
				b.later(time.Hour)
			}
		}, faults{
			"the reason is shortened": settling(func(s *outbox.Settlement) { s.Reason = s.Reason[:min(len(s.Reason), 20)] }),
			"the answer is forgotten": settling(func(s *outbox.Settlement) { s.Answer = nil }),
		}},
		{"SettleDelivery/keeps", "A settlement without a VendorRef and an Answer keeps those that are stored.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			s := b.settlement(d.ID, outbox.StatePending)
			s.VendorRef, s.Answer, s.Reason = "ref-1", []byte("accepted"), "waits"
			b.settle(s)
			got := b.settleTo(d.ID, outbox.StateDone)
			same(b, []string{got.VendorRef, string(got.Answer), got.Reason}, []string{"ref-1", "accepted", ""})
		}, faults{"an answer without a reference takes the reference away": after("SettleDelivery", func(_ *call, s *outbox.Settlement, d *outbox.Delivery) error {
			d.VendorRef = s.VendorRef
			return nil
		})}},
		{"SettleDelivery/claim", "With a Claim only who holds the delivery may settle it: ErrOperationConflict, and nothing changes.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			stranger := b.settlement(d.ID, outbox.StateDone)
			stranger.Claim, stranger.Credit = "claim-x", b.award(crm.PostingReward, 10)
			refuses(b, crm.ErrOperationConflict, b.SettleDelivery, stranger)
			first := b.claimed1("a")
			refuses(b, crm.ErrOperationConflict, b.SettleDelivery, stranger)
			b.later(lease)
			second := b.claimed1("a")
			for _, state := range []outbox.State{outbox.StateDone, outbox.StateRetry, outbox.StateNew} {
				late := b.settlement(d.ID, state)
				late.Claim = first.Claim
				refuses(b, crm.ErrOperationConflict, b.SettleDelivery, late)
			}
			holder := b.settlement(d.ID, outbox.StateDone)
			holder.Claim = second.Claim
			same(b, b.settle(holder).State, outbox.StateDone)
		}, faults{"any claim settles": settling(func(s *outbox.Settlement) { s.Claim = "" })}},
		{"SettleDelivery/without-claim", "Without a Claim a settlement is stored whoever holds the delivery, whose claim ends.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			held := b.claimed1("a")
			got := b.settleTo(d.ID, outbox.StatePending)
			same(b, []any{got.State, got.Claim}, []any{outbox.StatePending, ""})
			late := b.settlement(d.ID, outbox.StateRetry)
			late.Claim = held.Claim
			refuses(b, crm.ErrOperationConflict, b.SettleDelivery, late)
		}, faults{"only the holder settles": settling(func(s *outbox.Settlement) {
			if s.Claim == "" {
				s.Claim = "nobody"
			}
		})}},
		{"SettleDelivery/expect", "With Expect a settlement is stored only while the delivery is in that state and nobody is at work on it: ErrOperationConflict, and nothing changes.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			expecting := func(state, to outbox.State) outbox.Settlement {
				s := b.settlement(d.ID, to)
				s.Expect, s.Credit, s.Actor = state, b.award(crm.PostingReward, 10), "operator"
				return s
			}
			refuses(b, crm.ErrOperationConflict, b.SettleDelivery, expecting(outbox.StateUnknown, outbox.StateDone))
			b.claimed("a")
			for _, state := range []outbox.State{outbox.StateNew, outbox.StateSending} {
				refuses(b, crm.ErrOperationConflict, b.SettleDelivery, expecting(state, outbox.StateRejected))
			}
			b.later(lease)
			same(b, b.settle(expecting(outbox.StateSending, outbox.StateUnknown)).State, outbox.StateUnknown)
			b.claimed("a")
			refuses(b, crm.ErrOperationConflict, b.SettleDelivery, expecting(outbox.StateUnknown, outbox.StateDone))
			b.later(lease)
			b.settle(expecting(outbox.StateUnknown, outbox.StateDone))
			b.balance("card-1", 10)
			b.idle(func() error {
				return errorOf(b.SettleDelivery(b.ctx, expecting(outbox.StateUnknown, outbox.StateDone)))
			})
		}, faults{"nobody looks at what was expected": settling(func(s *outbox.Settlement) { s.Expect = "" })}},
		{"SettleDelivery/new", "DeliveryNew gives a delivery back unsent: the attempt is taken back, and it is handed out again.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			for range 2 {
				held := b.claimed1("a")
				same(b, held.Attempts, 1)
				back := b.settlement(d.ID, outbox.StateNew)
				back.Claim = held.Claim
				got := b.settle(back)
				same(b, []any{got.State, got.Attempts, got.Claim}, []any{outbox.StateNew, int64(0), ""})
			}
			b.claimed("a")
			b.settleTo(d.ID, outbox.StateUnknown)
			same(b, b.settleTo(d.ID, outbox.StateNew).Attempts, 1) // an operator knows that the vendor never heard of it
			b.claimed("a")
		}, faults{"what is given back was an attempt": told("SettleDelivery", func(d *outbox.Delivery) {
			if d.State == outbox.StateNew {
				d.Attempts++
			}
		})}},
		{"SettleDelivery/final", "A delivery that is final stays as it is: another state, or another Booked, is ErrOperationConflict.", func(b *bench) {
			for i, final := range []outbox.State{outbox.StateDone, outbox.StateRejected} {
				d := b.orders1(b.card(i), string(final))
				s := b.settlement(d.ID, final)
				s.Booked, s.VendorRef = 10, "ref of "+string(final)
				b.settle(s)
				b.later(time.Minute)
				for _, state := range outbox.States() {
					other := b.settlement(d.ID, state)
					other.Credit, other.Debit, other.Actor, other.Booked = b.award(crm.PostingReward, 10), 5, "operator", 10
					if state == final {
						other.Booked = 9
					}
					refuses(b, crm.ErrOperationConflict, b.SettleDelivery, other)
				}
			}
		}, faults{
			"a final state can be told otherwise": forgives("SettleDelivery", crm.ErrOperationConflict),
			"what was booked can be told otherwise": before(func(c *call, s *outbox.Settlement, d outbox.Delivery) {
				if d.State != s.State {
					c.next()
				}
			}),
		}},
		{"SettleDelivery/again", "The same final state again is the same success and changes nothing, whoever tells it.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			held := b.claimed1("a")
			s := b.settlement(d.ID, outbox.StateDone)
			s.Claim, s.Booked, s.VendorRef, s.Actor = held.Claim, 10, "ref-1", "operator"
			s.Credit = b.award(crm.PostingReward, 10)
			want := b.settle(s)
			b.later(time.Hour)
			for _, s.Claim = range []string{held.Claim, "", "claim-x"} {
				s.Now, s.Reason, s.DueAt = b.now, "told again", b.now
				repeats(b, want, b.SettleDelivery, s)
			}
			b.balance("card-1", 10)
			same(b, len(b.audit("card-1")), 1)
		}, faults{
			"a second settlement is an error": before(func(c *call, _ *outbox.Settlement, d outbox.Delivery) {
				if c.err = crm.ErrOperationConflict; !d.State.Final() {
					c.next()
				}
			}),
			"a second settlement credits again": before(func(c *call, s *outbox.Settlement, d outbox.Delivery) {
				if c.next(); d.State.Final() {
					ok(credit(c, "again", d.CardNumber, s.Credit.Points, s.Now))
				}
			}),
		}},
		{"SettleDelivery/reference", "A VendorRef belongs to one delivery of a vendor: ErrOperationConflict, and nothing changes.", func(b *bench) {
			first, second := b.orders1(b.card(1), "a"), b.orders1(b.card(2), "b")
			s := b.settlement(first.ID, outbox.StatePending)
			s.VendorRef = "ref-1"
			b.settle(s)
			for _, state := range []outbox.State{outbox.StatePending, outbox.StateDone} {
				s = b.settlement(second.ID, state)
				s.VendorRef, s.Credit = "ref-1", b.award(crm.PostingReward, 10)
				refuses(b, crm.ErrOperationConflict, b.SettleDelivery, s)
			}
			s.VendorRef = "REF-1"
			same(b, b.settle(s).VendorRef, "REF-1")
		}, faults{"two deliveries have one reference": unless("SettleDelivery", crm.ErrOperationConflict, func(c *call, s *outbox.Settlement, d *outbox.Delivery) {
			s.VendorRef = ""
			*d, c.err = c.good.SettleDelivery(c.ctx, *s)
		})}},
		{"SettleDelivery/reference-vendors", "Deliveries of two vendors may have the same VendorRef, and a delivery may be told its own again.", func(b *bench) {
			for _, d := range b.orders(b.card(1), errand("a"), errandAt("other", "b")) {
				for _, state := range []outbox.State{outbox.StatePending, outbox.StateDone} {
					s := b.settlement(d.ID, state)
					s.VendorRef = "ref-1"
					same(b, b.settle(s).VendorRef, "ref-1")
				}
			}
		}, faults{"references of all vendors are one": func(w *wire) {
			seen := map[string]string{}
			around("SettleDelivery", func(c *call, s *outbox.Settlement, _ *any) {
				if id, known := seen[s.VendorRef]; known && id != s.ID {
					c.err = crm.ErrOperationConflict
					return
				}
				seen[s.VendorRef] = s.ID
				c.next()
			})(w)
		}}},
		{"SettleDelivery/unknown", "SettleDelivery of an unknown delivery gives ErrDeliveryNotFound and changes nothing.", func(b *bench) {
			b.orders1(b.card(1), "a")
			for _, id := range []string{"01ARZ3NDEKTSV4RRFFQ69G5FAV", "", "card-1"} {
				s := b.settlement(id, outbox.StateDone)
				s.Offers = []crm.Offer{toCard("voucher", "card-1")}
				refuses(b, crm.ErrDeliveryNotFound, b.SettleDelivery, s)
			}
		}, faults{"news of an unknown delivery is welcome": unless("SettleDelivery", crm.ErrDeliveryNotFound, func(c *call, s *outbox.Settlement, _ *any) {
			c.err = c.good.PutOffers(c.ctx, s.Offers)
		})}},
		{"SettleDelivery/wholly", "SettleDelivery happens wholly or not at all: a settlement that is refused has no effect.", func(b *bench) {
			b.rich(1, 70)
			s := b.settlement(b.orders1("card-1", "a").ID, outbox.StateDone)
			s.Credit, s.Debit, s.Actor = b.award(crm.PostingReward, 10), 20, "operator"
			s.Offers = []crm.Offer{toCard("voucher", "card-1"), toCard(immense, "card-1")}
			before := b.state()
			if _, err := b.SettleDelivery(b.ctx, s); err == nil {
				same(b, b.shown("card-1"), []string{"voucher", immense})
				return
			}
			b.unchanged(before)
			same(b, len(b.audit("card-1")), 1) // of the grant
			s.Offers = s.Offers[:1]
			b.settle(s)
			b.balance("card-1", 60)
		}, faults{"points are credited before the offers are stored": before(func(c *call, s *outbox.Settlement, d outbox.Delivery) {
			ok(credit(c, "early", d.CardNumber, s.Credit.Points, s.Now))
			s.Credit = crm.Accrual{}
			c.next()
		})}},
		{"SettleDelivery/audit", "A settlement with an Actor leaves a line in the card's audit log, one without does not.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			b.settleTo(d.ID, outbox.StateUnknown)
			same(b, b.audit("card-1"), nil)
			for i, state := range []outbox.State{outbox.StateRetry, outbox.StateRejected} {
				b.later(time.Hour)
				s := b.settlement(d.ID, state)
				s.Actor = "operator-" + string(state)
				b.settle(s)
				lines := b.audit("card-1")
				b.holds(len(lines) == i+1 && lines[i].Actor == s.Actor && lines[i].At.Equal(b.now) && lines[i].Subject == "card-1",
					"one more line with the actor and the time", lines)
			}
		}, faults{
			"nobody notes who decided": settling(func(s *outbox.Settlement) { s.Actor = "" }),
			"everybody is noted": settling(func(s *outbox.Settlement) {
				if s.Actor == "" {
					s.Actor = "worker"
				}
			}),
		}},
		{"Race/settle-twins", "The effects happen once, however many settle a delivery to the same state at one moment.", func(b *bench) {
			b.rich(1, 100)
			d := b.orders1("card-1", "a")
			b.claimed("a")
			results := race(racers, func(int) (outbox.Delivery, error) {
				s := b.settlement(d.ID, outbox.StateDone)
				s.Booked, s.Credit, s.Debit = 10, b.award(crm.PostingReward, 10), 30
				s.VendorRef, s.Offers, s.Actor = "ref-1", []crm.Offer{toCard("voucher", "card-1")}, "operator"
				return b.SettleDelivery(b.ctx, s)
			})
			oneAnswer(b, results)
			same(b, b.delivery(d.ID), results[0].answer)
			b.balance("card-1", 80)
			same(b, []int{len(b.postings("card-1")), len(b.audit("card-1"))}, []int{3, 2})
			b.adds("card-1")
		}, faults{"a state is looked up before it is settled": crowded("SettleDelivery", func(met *meeting, c *call, s *outbox.Settlement, d *outbox.Delivery) {
			before := must(c.good.Delivery(c.ctx, s.ID))
			key := fmt.Sprint("twin ", met.wait())
			if c.next(); !before.State.Final() {
				ok(credit(c, key, d.CardNumber, s.Credit.Points, s.Now))
			}
		})}},
		{"Race/settle-conflict", "Of different final states at one moment one wins, with its effects; the others get ErrOperationConflict.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			results := race(racers, func(i int) (outbox.Delivery, error) {
				s := b.settlement(d.ID, []outbox.State{outbox.StateDone, outbox.StateRejected}[i%2])
				s.Booked, s.Credit = int64(100+i), b.award(crm.PostingReward, int64(100+i))
				return b.SettleDelivery(b.ctx, s)
			})
			tally(b, results, onlyOne(crm.ErrOperationConflict))
			for _, answer := range winners(results) {
				same(b, b.delivery(d.ID), answer)
				b.balance("card-1", answer.Booked)
			}
			b.adds("card-1")
		}, faults{"the last one to settle is right": forgives("SettleDelivery", crm.ErrOperationConflict)}},
		{"Race/settle-reference", "Of deliveries that are told one reference at one moment one gets it; the others get ErrOperationConflict.", func(b *bench) {
			cards := b.cards(racers)
			for i, number := range cards {
				b.orders1(number, fmt.Sprintf("e%d", i))
			}
			list := b.outbox()
			tally(b, race(racers, func(i int) (outbox.Delivery, error) {
				s := b.settlement(list[i].ID, outbox.StateDone)
				s.VendorRef, s.Credit = "ref-1", b.award(crm.PostingReward, 10)
				return b.SettleDelivery(b.ctx, s)
			}), onlyOne(crm.ErrOperationConflict))
			same(b, b.total(cards), 10)
		}, faults{"a reference is looked up before it is stored": crowded("SettleDelivery", func(met *meeting, c *call, s *outbox.Settlement, _ *any) {
			met.wait() // by now all have seen that it is nobody's
			s.VendorRef = ""
			c.next()
		})}},
	}
}

// variousLots gives a card points that are over, may be spent in two lots, and are
// pending in two.
func (b *bench) variousLots(number string) {
	b.grantLot(number, "over", 5, b.now, b.now.Add(time.Hour))
	b.grantLot(number, "pending-late", 20, b.now.Add(20*day), b.now.Add(90*day))
	b.grantLot(number, "pending-soon", 20, b.now.Add(20*day), b.now.Add(30*day))
	b.grantLot(number, "late", 10, b.now, b.now.Add(60*day))
	b.grantLot(number, "soon", 10, b.now, b.now.Add(40*day))
	b.later(time.Hour)
}

// effective settles a delivery with every effect and looks that a card with 20
// points has them.
func (b *bench) effective(d outbox.Delivery, number string) {
	b.Helper()
	s := b.settlement(d.ID, outbox.StateDone)
	s.Credit, s.Debit, s.Offers = b.award(crm.PostingReward, 7), 5, []crm.Offer{toCard("voucher-"+d.Key, d.CardNumber)}
	b.settle(s)
	b.balance(number, 22)
	same(b, b.shown(number), []string{"voucher-" + d.Key})
	b.adds(number)
}

func effectChecks() []Check {
	settling := func(change func(s *outbox.Settlement)) fault { return asked("SettleDelivery", change) }
	withCard := func(change func(c *call, s *outbox.Settlement, card crm.Card)) fault {
		return around("SettleDelivery", func(c *call, s *outbox.Settlement, _ *any) {
			change(c, s, must(c.good.Card(c.ctx, must(c.good.Delivery(c.ctx, s.ID)).CardNumber)))
			c.next()
		})
	}
	shows := func(when func(d *outbox.Delivery) bool) fault {
		return after("SettleDelivery", func(c *call, s *outbox.Settlement, d *outbox.Delivery) error {
			if !when(d) {
				return nil
			}
			return c.good.PutOffers(c.ctx, s.Offers)
		})
	}
	always := func(*outbox.Delivery) bool { return true }
	// soon is a settlement that is not final but names every effect.
	soon := func(b *bench, id string) {
		s := b.settlement(id, outbox.StatePending)
		s.Credit, s.Debit, s.DebitText = b.award(crm.PostingReward, 10), 5, "undone"
		s.Offers = []crm.Offer{toCard("voucher", "card-1")}
		b.settle(s)
	}
	return []Check{
		{"SettleDelivery/credit", "Credit is added to the card as one lot, when the delivery becomes final by this call, and not before.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			soon(b, d.ID)
			b.balance("card-1", 0)
			s := b.settlement(d.ID, outbox.StateDone)
			s.Credit = b.award(crm.PostingReward, 10)
			s.Credit.AvailableFrom = b.now.Add(day)
			b.settle(s)
			same(b, b.lots("card-1"), []crm.Lot{lotOf(s.Credit)})
			same(b, b.kinds("card-1"), []string{"reward +10"})
			posting := b.postings("card-1")[0]
			same(b, []any{posting.Description, posting.At}, []any{s.Credit.Description, b.now})
			b.adds("card-1")
		}, faults{
			"a reward may be spent at once": settling(func(s *outbox.Settlement) { s.Credit.AvailableFrom = s.Now }),
			"a pending delivery credits": after("SettleDelivery", func(c *call, s *outbox.Settlement, d *outbox.Delivery) error {
				if d.State.Final() {
					return nil
				}
				return credit(c, "early", d.CardNumber, s.Credit.Points, s.Now)
			}),
		}},
		{"SettleDelivery/debit", "Debit is taken from the card when the delivery becomes final by this call, and not before.", func(b *bench) {
			b.rich(1, 70)
			d := b.orders1("card-1", "a")
			soon(b, d.ID)
			b.balance("card-1", 70)
			b.later(time.Hour)
			s := b.settlement(d.ID, outbox.StateDone)
			s.Debit, s.DebitText = 30, "undone"
			b.settle(s)
			same(b, b.kinds("card-1"), []string{"reversal -30", "grant +70"})
			newest := b.postings("card-1")[0]
			same(b, []any{newest.Description, newest.At}, []any{"undone", b.now})
			same(b, b.remaining("card-1", b.now), []int64{40})
			b.adds("card-1")
		}, faults{"a debit has no words for the customer": settling(func(s *outbox.Settlement) { s.DebitText = "" })}},
		{"SettleDelivery/debit-part", "Debit takes points as far as they are there: nothing ever makes a balance negative.", func(b *bench) {
			b.rich(1, 20)
			for _, d := range []outbox.Delivery{b.orders1("card-1", "a"), b.orders1("card-1", "b")} {
				s := b.settlement(d.ID, outbox.StateDone)
				s.Debit = 30
				b.settle(s)
				same(b, b.kinds("card-1"), []string{"reversal -20", "grant +20"})
				b.adds("card-1")
			}
		}, faults{"a debit is all or nothing": withCard(func(_ *call, s *outbox.Settlement, card crm.Card) {
			if card.Balance < s.Debit {
				s.Debit = 0
			}
		})}},
		{"SettleDelivery/debit-order", "Debit takes what may be spent first, earliest expiry first, then what is pending; never what is over.", func(b *bench) {
			b.variousLots(b.card(1))
			for _, step := range []struct {
				debit int64
				want  map[string]int64
			}{
				{4, map[string]int64{"by soon": 6, "by late": 10, "by pending-soon": 20, "by pending-late": 20}},
				{8, map[string]int64{"by late": 8, "by pending-soon": 20, "by pending-late": 20}},
				{18, map[string]int64{"by pending-soon": 10, "by pending-late": 20}}, {15, map[string]int64{"by pending-late": 15}}, {99, map[string]int64{}},
			} {
				s := b.settlement(b.orders1("card-1", text(step.debit)).ID, outbox.StateDone)
				s.Debit = step.debit
				b.settle(s)
				same(b, b.left("card-1"), step.want)
			}
			b.balance("card-1", 5)
			b.adds("card-1")
		}, faults{
			"a debit leaves pending points alone": withCard(func(c *call, s *outbox.Settlement, card crm.Card) {
				var available int64
				for _, lot := range must(c.good.Statement(c.ctx, card.Number, s.Now)).Lots {
					if !lot.AvailableFrom.After(s.Now) {
						available += lot.Remaining
					}
				}
				s.Debit = min(s.Debit, available)
			}),
			"a debit is taken in the order of expiry alone": asked("Grant", func(m *engine.Movement) { m.AvailableFrom = m.Now }),
		}},
		{"SettleDelivery/offers", "Offers are shown to the delivery's card alone from the final state on, whatever their audience says.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			b.card(2)
			b.segments("card-2", "gold")
			soon(b, d.ID)
			same(b, b.shown("card-1"), nil)
			s := b.settlement(d.ID, outbox.StateDone)
			s.Offers = []crm.Offer{toCard("own", "card-1"), toCard("others", "card-2"), toAll("all"), toSegment("gold")}
			b.settle(s)
			same(b, b.offers("card-1"), []crm.Offer{toCard("all", "card-1"), toCard("gold", "card-1"), toCard("others", "card-1"), toCard("own", "card-1")})
			same(b, b.shown("card-2"), nil)
		}, faults{
			"vouchers are shown to those whom the bridge names": shows(func(d *outbox.Delivery) bool { return d.State.Final() }),
			"a pending delivery shows its vouchers":             shows(always),
		}},
		{"SettleDelivery/card-states", "The effects happen whatever the card's state.", func(b *bench) {
			for i, state := range []crm.CardState{crm.CardBlocked, crm.CardInactive} {
				b.rich(i, 20)
				d := b.orders1(cardName(i), cardName(i))
				b.setState(cardName(i), state)
				b.effective(d, cardName(i))
			}
			b.issue(marked, "erased")
			b.grant("erased", "gift", 20)
			d := b.orders1("erased", "erased")
			b.erase(marked.Phone)
			b.effective(d, "erased")
		}, faults{"a blocked card is not credited": withCard(func(_ *call, s *outbox.Settlement, card crm.Card) {
			if card.State == crm.CardBlocked {
				s.Credit = crm.Accrual{}
			}
		})}},
		{"SettleDelivery/replaced-card", "The effects happen to the card that the delivery belongs to by then.", func(b *bench) {
			b.rich(1, 20)
			b.orders1("card-1", "a")
			held := b.claimed1("a")
			b.replace("card-1", "new-1")
			b.effective(held, "new-1")
			b.balance("card-1", 0)
			same(b, b.shown("card-1"), nil)
		}, faults{"vouchers go to the replaced card": shows(always)}},
	}
}
