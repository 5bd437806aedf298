package storetest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// claiming changes what a claim asks, claimedAs what it is told.
func claiming(change func(r *outbox.ClaimRequest)) fault { return asked("ClaimDeliveries", change) }

func claimedAs(change func(d *outbox.Delivery)) fault {
	return told("ClaimDeliveries", func(list *[]outbox.Delivery) {
		for i := range *list {
			change(&(*list)[i])
		}
	})
}

// without leaves deliveries out of every claim.
func without(out func(d outbox.Delivery, of int) bool) fault {
	return told("ClaimDeliveries", func(list *[]outbox.Delivery) {
		*list = slices.DeleteFunc(*list, func(d outbox.Delivery) bool { return out(d, len(*list)) })
	})
}

// besides hands out more than the good backend does: all that a condition takes.
func besides(more func(d outbox.Delivery, r *outbox.ClaimRequest) bool) fault {
	return after("ClaimDeliveries", func(c *call, r *outbox.ClaimRequest, list *[]outbox.Delivery) error {
		for _, d := range must(c.good.ListDeliveries(c.ctx, outbox.Query{Vendor: r.Vendor, Limit: plenty})) {
			has := func(claimed outbox.Delivery) bool { return claimed.ID == d.ID }
			if !slices.ContainsFunc(*list, has) && more(d, r) {
				d.State = outbox.StateSending
				*list = append(*list, d)
			}
		}
		return nil
	})
}

// eachErrand changes the errands of receipts.
func eachErrand(change func(e *outbox.Message)) fault {
	return asked("SubmitReceipt", func(r *engine.ReceiptSubmission) {
		for i := range r.Messages {
			change(&r.Messages[i])
		}
	})
}

