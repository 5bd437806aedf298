package crmtest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/crm"
)

// redeeming replaces RedeemOrder by what a good answer is made of, reversing
// ReverseOrder.
func redeeming(then func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error)) func(*hooks) {
	return func(h *hooks) {
		h.redeemOrder = func(ctx context.Context, r crm.OrderRedemption) (crm.Redeemed, error) { return then(ctx, h.Backend, r) }
	}
}

func reversing(then func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error)) func(*hooks) {
	return func(h *hooks) {
		h.reverseOrder = func(ctx context.Context, r crm.OrderReversal) (crm.Order, error) { return then(ctx, h.Backend, r) }
	}
}

// taken spends points beside an order, as a store would that forgot it.
func taken(ctx context.Context, good crm.Backend, r crm.OrderRedemption) error {
	_, err := good.Take(ctx, crm.Movement{Key: r.CallID, CardNumber: r.CardNumber, Points: r.Points, Now: r.Now})
	return err
}

// onRefusal acts where the good backend refuses a redemption with a kind.
func onRefusal(kind crm.Kind, then func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error)) func(*hooks) {
	return redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
		done, err := good.RedeemOrder(ctx, r)
		if errors.Is(err, kind) {
			return then(ctx, good, r)
		}
		return done, err
	})
}

func orderMutants() []mutant {
	pay := func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
		return crm.Redeemed{Order: crm.Order{ID: r.OrderID}}, taken(ctx, good, r)
	}
	shrug := func(context.Context, crm.Backend, crm.OrderRedemption) (crm.Redeemed, error) {
		return crm.Redeemed{}, nil
	}
	return []mutant{
		{"an order is no order in the ledger", "RedeemOrder/posting", redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			return crm.Redeemed{Order: crm.Order{ID: r.OrderID}}, taken(ctx, good, r)
		})},
		{"pending points pay for orders", "RedeemOrder/earliest-first", onRefusal(crm.ErrInsufficientPoints, func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			r.Now = r.Now.Add(36 * time.Hour)
			return good.RedeemOrder(ctx, r)
		})},
		{"a repeated order takes its points again", "RedeemOrder/again", redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			done, err := good.RedeemOrder(ctx, r)
			if done.Repeated {
				err = errors.Join(err, taken(ctx, good, r))
			}
			return done, err
		})},
		{"a repeated order looks like a new one", "RedeemOrder/again", redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			done, err := good.RedeemOrder(ctx, r)
			done.Repeated = false
			return done, err
		})},
		{"a lost commit looks like a repetition", "RedeemOrder/same-call", redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			before, _ := good.Order(ctx, r.OrderID)
			done, err := good.RedeemOrder(ctx, r)
			done.Repeated = before.ID != ""
			return done, err
		})},
		{"another sum for a known order is taken too", "RedeemOrder/conflict", onRefusal(crm.ErrOperationConflict, pay)},
		{"another sum for a known order is passed over", "RedeemOrder/conflict", onRefusal(crm.ErrOperationConflict, shrug)},
		{"an order takes what is left", "RedeemOrder/insufficient", onRefusal(crm.ErrInsufficientPoints, func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			card, _ := good.Card(ctx, r.CardNumber)
			r.Points = card.Balance
			return good.RedeemOrder(ctx, r)
		})},
		{"an order that was too dear is remembered as void", "RedeemOrder/insufficient", onRefusal(crm.ErrInsufficientPoints, func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			_, _ = good.ReverseOrder(ctx, crm.OrderReversal{OrderID: r.OrderID, Points: r.Points, CallID: r.CallID, Now: r.Now})
			return crm.Redeemed{}, crm.ErrInsufficientPoints
		})},
		{"an inactive card pays", "RedeemOrder/card", onRefusal(crm.ErrCardInactive, shrug)},
		{"a reversed order can be redeemed again", "RedeemOrder/reversed", onRefusal(crm.ErrOrderReversed, pay)},
		{"a late redemption is taken after the reversal", "RedeemOrder/voided", onRefusal(crm.ErrOrderVoided, pay)},
		{"case and spaces of an order do not matter", "RedeemOrder/identifiers", redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			r.OrderID = strings.ToUpper(strings.TrimSpace(r.OrderID))
			return good.RedeemOrder(ctx, r)
		})},
		{"errands of an order are forgotten", "RedeemOrder/errands", redeeming(func(ctx context.Context, good crm.Backend, r crm.OrderRedemption) (crm.Redeemed, error) {
			r.Errands = nil
			return good.RedeemOrder(ctx, r)
		})},
		{"a reversal leaves the errands alone", "RedeemOrder/errands", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			r.Cause = "nothing"
			return good.ReverseOrder(ctx, r)
		})},
		{"an unknown order is an empty one", "Order/unknown", func(h *hooks) {
			h.order = func(ctx context.Context, id string) (crm.Order, error) {
				order, err := h.Backend.Order(ctx, id)
				if errors.Is(err, crm.ErrOrderUnknown) {
					return crm.Order{ID: id}, nil
				}
				return order, err
			}
		}},
	}
}

