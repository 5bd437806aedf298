package crmtest

import (
	"fmt"
	"sync"

	"koshelek-adapter/crm"
)

func raceOutboxChecks() []Check {
	return []Check{
		check("Race/claim-two", "Of two workers that claim at one moment, again and again, nobody is given what the other has.", func(b *bench) { b.raceClaims(2) }),
		check("Race/claim-sixteen", "Of sixteen workers that claim at one moment, again and again, nobody is given what another has.", func(b *bench) { b.raceClaims(16) }),
		check("Race/claim-order", "The order of a customer's deliveries is kept while they are ordered, claimed and settled at once.", raceClaimOrder),
		check("Race/claim-and-callback", "A delivery that a callback settles beside a claim is settled once, and its worker is told so.", raceClaimCallback),
		check("Race/settle-twins", "The effects happen once, however many settle a delivery to the same state at one moment.", raceSettleTwins),
		check("Race/settle-conflict", "Of different final states at one moment one wins, with its effects; the others get ErrOperationConflict.", raceSettleConflict),
		check("Race/settle-reference", "Of deliveries that are told one reference at one moment one gets it; the others get ErrOperationConflict.", raceSettleReference),
		check("Race/errand-key", "An errand that many operations order at one moment is stored once, and all of them succeed.", raceErrandKey),
		check("Race/refund-twins", "The same refund at one moment takes back once, and all but one answer are Repeated.", raceRefundTwins),
		check("Race/refunds", "Of many refunds of one sale at one moment one takes it back.", raceRefunds),
		check("Race/refund-and-take", "A refund beside takes of the same points never makes a balance negative.", raceRefundTake),
	}
}

// raceClaims lets workers claim until nothing is left.
func (b *bench) raceClaims(workers int) {
	const each = 3
	for i := range racers {
		b.orders1(b.card(i), fmt.Sprintf("e%d", i))
	}
	requests := make([]crm.ClaimRequest, workers*racers)
	for i := range requests {
		requests[i] = b.claimRequest(acme, each)
	}
	results := race(workers, func(worker int) ([]crm.Delivery, error) {
		var mine []crm.Delivery
		for round := range racers {
			got, err := b.ClaimDeliveries(b.ctx, requests[worker*racers+round])
			if err != nil || len(got) == 0 && round > racers/2 {
				return mine, err
			}
			mine = append(mine, got...)
		}
		return mine, nil
	})
	did := fmt.Sprintf("%d workers claim %d deliveries at once", workers, racers)
	owner := map[string]string{}
	for i, r := range results {
		b.must(fmt.Sprintf("%s, worker %d", did, i), r.err)
		for _, d := range r.answer {
			b.holds(owner[d.ID] == "", did, "no delivery for two workers", d.Key)
			b.holds(d.Attempts == 1, did, "one attempt for each", d.Attempts)
			owner[d.ID] = d.Claim
		}
	}
	for _, d := range b.claims(acme, plenty) { // a worker may pass over what another is about to give up
		b.holds(owner[d.ID] == "", did+", then one more claim", "what nobody has", d.Key)
		owner[d.ID] = d.Claim
	}
	for _, d := range b.outbox() {
		same(b, did+", whose claim "+d.Key+" has", d.Claim, owner[d.ID])
	}
	same(b, did+", how many were handed out", len(owner), racers)
}