func claimChecks() []Check {
	settling := func(change func(s *outbox.Settlement)) fault { return asked("SettleDelivery", change) }
	return []Check{
		{"ClaimDeliveries/new", "ClaimDeliveries hands out new deliveries, which are then being sent, with one more attempt and the time of the sending.", func(b *bench) {
			b.card(1)
			want := b.orders("card-1", fullErrand("a"))[0]
			b.later(time.Minute)
			r := b.claimRequest(acme, plenty)
			got := must(b.ClaimDeliveries(b.ctx, r))
			want.State, want.Claim, want.Attempts, want.DueAt, want.SentAt, want.UpdatedAt = outbox.StateSending, r.Claim, 1, r.Until, b.now, b.now
			same(b, got, []outbox.Delivery{want})
			same(b, b.delivery(want.ID), want)
		}, faults{
			"a claimed delivery is still new": claimedAs(func(d *outbox.Delivery) { d.State, d.Attempts = outbox.StateNew, 0 }),
			"a claim is told but not stored": around("ClaimDeliveries", func(c *call, r *outbox.ClaimRequest, list *[]outbox.Delivery) {
				claim := r.Claim
				r.Claim = "mutant"
				c.next()
				for i := range *list {
					(*list)[i].Claim = claim
				}
			}),
		}},
		{"ClaimDeliveries/due", "A delivery that waits for another try is handed out when it is due, not a millisecond before.", func(b *bench) {
			d := b.orders1(b.card(1), "a")
			b.claimed("a")
			b.settleUntil(d.ID, outbox.StateRetry, b.now.Add(time.Hour))
			b.later(time.Hour - time.Millisecond)
			b.claimed()
			b.later(time.Millisecond)
			again := b.claimed1("a")
			same(b, []any{again.State, again.Attempts}, []any{outbox.StateSending, int64(2)})
		}, faults{"what is due in this moment is not due": settling(func(s *outbox.Settlement) { s.DueAt = s.DueAt.Add(time.Millisecond) })}},
		{"ClaimDeliveries/held", "Nobody else is given a delivery before Until.", func(b *bench) {
			d, pending := b.orders1(b.card(1), "a"), b.orders1(b.card(2), "b")
			b.settleTo(pending.ID, outbox.StatePending)
			b.claimed("a", "b")
			b.later(lease - time.Millisecond)
			b.idle(func() error { b.claimed(); return nil })
			b.holds(b.delivery(d.ID).Claim != "", "a claim that holds", nil)
		}, faults{"a claim ends a moment early": claiming(func(r *outbox.ClaimRequest) { r.Until = r.Until.Add(-time.Millisecond) })}},
		{"ClaimDeliveries/over", "A delivery whose claim is over is due again: it is sent once more, with one more attempt and the time of this sending.", func(b *bench) {
			b.orders1(b.card(1), "a")
			first := b.claimed1("a")
			b.later(lease)
			second := b.claimed1("a")
			b.holds(second.Claim != first.Claim, "another claim", second.Claim)
			same(b, b.delivery(first.ID), second)
			same(b, []any{second.State, second.Attempts, second.SentAt}, []any{outbox.StateSending, int64(2), b.now})
		}, faults{"a claim holds for ever": claiming(func(r *outbox.ClaimRequest) { r.Until = crm.Forever })}},
		{"ClaimDeliveries/once", "A Once delivery whose claim is over becomes unknown and is asked about, never sent again.", func(b *bench) {
			e := errand("a")
			e.AtMostOnce = true
			b.orders(b.card(1), e)
			b.claimed("a")
			for range 3 {
				b.later(lease)
				asked := b.claimed1("a")
				same(b, []any{asked.State, asked.Attempts, asked.Reason}, []any{outbox.StateUnknown, int64(1), outbox.ReasonWorkerLost})
				same(b, b.delivery(asked.ID), asked)
			}
		}, faults{
			"once is as good as any":         eachErrand(func(e *outbox.Message) { e.AtMostOnce = false }),
			"a lost answer does not say why": claimedAs(func(d *outbox.Delivery) { d.Reason = "" }),
		}},
		{"ClaimDeliveries/asked", "Deliveries that are unknown or pending are handed out when due, and left in their state and attempts.", func(b *bench) {
			b.orders1(b.card(0), "unknown")
			b.orders1(b.card(1), "pending")
			for _, d := range b.claims(acme, plenty) {
				b.settleUntil(d.ID, outbox.State(d.Key), b.now.Add(time.Hour))
			}
			b.later(time.Hour - time.Millisecond)
			b.claimed()
			b.later(time.Millisecond)
			for _, d := range b.claimed("pending", "unknown") {
				same(b, []any{d.State, d.Attempts, d.DueAt}, []any{outbox.State(d.Key), int64(1), b.now.Add(lease)})
				same(b, b.delivery(d.ID), d)
			}
			b.later(lease)
			b.claimed("pending", "unknown")
		}, faults{
			"nobody asks about pending deliveries": without(func(d outbox.Delivery, _ int) bool { return d.State == outbox.StatePending }),
			"what is unknown is sent again":        claimedAs(func(d *outbox.Delivery) { d.State = outbox.StateSending }),
		}},
		{"ClaimDeliveries/final", "Deliveries that are final are never handed out, nor are those that only an operator can move on.", func(b *bench) {
			for i, state := range outbox.States() {
				due := crm.Forever
				if state.Final() {
					due = b.now
				}
				if d := b.orders1(b.card(i), string(state)); state != outbox.StateSending {
					b.settleUntil(d.ID, state, due)
				}
			}
			b.claimed("sending")
			b.settleUntil(b.byKey("sending").ID, outbox.StateRetry, crm.Forever)
			b.later(365 * day)
			b.claimed()
		}, faults{
			"rejected deliveries are tried again": besides(func(d outbox.Delivery, _ *outbox.ClaimRequest) bool { return d.State == outbox.StateRejected }),
			"for ever is a day": settling(func(s *outbox.Settlement) {
				if s.DueAt.Equal(crm.Forever) {
					s.DueAt = s.Now.Add(day)
				}
			}),
		}},
		{"ClaimDeliveries/vendor", "ClaimDeliveries hands out deliveries of the one vendor alone.", func(b *bench) {
			lost := errandAt("acme3", "c")
			lost.AtMostOnce = true
			b.orders(b.card(1), errand("a"), errandAt("acme2", "b"), lost)
			b.claims("acme3", plenty)
			b.later(lease)
			b.claimed("a")
			same(b, b.byKey("c").State, outbox.StateSending)
			same(b, keysOf(b.claims("acme2", plenty)), []string{"b"})
			same(b, b.claims("ACME", plenty), nil)
		}, faults{"a worker is given other vendors' deliveries": after("ClaimDeliveries", func(c *call, r *outbox.ClaimRequest, list *[]outbox.Delivery) error {
			r.Vendor += "2"
			*list = append(*list, must(c.good.ClaimDeliveries(c.ctx, *r))...)
			return nil
		})}},
		{"ClaimDeliveries/limit", "ClaimDeliveries hands out Limit deliveries at most, and the others to the next callers.", func(b *bench) {
			for i := range 7 {
				b.orders1(b.card(i), fmt.Sprintf("e%d", i))
			}
			seen := map[string]bool{}
			for _, want := range []int{3, 3, 1, 0} {
				list := b.claims(acme, 3)
				same(b, len(list), want)
				for _, d := range list {
					seen[d.Key] = true
				}
			}
			same(b, len(seen), 7)
		}, faults{"a claim gives one more than its limit": claiming(func(r *outbox.ClaimRequest) { r.Limit++ })}},
		{"ClaimDeliveries/idle", "ClaimDeliveries changes nothing with a Limit of nothing, or when nothing is due.", func(b *bench) {
			once := errand("c")
			once.AtMostOnce = true
			b.orders1(b.card(1), "a")
			b.settleTo(b.orders1(b.card(2), "b").ID, outbox.StatePending)
			b.orders(b.card(3), once)
			b.idle(func() error { same(b, b.claims(acme, 0), nil); return nil })
			b.claimed("a", "b", "c")
			b.idle(func() error { b.claimed(); return nil })
		}, faults{
			"no limit is all": claiming(func(r *outbox.ClaimRequest) {
				if r.Limit == 0 {
					r.Limit = 100
				}
			}),
			"a claim without work is a change": after("ClaimDeliveries", func(c *call, r *outbox.ClaimRequest, list *[]outbox.Delivery) error {
				if len(*list) == 0 {
					r.Claim, r.Limit, r.Now = "idle", 100, r.Now.Add(time.Hour)
					must(c.good.ClaimDeliveries(c.ctx, *r))
				}
				return nil
			}),
		}},
		{"ClaimDeliveries/limit-shared", "Those to be asked about fill half of the Limit at most, but one place always.", func(b *bench) {
			for i := range 12 {
				d := b.orders1(b.card(i), fmt.Sprintf("e%d", i))
				if i < 6 {
					b.settleTo(d.ID, []outbox.State{outbox.StateUnknown, outbox.StatePending}[i%2])
				}
			}
			b.later(time.Second)
			for _, step := range []struct{ limit, asked, sent int }{{4, 2, 2}, {1, 1, 0}, {100, 3, 4}} {
				counts := map[bool]int{}
				for _, d := range b.claims(acme, step.limit) {
					counts[d.State == outbox.StateSending]++
				}
				same(b, []int{counts[false], counts[true]}, []int{step.asked, step.sent})
			}
		}, faults{"questions take every place": around("ClaimDeliveries", func(c *call, r *outbox.ClaimRequest, list *[]outbox.Delivery) {
			limit := r.Limit
			r.Limit *= 2
			c.next()
			*list = (*list)[:min(len(*list), limit)]
		})}},
		{"Race/claim-two", "Of two workers that claim at one moment, again and again, nobody is given what the other has.", func(b *bench) { b.raceClaims(2) }, faults{"two workers look before they claim": unguarded(2)}},
		{"Race/claim-sixteen", "Of sixteen workers that claim at one moment, again and again, nobody is given what another has.", func(b *bench) { b.raceClaims(16) }, faults{"sixteen workers look before they claim": unguarded(16)}},
		{"Race/claim-order", "The order of a customer's deliveries is kept while they are ordered, claimed and settled at once.", raceClaimOrder, nil},
		{"Race/claim-and-callback", "A delivery that a callback settles beside a claim is settled once, and its worker is told so.", raceClaimCallback, nil},
	}
}