// givesBack grants the points of a reversal beside the ledger of orders.
func givesBack(ctx context.Context, good crm.Backend, r crm.OrderReversal, points int64) error {
	known, err := good.Order(ctx, r.OrderID)
	if err != nil || known.CardNumber == "" {
		known.CardNumber = "card-1"
	}
	return credit(ctx, good, r.CallID, known.CardNumber, points, r.Now)
}

func reversalMutants() []mutant {
	// unless acts where the good backend refuses a reversal with a kind.
	unless := func(kind crm.Kind) func(*hooks) {
		return reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			order, err := good.ReverseOrder(ctx, r)
			if errors.Is(err, kind) {
				return order, givesBack(ctx, good, r, r.Points)
			}
			return order, err
		})
	}
	return []mutant{
		{"what comes back counts as earned", "ReverseOrder/posting", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			r.Partial = true
			points := r.Points
			r.Points = 1
			order, err := good.ReverseOrder(ctx, r)
			if err == nil && points > 1 {
				err = givesBack(ctx, good, r, points-1)
			}
			return order, err
		})},
		{"what comes back lives for ever", "ReverseOrder/lots", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			r.KeepUntil = crm.Forever
			return good.ReverseOrder(ctx, r)
		})},
		{"what comes back may be over already", "ReverseOrder/spend-again", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			r.KeepUntil = time.Time{}
			return good.ReverseOrder(ctx, r)
		})},
		{"an order is reversed twice", "ReverseOrder/once", unless(crm.ErrOrderReversed)},
		{"a lost commit looks like a second reversal", "ReverseOrder/same-call", func(h *hooks) {
			var seen sync.Map
			h.reverseOrder = func(ctx context.Context, r crm.OrderReversal) (crm.Order, error) {
				if _, again := seen.LoadOrStore(r.OrderID, true); again {
					return crm.Order{}, crm.ErrOrderReversed
				}
				return h.Backend.ReverseOrder(ctx, r)
			}
		}},
		{"a reversal of an unknown order pays", "ReverseOrder/unknown", unless(crm.ErrOrderUnknown)},
		{"a reversal of an unknown order is forgotten", "RedeemOrder/voided", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			if _, err := good.Order(ctx, r.OrderID); err != nil {
				return crm.Order{}, err
			}
			return good.ReverseOrder(ctx, r)
		})},
		{"anybody may reverse an order", "ReverseOrder/mismatch", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			if known, err := good.Order(ctx, r.OrderID); err == nil {
				r.Customer = known.Customer
			}
			return good.ReverseOrder(ctx, r)
		})},
		{"fewer points come back without being asked for", "ReverseOrder/mismatch", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			r.Partial = true
			return good.ReverseOrder(ctx, r)
		})},
		{"the rest of a partial reversal comes back too", "ReverseOrder/partial", unless(crm.ErrOrderReversed)},
		{"a partial reversal gives everything back", "ReverseOrder/partial", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			if known, err := good.Order(ctx, r.OrderID); err == nil {
				r.Points = known.Points
			}
			return good.ReverseOrder(ctx, r)
		})},
		{"a blocked card gets nothing back", "ReverseOrder/any-state", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			if known, err := good.Order(ctx, r.OrderID); err == nil {
				if card, err := good.Card(ctx, known.CardNumber); err == nil && card.State == crm.CardBlocked {
					return crm.Order{}, crm.ErrCardBlocked
				}
			}
			return good.ReverseOrder(ctx, r)
		})},
		{"the reason is cut", "ReverseOrder/reason", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			r.Reason = r.Reason[:min(len(r.Reason), crm.MaxTextRunes)]
			return good.ReverseOrder(ctx, r)
		})},
		{"orders of a replaced card stay behind", "ReverseOrder/replaced", reversing(func(ctx context.Context, good crm.Backend, r crm.OrderReversal) (crm.Order, error) {
			known, err := good.Order(ctx, r.OrderID)
			if err != nil || known.CardNumber != "new-1" {
				return good.ReverseOrder(ctx, r)
			}
			known.CardNumber = "card-1"
			return known, nil
		})},
		{"an order remembers an erased customer", "ReverseOrder/erased", func(h *hooks) {
			h.order = func(ctx context.Context, id string) (crm.Order, error) {
				order, err := h.Backend.Order(ctx, id)
				order.Customer = "print-of-card-1"
				return order, err
			}
		}},
	}
}