func raceClaimOrder(b *bench) {
	const perCard, workers, cards = 12, 4, 2
	for i := range cards {
		b.card(i)
	}
	submissions := make([][]crm.ReceiptSubmission, cards)
	for i := range submissions {
		for n := range perCard {
			r := b.submission(cardName(i), int64(100*i+n), 0)
			r.Errands = []crm.Errand{errand(fmt.Sprintf("%s/%02d", cardName(i), n))}
			submissions[i] = append(submissions[i], r)
		}
	}
	var (
		mutex sync.Mutex
		sent  = map[string][]string{}
		out   = map[string]string{}
	)
	results := race(cards+workers, func(i int) (any, error) {
		if i < cards {
			for _, r := range submissions[i] {
				if _, err := b.SubmitReceipt(b.ctx, r); err != nil {
					return nil, err
				}
			}
			return nil, nil
		}
		for round := range 4 * perCard {
			claim := crm.ClaimRequest{Vendor: acme, Claim: fmt.Sprintf("w%d-%d", i, round), Limit: 5, Now: b.now, Until: b.now.Add(lease)}
			got, err := b.ClaimDeliveries(b.ctx, claim)
			if err != nil {
				return nil, err
			}
			for _, d := range got {
				mutex.Lock()
				if other := out[d.CardNumber]; other != "" {
					err = fmt.Errorf("%s is handed out while %s is being sent", d.Key, other)
				}
				out[d.CardNumber] = d.Key
				sent[d.CardNumber] = append(sent[d.CardNumber], d.Key)
				mutex.Unlock()
			}
			for _, d := range got {
				mutex.Lock()
				out[d.CardNumber] = "" // before the settlement, which lets the next one go
				mutex.Unlock()
				s := crm.Settlement{ID: d.ID, Claim: d.Claim, State: crm.DeliveryDone, Now: b.now}
				if _, settleErr := b.SettleDelivery(b.ctx, s); settleErr != nil {
					return nil, settleErr
				}
			}
			if err != nil {
				return nil, err
			}
		}
		return nil, nil
	})
	did := "errands are ordered, claimed and settled at once"
	for i, r := range results {
		b.must(fmt.Sprintf("%s, caller %d", did, i), r.err)
	}
	for left := b.claims(acme, plenty); len(left) > 0; left = b.claims(acme, plenty) {
		for _, d := range left {
			sent[d.CardNumber] = append(sent[d.CardNumber], d.Key)
			b.settleTo(d.ID, crm.DeliveryDone)
		}
	}
	for i := range cards {
		var want []string
		for _, r := range submissions[i] {
			want = append(want, r.Errands[0].Key)
		}
		same(b, did+", the order in which those of "+cardName(i)+" were sent", sent[cardName(i)], want)
	}
}

func raceClaimCallback(b *bench) {
	for i := range racers / 2 {
		b.orders1(b.card(i), fmt.Sprintf("e%d", i))
	}
	list := b.outbox()
	requests := make([]crm.ClaimRequest, len(list))
	for i := range requests {
		requests[i] = b.claimRequest(acme, 1)
	}
	results := race(racers, func(i int) (int64, error) {
		if i%2 == 0 { // a callback that comes before its call is answered
			s := b.settlement(list[i/2].ID, crm.DeliveryDone)
			s.Booked, s.Credit = 10, b.award(crm.PostingReward, 10)
			_, err := b.SettleDelivery(b.ctx, s)
			return 0, err
		}
		got, err := b.ClaimDeliveries(b.ctx, requests[i/2])
		for _, d := range got {
			s := b.settlement(d.ID, crm.DeliveryRetry)
			s.Claim, s.DueAt = d.Claim, b.now.Add(day)
			if _, err := b.SettleDelivery(b.ctx, s); err != nil && !isAny(err, []crm.Kind{crm.ErrOperationConflict}) {
				return 0, err
			}
		}
		return 0, err
	})
	did := "callbacks settle deliveries while workers claim them"
	tally(b, did, results, all)
	for _, d := range b.outbox() {
		b.holds(d.State == crm.DeliveryDone && d.Claim == "", did+", then Delivery", "done, and nobody's", d)
		b.balance(did, d.CardNumber, 10)
		b.adds(did, d.CardNumber)
	}
	b.later(2 * day)
	b.claimed(did)
}

func raceSettleTwins(b *bench) {
	b.grant(b.card(1), "gift", 100)
	d := b.orders1("card-1", "a")
	b.claimed("ordered an errand", "a")
	results := race(racers, func(i int) (crm.Delivery, error) {
		s := b.settlement(d.ID, crm.DeliveryDone)
		s.Booked, s.Credit, s.Debit = 10, b.award(crm.PostingReward, 10), 30
		s.VendorRef, s.Offers, s.Actor = "ref-1", []crm.Offer{offerFor("voucher", crm.AudienceCard, "card-1")}, "operator"
		return b.SettleDelivery(b.ctx, s)
	})
	did := "a delivery is settled 32 times at once with a credit of 10 and a debit of 30"
	tally(b, did, results, all)
	for _, answer := range winners(results) {
		same(b, did+", each answer", answer, b.delivery(d.ID))
	}
	b.balance(did, "card-1", 80)
	same(b, did+", the count of postings", len(b.postings("card-1")), 3)
	same(b, did+", the lines of the audit log", len(b.audit("card-1")), 2)
	b.adds(did, "card-1")
}