// unguarded looks for due deliveries before anybody has claimed one.
func unguarded(workers int32) fault {
	return func(w *wire) {
		met := newMeeting(workers)
		around("ClaimDeliveries", func(c *call, r *outbox.ClaimRequest, list *[]outbox.Delivery) {
			seen := must(c.good.ListDeliveries(c.ctx, outbox.Query{Vendor: r.Vendor, State: outbox.StateNew, Limit: r.Limit}))
			met.wait()
			c.next()
			for i := range seen {
				seen[i].State, seen[i].Claim, seen[i].Attempts = outbox.StateSending, r.Claim, 1
			}
			*list = seen
		})(w)
	}
}

// raceClaims lets workers claim until nothing is left.
func (b *bench) raceClaims(workers int) {
	for i, number := range b.cards(racers) {
		b.orders1(number, fmt.Sprintf("e%d", i))
	}
	requests := make([]outbox.ClaimRequest, workers*racers)
	for i := range requests {
		requests[i] = b.claimRequest(acme, 3)
	}
	results := race(workers, func(worker int) (mine []outbox.Delivery, err error) {
		for round := range racers {
			got, err := b.ClaimDeliveries(b.ctx, requests[worker*racers+round])
			if err != nil || len(got) == 0 && round > racers/2 {
				return mine, err
			}
			mine = append(mine, got...)
		}
		return mine, nil
	})
	tally(b, results, map[string]int{done: workers})
	owner := map[string]string{}
	for _, mine := range winners(results) {
		for _, d := range mine {
			b.holds(owner[d.ID] == "" && d.Attempts == 1, "no delivery for two workers, and one attempt for each", d)
			owner[d.ID] = d.Claim
		}
	}
	for _, d := range b.claims(acme, plenty) { // a worker may pass over what another is about to give up
		b.holds(owner[d.ID] == "", "what nobody has", d.Key)
		owner[d.ID] = d.Claim
	}
	for _, d := range b.outbox() {
		same(b, d.Claim, owner[d.ID])
	}
	same(b, len(owner), racers)
}