func rewardRaceMutants() []mutant {
	return []mutant{
		{"a balance is read before an order is paid", "Race/orders", func(h *hooks) {
			looked := newMeeting(crowd)
			h.redeemOrder = func(ctx context.Context, r crm.OrderRedemption) (crm.Redeemed, error) {
				card, err := h.Backend.Card(ctx, r.CardNumber)
				if err != nil || card.Balance < r.Points {
					return crm.Redeemed{}, errors.Join(err, crm.ErrInsufficientPoints)
				}
				looked.wait()
				done, err := h.Backend.RedeemOrder(ctx, r)
				if errors.Is(err, crm.ErrInsufficientPoints) { // writes what it computed over what others wrote
					return crm.Redeemed{Order: crm.Order{ID: r.OrderID, State: crm.OrderDeducted}}, nil
				}
				return done, err
			}
		}},
		{"an order is looked up before it is paid", "Race/one-order", func(h *hooks) {
			looked := newMeeting(crowd)
			h.redeemOrder = func(ctx context.Context, r crm.OrderRedemption) (crm.Redeemed, error) {
				_, err := h.Backend.Order(ctx, r.OrderID)
				looked.wait()
				if errors.Is(err, crm.ErrOrderUnknown) {
					if err := taken(ctx, h.Backend, r); err != nil {
						return crm.Redeemed{}, err
					}
				}
				return h.Backend.RedeemOrder(ctx, r)
			}
		}},
		{"an order is looked up before it is reversed", "Race/reverse-order", func(h *hooks) {
			looked := newMeeting(crowd)
			h.reverseOrder = func(ctx context.Context, r crm.OrderReversal) (crm.Order, error) {
				known, err := h.Backend.Order(ctx, r.OrderID)
				looked.wait()
				reversed, reverseErr := h.Backend.ReverseOrder(ctx, r)
				if err == nil && known.State == crm.OrderDeducted && errors.Is(reverseErr, crm.ErrOrderReversed) {
					return known, givesBack(ctx, h.Backend, r, r.Points)
				}
				return reversed, reverseErr
			}
		}},
		{"a code is compared before it is used up", "Race/one-time-code", func(h *hooks) {
			looked := newMeeting(crowd)
			var used atomic.Bool
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				over := used.Load()
				looked.wait()
				err := h.Backend.UseOneTimeCode(ctx, a)
				used.Store(true)
				if !over && errors.Is(err, crm.ErrCodeWrong) {
					return nil
				}
				return err
			}
		}},
		{"attempts are read before they are counted", "Race/code-attempts", func(h *hooks) {
			looked := newMeeting(crowd)
			var failures atomic.Int64
			h.useCode = func(ctx context.Context, a crm.CodeAttempt) error {
				seen := failures.Load()
				looked.wait()
				if seen >= a.Limits.MaxAttempts {
					return crm.ErrTooManyAttempts
				}
				a.Limits.MaxAttempts, a.Limits.MaxFailures = 1000, 1000
				failures.Store(seen + 1)
				return h.Backend.UseOneTimeCode(ctx, a)
			}
		}},
		{"sends are read before they are counted", "Race/code-sends", func(h *hooks) {
			looked := newMeeting(crowd)
			h.putCode = func(ctx context.Context, r crm.OneTimeCode) error {
				looked.wait()
				r.Limits.MaxSends = 1000
				return h.Backend.PutOneTimeCode(ctx, r)
			}
		}},
	}
}