func raceSettleConflict(b *bench) {
	d := b.orders1(b.card(1), "a")
	results := race(racers, func(i int) (crm.Delivery, error) {
		s := b.settlement(d.ID, []crm.DeliveryState{crm.DeliveryDone, crm.DeliveryRejected}[i%2])
		s.Booked, s.Credit = int64(100+i), b.award(crm.PostingReward, int64(100+i))
		return b.SettleDelivery(b.ctx, s)
	})
	did := "a delivery is settled to 32 final states at once"
	tally(b, did, results, onlyOne(crm.ErrOperationConflict))
	for _, answer := range winners(results) {
		same(b, did+", then Delivery", b.delivery(d.ID), answer)
		b.balance(did, "card-1", answer.Booked)
	}
	b.adds(did, "card-1")
}

func raceSettleReference(b *bench) {
	for i := range racers {
		b.orders1(b.card(i), fmt.Sprintf("e%d", i))
	}
	list := b.outbox()
	results := race(racers, func(i int) (crm.Delivery, error) {
		s := b.settlement(list[i].ID, crm.DeliveryDone)
		s.VendorRef, s.Credit = "ref-1", b.award(crm.PostingReward, 10)
		return b.SettleDelivery(b.ctx, s)
	})
	did := "32 deliveries are told one reference at once"
	tally(b, did, results, onlyOne(crm.ErrOperationConflict))
	var points int64
	for i := range racers {
		points += b.look(cardName(i)).Balance
	}
	same(b, did+", the points of all cards", points, int64(10))
}

func raceErrandKey(b *bench) {
	cards := b.manyCards()
	results := race(racers, func(i int) (crm.Submitted, error) {
		r := b.submission(cards[i], int64(i), 5)
		r.Errands = []crm.Errand{errand("a"), errand(fmt.Sprintf("own-%d", i))}
		return b.SubmitReceipt(b.ctx, r)
	})
	did := "32 receipts order one errand at once, and one of their own each"
	tally(b, did, results, all)
	same(b, did+", the count of deliveries", len(b.outbox()), 1+racers)
	b.byKey(did, "a")
	same(b, did+", the points of all cards", b.total(cards), int64(5*racers))
}

func raceRefundTwins(b *bench) {
	b.grant(b.card(1), "gift", 100)
	for i := range 2 { // two sales that fit
		sale := b.submission("card-1", int64(1+i), 15)
		sale.Errands = []crm.Errand{undoable(fmt.Sprintf("e%d", i), sale.Receipt.Cause())}
		b.submit(sale)
	}
	results := race(racers, func(int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.refund("card-1", 3)) })
	did := "one refund is sent 32 times at once"
	b.once(did, results, -15)
	b.balance(did, "card-1", 115)
	same(b, did+", the count of deliveries", len(b.outbox()), 3)
	b.adds(did, "card-1")
}

func raceRefunds(b *bench) {
	b.grant(b.card(1), "gift", 100)
	sale := b.submission("card-1", 1, 15)
	sale.Errands = []crm.Errand{undoable("a", sale.Receipt.Cause())}
	b.submit(sale)
	results := race(racers, func(i int) (crm.Submitted, error) { return b.SubmitReceipt(b.ctx, b.refund("card-1", int64(10+i))) })
	did := "32 refunds of one sale at once"
	tally(b, did, results, all)
	var points int64
	for _, answer := range winners(results) {
		points += answer.Points
	}
	same(b, did+", the points of all answers", points, int64(-15))
	b.balance(did, "card-1", 100)
	same(b, did+", the count of deliveries", len(b.outbox()), 2)
	b.adds(did, "card-1")
}

func raceRefundTake(b *bench) {
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
	did := "a sale with an award of 60, its refund and 31 takes of 4 at once"
	left := int64(60)
	for i, r := range results {
		b.holds(r.err == nil || i > 0 && isAny(r.err, []crm.Kind{crm.ErrInsufficientPoints}), fmt.Sprintf("%s, caller %d", did, i),
			"the refund succeeds, and a take does or finds too few points", r.err)
		left += r.answer
	}
	same(b, did+", what is left by the answers", left, int64(0))
	b.balance(did, "card-1", 0)
	b.adds(did, "card-1")
}