func raceClaimOrder(b *bench) {
	const perCard, workers, cards = 12, 4, 2
	b.cards(cards)
	submissions, want := make([][]engine.ReceiptSubmission, cards), make([][]string, cards)
	for i := range submissions {
		for n := range perCard {
			key := fmt.Sprintf("%s/%02d", cardName(i), n)
			submissions[i] = append(submissions[i], b.submission(cardName(i), int64(100*i+n), 0, errand(key)))
			want[i] = append(want[i], key)
		}
	}
	var (
		mutex sync.Mutex
		sent  = map[string][]string{}
		out   = map[string]string{}
	)
	send := func(d outbox.Delivery) (err error) {
		mutex.Lock()
		defer mutex.Unlock()
		if other := out[d.CardNumber]; other != "" {
			err = fmt.Errorf("%s is handed out while %s is being sent", d.Key, other)
		}
		out[d.CardNumber], sent[d.CardNumber] = d.Key, append(sent[d.CardNumber], d.Key)
		return err
	}
	settle := func(d outbox.Delivery) error {
		mutex.Lock()
		out[d.CardNumber] = "" // before the settlement, which lets the next one go
		mutex.Unlock()
		return errorOf(b.SettleDelivery(b.ctx, outbox.Settlement{ID: d.ID, Claim: d.Claim, State: outbox.StateDone, Now: b.now}))
	}
	tally(b, race(cards+workers, func(i int) (any, error) {
		if i < cards {
			for _, r := range submissions[i] {
				if _, err := b.SubmitReceipt(b.ctx, r); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}
		for round := range 4 * perCard {
			claim := outbox.ClaimRequest{Vendor: acme, Claim: fmt.Sprintf("w%d-%d", i, round), Limit: 5, Now: b.now, Until: b.now.Add(lease)}
			got, err := b.ClaimDeliveries(b.ctx, claim)
			for _, step := range []func(outbox.Delivery) error{send, settle} {
				for _, d := range got {
					if err == nil {
						err = step(d)
					}
				}
			}
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	}), map[string]int{done: cards + workers})
	for left := b.claims(acme, plenty); len(left) > 0; left = b.claims(acme, plenty) {
		for _, d := range left {
			ok(send(d))
			ok(settle(d))
		}
	}
	for i := range cards {
		same(b, sent[cardName(i)], want[i])
	}
}

func raceClaimCallback(b *bench) {
	for i, number := range b.cards(racers / 2) {
		b.orders1(number, fmt.Sprintf("e%d", i))
	}
	list := b.outbox()
	requests := make([]outbox.ClaimRequest, len(list))
	for i := range requests {
		requests[i] = b.claimRequest(acme, 1)
	}
	tally(b, race(racers, func(i int) (any, error) {
		if i%2 == 0 { // a callback that comes before its call is answered
			s := b.settlement(list[i/2].ID, outbox.StateDone)
			s.Booked, s.Credit = 10, b.award(crm.PostingReward, 10)
			return nil, errorOf(b.SettleDelivery(b.ctx, s))
		}
		got, err := b.ClaimDeliveries(b.ctx, requests[i/2])
		for _, d := range got {
			s := b.settlement(d.ID, outbox.StateRetry)
			s.Claim, s.DueAt = d.Claim, b.now.Add(day)
			if _, err := b.SettleDelivery(b.ctx, s); err != nil && !isAny(err, crm.ErrOperationConflict) {
				return nil, err
			}
		}
		return nil, err
	}), all)
	for _, d := range b.outbox() {
		b.holds(d.State == outbox.StateDone && d.Claim == "", "done, and nobody's", d)
		b.balance(d.CardNumber, 10)
		b.adds(d.CardNumber)
	}
	b.later(2 * day)
	b.claimed()
}

func claimOrderChecks() []Check {
	waits := func(d outbox.Delivery, r *outbox.ClaimRequest) bool {
		return d.State == outbox.StateNew && !d.DueAt.After(r.Now)
	}
	impatient := faults{"nobody waits for an older delivery": besides(waits)}
	renewed := faults{"a replacement begins a new order": besides(func(d outbox.Delivery, r *outbox.ClaimRequest) bool {
		return waits(d, r) && d.CardNumber == "new-1"
	})}
	two := func(b *bench, older outbox.Message) outbox.Delivery {
		first := b.orders(b.card(1), older)[0]
		b.orders1("card-1", "second")
		b.claimed("first")
		return first
	}
	return []Check{
		{"ClaimDeliveries/order", "No delivery is sent while an older one of the same customer and vendor waits to be sent or is being sent; those of one operation go in their order.", func(b *bench) {
			b.card(1)
			keys := []string{"c", "b", "a", "f", "e", "d"} // an order that is not that of the keys
			for _, key := range keys[:3] {
				b.orders1("card-1", key)
				b.later(time.Second)
			}
			b.orders("card-1", errand("f"), errand("e"), errand("d"))
			for _, key := range keys {
				d := b.claimed1(key)
				b.claimed()
				b.settleTo(d.ID, outbox.StateDone)
			}
			b.claimed()
		}, impatient},
		{"ClaimDeliveries/order-past", "A delivery is sent once the older one is done, rejected, pending or unknown.", func(b *bench) {
			for i, state := range []outbox.State{outbox.StateDone, outbox.StateRejected, outbox.StatePending, outbox.StateUnknown} {
				first := b.orders1(b.card(i), "first "+string(state))
				b.orders1(cardName(i), "then "+string(state))
				b.claimed(first.Key)
				b.settleUntil(first.ID, state, b.now.Add(day))
				b.claimed("then " + string(state))
			}
		}, faults{"everything holds": eachErrand(func(e *outbox.Message) { e.Holds = true })}},
		{"ClaimDeliveries/order-retry", "An older delivery that waits for another try keeps the younger ones waiting, though it is not due.", func(b *bench) {
			first := two(b, errand("first"))
			b.settleUntil(first.ID, outbox.StateRetry, b.now.Add(time.Hour))
			b.claimed()
			b.later(time.Hour)
			b.claimed("first")
		}, impatient},
		{"ClaimDeliveries/order-over", "When the claim of an older delivery is over, it is sent before the younger ones.", func(b *bench) {
			two(b, errand("first"))
			b.later(lease)
			b.claimed("first")
		}, impatient},
		{"ClaimDeliveries/order-cards", "The order of a customer's deliveries to one vendor is kept across their cards.", func(b *bench) {
			b.person(1)
			b.second(fullProfile(1), "card-2")
			first := b.orders1("card-2", "first")
			b.orders1("card-1", "second")
			b.claimed("first")
			b.settleTo(first.ID, outbox.StateDone)
			b.claimed("second")
		}, impatient},
		{"ClaimDeliveries/order-holds", "A delivery that Holds keeps the younger ones waiting until it is final.", func(b *bench) {
			holding, lost := errand("first"), errand("third")
			holding.Holds, lost.Holds, lost.AtMostOnce = true, true, true
			first := two(b, holding)
			for _, state := range []outbox.State{outbox.StatePending, outbox.StateUnknown} {
				b.settleUntil(first.ID, state, b.now.Add(day))
				b.claimed()
			}
			b.later(day)
			b.claimed("first")
			b.settleTo(first.ID, outbox.StateRejected)
			b.settleTo(b.claimed1("second").ID, outbox.StateDone)
			b.orders("card-1", lost, errand("fourth"))
			b.claimed("third")
			b.later(lease)
			same(b, b.claimed1("third").State, outbox.StateUnknown)
		}, faults{"nothing holds": eachErrand(func(e *outbox.Message) { e.Holds = false })}},
		{"ClaimDeliveries/order-others", "Deliveries to another vendor, and those of another customer, are not held up.", func(b *bench) {
			b.card(1)
			b.card(2)
			b.unheld("card-3")
			b.unheld("card-4")
			b.orders("card-1", errand("a"), errandAt("other", "b"))
			for i := 2; i <= 4; i++ {
				b.orders1(cardName(i), fmt.Sprintf("c%d", i))
			}
			b.claimed("a", "c2", "c3", "c4")
			same(b, keysOf(b.claims("other", plenty)), []string{"b"})
		}, faults{"one delivery of a vendor at a time": claiming(func(r *outbox.ClaimRequest) { r.Limit = min(r.Limit, 1) })}},
		{"ClaimDeliveries/order-asked", "Those to be asked about are handed out whatever waits before them.", func(b *bench) {
			b.orders1(b.card(1), "first")
			b.settleTo(b.orders1("card-1", "second").ID, outbox.StatePending)
			b.claimed("first", "second")
		}, faults{"questions wait for their turn": without(func(d outbox.Delivery, of int) bool { return of > 1 && d.State == outbox.StatePending })}},
		{"ClaimDeliveries/order-unheld", "The order of the deliveries of a card without a holder is kept, also when it is replaced.", func(b *bench) {
			b.unheld("card-1")
			first := b.orders1("card-1", "first")
			b.orders1("card-1", "second")
			b.claimed("first")
			b.replace("card-1", "new-1")
			b.orders1("new-1", "third")
			b.claimed()
			b.settleTo(first.ID, outbox.StateDone)
			b.settleTo(b.claimed1("second").ID, outbox.StateDone)
			b.claimed("third")
		}, renewed},
		{"ClaimDeliveries/order-replaced", "The order of a customer's deliveries is kept when the card is replaced.", func(b *bench) {
			first := b.orders1(b.card(1), "first")
			b.replace("card-1", "new-1")
			b.orders1("new-1", "second")
			b.claimed("first")
			b.claimed()
			b.settleTo(first.ID, outbox.StateDone)
			b.claimed("second")
		}, renewed},
	}
}
