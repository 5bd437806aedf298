package crmtest_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"koshelek-adapter/crm"
)

// claiming changes every claim before the good backend gets it.
func claiming(change func(*crm.ClaimRequest)) func(*hooks) {
	return func(h *hooks) {
		h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
			change(&r)
			return h.Backend.ClaimDeliveries(ctx, r)
		}
	}
}

// besides hands out more than the good backend does: all that a condition takes.
func besides(more func(d crm.Delivery, r crm.ClaimRequest) bool) func(*hooks) {
	return func(h *hooks) {
		h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
			list, err := h.Backend.ClaimDeliveries(ctx, r)
			if err != nil {
				return nil, err
			}
			all, err := h.Backend.ListDeliveries(ctx, crm.DeliveryQuery{Vendor: r.Vendor, Limit: 1000})
			for _, d := range all {
				has := func(claimed crm.Delivery) bool { return claimed.ID == d.ID }
				if !slices.ContainsFunc(list, has) && more(d, r) {
					d.State = crm.DeliverySending
					list = append(list, d)
				}
			}
			return list, err
		}
	}
}

func claimMutants() []mutant {
	return []mutant{
		{"a claimed delivery is still new", "ClaimDeliveries/new", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				for i := range list {
					list[i].State, list[i].Attempts = crm.DeliveryNew, 0
				}
				return list, err
			}
		}},
		{"a claim is told but not stored", "ClaimDeliveries/new", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				claim := r.Claim
				r.Claim = "mutant"
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				for i := range list {
					list[i].Claim = claim
				}
				return list, err
			}
		}},
		{"what is due in this moment is not due", "ClaimDeliveries/due", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				s.DueAt = s.DueAt.Add(time.Millisecond)
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a claim ends a moment early", "ClaimDeliveries/held", claiming(func(r *crm.ClaimRequest) { r.Until = r.Until.Add(-time.Millisecond) })},
		{"a claim holds for ever", "ClaimDeliveries/over", claiming(func(r *crm.ClaimRequest) { r.Until = crm.Forever })},
		{"once is as good as any", "ClaimDeliveries/once", receiving(func(r *crm.ReceiptSubmission) {
			for i := range r.Errands {
				r.Errands[i].Once = false
			}
		})},
		{"a lost answer does not say why", "ClaimDeliveries/once", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				for i := range list {
					list[i].Reason = ""
				}
				return list, err
			}
		}},
		{"nobody asks about pending deliveries", "ClaimDeliveries/asked", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				return slices.DeleteFunc(list, func(d crm.Delivery) bool { return d.State == crm.DeliveryPending }), err
			}
		}},
		{"what is unknown is sent again", "ClaimDeliveries/asked", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				for i := range list {
					list[i].State = crm.DeliverySending
				}
				return list, err
			}
		}},
		{"rejected deliveries are tried again", "ClaimDeliveries/final", besides(func(d crm.Delivery, _ crm.ClaimRequest) bool {
			return d.State == crm.DeliveryRejected
		})},
		{"for ever is a year", "ClaimDeliveries/forever", func(h *hooks) {
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				if s.DueAt.Equal(crm.Forever) {
					s.DueAt = s.Now.Add(24 * time.Hour)
				}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a worker is given other vendors' deliveries", "ClaimDeliveries/vendor", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				r.Vendor += "2"
				more, moreErr := h.Backend.ClaimDeliveries(ctx, r)
				if err == nil {
					err = moreErr
				}
				return append(list, more...), err
			}
		}},
		{"a claim gives one more than its limit", "ClaimDeliveries/limit", claiming(func(r *crm.ClaimRequest) { r.Limit++ })},
		{"no limit is all", "ClaimDeliveries/no-limit", claiming(func(r *crm.ClaimRequest) {
			if r.Limit == 0 {
				r.Limit = 100
			}
		})},
		{"questions take every place", "ClaimDeliveries/limit-shared", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				limit := r.Limit
				r.Limit *= 2
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				return list[:min(len(list), limit)], err
			}
		}},
		{"a claim without work is a change", "ClaimDeliveries/idle", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				if err == nil && len(list) == 0 {
					r.Claim, r.Now = "idle", r.Now.Add(time.Hour)
					_, err = h.Backend.ClaimDeliveries(ctx, r)
				}
				return list, err
			}
		}},
	}
}

func claimOrderMutants() []mutant {
	waits := func(d crm.Delivery, r crm.ClaimRequest) bool {
		return d.State == crm.DeliveryNew && !d.DueAt.After(r.Now)
	}
	return []mutant{
		{"nobody waits for an older delivery", "ClaimDeliveries/order", besides(waits)},
		{"nobody waits for another try", "ClaimDeliveries/order-retry", besides(waits)},
		{"nobody waits for a lost worker", "ClaimDeliveries/order-over", besides(waits)},
		{"each card has an order of its own", "ClaimDeliveries/order-cards", besides(waits)},
		{"errands of one cause go out together", "ClaimDeliveries/order-one-cause", besides(waits)},
		{"nothing holds", "ClaimDeliveries/order-holds", receiving(func(r *crm.ReceiptSubmission) {
			for i := range r.Errands {
				r.Errands[i].Holds = false
			}
		})},
		{"everything holds", "ClaimDeliveries/order-past", receiving(func(r *crm.ReceiptSubmission) {
			for i := range r.Errands {
				r.Errands[i].Holds = true
			}
		})},
		{"one delivery of a vendor at a time", "ClaimDeliveries/order-others", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				r.Limit = min(r.Limit, 1)
				return h.Backend.ClaimDeliveries(ctx, r)
			}
		}},
		{"questions wait for their turn", "ClaimDeliveries/order-asked", func(h *hooks) {
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ClaimDeliveries(ctx, r)
				return slices.DeleteFunc(list, func(d crm.Delivery) bool {
					return d.State == crm.DeliveryPending && len(list) > 1
				}), err
			}
		}},
		{"a replacement begins a new order", "ClaimDeliveries/order-unheld", func(h *hooks) {
			replaced := map[string]bool{}
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				replaced[r.New.Number] = true
				return h.Backend.ReplaceCard(ctx, r)
			}
			besides(func(d crm.Delivery, r crm.ClaimRequest) bool { return waits(d, r) && replaced[d.CardNumber] })(h)
		}},
		{"the customer of a replaced card waits for nothing", "ClaimDeliveries/order-replaced", func(h *hooks) {
			replaced := map[string]bool{}
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				replaced[r.New.Number] = true
				return h.Backend.ReplaceCard(ctx, r)
			}
			besides(func(d crm.Delivery, r crm.ClaimRequest) bool { return waits(d, r) && replaced[d.CardNumber] })(h)
		}},
	}
}

// raceOutboxMutants look first and act on what they saw.
func raceOutboxMutants() []mutant {
	// unguarded looks for due deliveries before anybody has claimed one.
	unguarded := func(workers int32) func(*hooks) {
		return func(h *hooks) {
			looked := newMeeting(workers)
			h.claim = func(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
				list, err := h.Backend.ListDeliveries(ctx, crm.DeliveryQuery{Vendor: r.Vendor, State: crm.DeliveryNew, Limit: r.Limit})
				looked.wait()
				if err != nil {
					return nil, err
				}
				if _, err := h.Backend.ClaimDeliveries(ctx, r); err != nil {
					return nil, err
				}
				for i := range list {
					list[i].State, list[i].Claim, list[i].Attempts = crm.DeliverySending, r.Claim, 1
				}
				return list, nil
			}
		}
	}
	return []mutant{
		{"two workers look before they claim", "Race/claim-two", unguarded(2)},
		{"sixteen workers look before they claim", "Race/claim-sixteen", unguarded(16)},
		{"a state is looked up before it is settled", "Race/settle-twins", func(h *hooks) {
			looked := newMeeting(crowd)
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				before, err := h.Backend.Delivery(ctx, s.ID)
				looked.wait()
				settled, settleErr := h.Backend.SettleDelivery(ctx, s)
				if err == nil && settleErr == nil && !before.State.Final() {
					settleErr = credit(ctx, h.Backend, s.Claim+time.Now().String(), settled.CardNumber, s.Credit.Points, s.Now)
				}
				return settled, settleErr
			}
		}},
		{"the last one to settle is right", "Race/settle-conflict", func(h *hooks) {
			looked := newMeeting(crowd)
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				looked.wait()
				settled, err := h.Backend.SettleDelivery(ctx, s)
				if crm.KindOf(err) == crm.ErrOperationConflict {
					return h.Backend.Delivery(ctx, s.ID)
				}
				return settled, err
			}
		}},
		{"a reference is looked up before it is stored", "Race/settle-reference", func(h *hooks) {
			looked := newMeeting(crowd)
			h.settle = func(ctx context.Context, s crm.Settlement) (crm.Delivery, error) {
				known, err := h.Backend.KnownReferences(ctx, "acme", []string{s.VendorRef})
				looked.wait()
				if err == nil && len(known) == 0 {
					s.VendorRef = ""
				}
				return h.Backend.SettleDelivery(ctx, s)
			}
		}},
		{"a refund is looked up before it takes back", "Race/refund-twins", func(h *hooks) {
			looked := newMeeting(crowd)
			var mutex sync.Mutex
			calls := int64(0)
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				if r.Reverse.Wanted {
					looked.wait()
					mutex.Lock()
					calls++
					r.Receipt.FP += calls / 30 // the last ones did not see the first
					mutex.Unlock()
				}
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"a sale is looked up before it is taken back", "Race/refunds", func(h *hooks) {
			looked := newMeeting(crowd)
			var mutex sync.Mutex
			calls := 0
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				if !r.Reverse.Wanted || err != nil {
					return answer, err
				}
				looked.wait()
				mutex.Lock()
				defer mutex.Unlock()
				if calls++; answer.Points == 0 && calls > 30 {
					_, err = h.Backend.Take(ctx, crm.Movement{Key: r.Receipt.Cause(), CardNumber: r.CardNumber, Points: 15, Now: r.Now})
					answer.Points = -15
				}
				return answer, err
			}
		}},
		{"an errand's key is looked up before it is stored", "Race/errand-key", func(h *hooks) {
			looked := newMeeting(crowd)
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				list, err := h.Backend.ListDeliveries(ctx, crm.DeliveryQuery{Limit: 1000})
				looked.wait()
				if err == nil && len(list) == 0 && len(r.Errands) > 1 {
					r.Errands = slices.Clone(r.Errands)
					r.Errands[0].Key += r.CardNumber
				}
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
	}
}
