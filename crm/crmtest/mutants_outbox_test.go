package crmtest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
)

// receiving changes every receipt before the good backend gets it.
func receiving(change func(*crm.ReceiptSubmission)) func(*hooks) {
	return func(h *hooks) {
		h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
			r.Errands = slices.Clone(r.Errands)
			change(&r)
			return h.Backend.SubmitReceipt(ctx, r)
		}
	}
}

// smuggle orders errands by way of a receipt that nobody sent.
func smuggle(ctx context.Context, good crm.Backend, number string, i int64, now time.Time, errands []crm.Errand) error {
	if len(errands) == 0 {
		return nil
	}
	_, err := good.SubmitReceipt(ctx, crm.ReceiptSubmission{
		CardNumber: number, Errands: errands, Now: now,
		Receipt: crm.Receipt{ReceiptKey: crm.ReceiptKey{FN: "9999999999999999", I: i, FP: 1}, At: now, SumKopecks: 1, Kind: crm.ReceiptPurchase},
	})
	return err
}

func errandMutants() []mutant {
	var calls int64
	return []mutant{
		{"errands of a receipt are forgotten", "SubmitReceipt/errands", receiving(func(r *crm.ReceiptSubmission) { r.Errands = nil })},
		{"what can be undone is not stored", "SubmitReceipt/errands", receiving(func(r *crm.ReceiptSubmission) {
			for i := range r.Errands {
				r.Errands[i].Undo = crm.Undo{}
			}
		})},
		{"errands of a code are forgotten", "RedeemCode/errands", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				r.Errands = nil
				return h.Backend.RedeemCode(ctx, r)
			}
		}},
		{"errands of a take lose their payload", "Take/errands", func(h *hooks) {
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				m.Errands = slices.Clone(m.Errands)
				for i := range m.Errands {
					m.Errands[i].Payload = nil
				}
				return h.Backend.Take(ctx, m)
			}
		}},
		{"a grant orders errands", "Grant/errands", func(h *hooks) {
			h.grant = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				posting, err := h.Backend.Grant(ctx, m)
				return posting, errors.Join(err, smuggle(ctx, h.Backend, m.CardNumber, 1, m.Now, m.Errands))
			}
		}},
		{"a repeated receipt orders again", "SubmitReceipt/errands-again", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				if answer.Repeated {
					err = smuggle(ctx, h.Backend, r.CardNumber, 1, r.Now, r.Errands)
				}
				return answer, err
			}
		}},
		{"a repeated code orders again", "RedeemCode/errands-again", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.RedeemCode(ctx, r)
				if answer.Repeated {
					err = smuggle(ctx, h.Backend, r.CardNumber, 1, r.Now, r.Errands)
				}
				return answer, err
			}
		}},
		{"a repeated take orders again", "Take/errands-again", func(h *hooks) {
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				posting, err := h.Backend.Take(ctx, m)
				return posting, errors.Join(err, smuggle(ctx, h.Backend, m.CardNumber, 1, m.Now, m.Errands))
			}
		}},
		{"errands are stored before the receipt", "SubmitReceipt/errands-refused", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				if err := smuggle(ctx, h.Backend, "card-1", 1, r.Now, r.Errands); err != nil {
					return crm.Submitted{}, err
				}
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"errands are stored before the code", "RedeemCode/errands-refused", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				if err := smuggle(ctx, h.Backend, "card-1", 1, r.Now, r.Errands); err != nil {
					return crm.Submitted{}, err
				}
				return h.Backend.RedeemCode(ctx, r)
			}
		}},
		{"errands are stored before the take", "Take/errands-refused", func(h *hooks) {
			h.take = func(ctx context.Context, m crm.Movement) (crm.Posting, error) {
				if err := smuggle(ctx, h.Backend, "card-1", 1, m.Now, m.Errands); err != nil {
					return crm.Posting{}, err
				}
				return h.Backend.Take(ctx, m)
			}
		}},
		{"an errand is stored as often as it is ordered", "SubmitReceipt/errand-key", receiving(func(r *crm.ReceiptSubmission) {
			for i := range r.Errands {
				r.Errands[i].Key = fmt.Sprintf("%s#%d", r.Errands[i].Key, r.Receipt.I*10+int64(i))
			}
		})},
		{"errands are stored after the receipt", "SubmitReceipt/errands-wholly", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				errands := r.Errands
				r.Errands = nil
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				for _, e := range errands {
					calls++
					err = errors.Join(err, smuggle(ctx, h.Backend, r.CardNumber, calls, r.Now, []crm.Errand{e}))
				}
				return answer, err
			}
		}},
		{"deliveries stay with the replaced card", "ReplaceCard/deliveries", func(h *hooks) {
			replaced := map[string]string{}
			h.replaceCard = func(ctx context.Context, r crm.Replacement) (crm.Card, error) {
				replaced[r.New.Number] = r.CardNumber
				return h.Backend.ReplaceCard(ctx, r)
			}
			h.delivery = func(ctx context.Context, id string) (crm.Delivery, error) {
				d, err := h.Backend.Delivery(ctx, id)
				if old := replaced[d.CardNumber]; old != "" {
					d.CardNumber = old
				}
				return d, err
			}
		}},
	}
}

func refundMutants() []mutant {
	return []mutant{
		{"a refund takes nothing back", "SubmitReceipt/refund", receiving(func(r *crm.ReceiptSubmission) { r.Reverse.Wanted = false })},
		{"a refund has no words for the customer", "SubmitReceipt/refund", receiving(func(r *crm.ReceiptSubmission) { r.Reverse.Description = "" })},
		{"every refund receipt takes back", "SubmitReceipt/refund-unwanted", receiving(func(r *crm.ReceiptSubmission) {
			r.Reverse.Wanted = r.Receipt.Kind == crm.ReceiptSaleRefund
		})},
		{"a refund takes back sales of any time", "SubmitReceipt/refund-newest", receiving(func(r *crm.ReceiptSubmission) {
			if r.Reverse.Wanted {
				r.Receipt.At = r.Receipt.At.Add(1000 * time.Hour)
			}
		})},
		{"a refund takes from the points that are spent first", "SubmitReceipt/refund-own-lot", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				if !r.Reverse.Wanted {
					return h.Backend.SubmitReceipt(ctx, r)
				}
				_, err := h.Backend.Take(ctx, crm.Movement{Key: "refund", CardNumber: r.CardNumber, Points: 15, Now: r.Now})
				return crm.Submitted{Points: -15}, err
			}
		}},
		{"a refund that is repeated takes from the next sale", "SubmitReceipt/refund-again", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				if answer.Repeated && r.Reverse.Wanted && !r.TooOld {
					r.Receipt.FP++
					_, err = h.Backend.SubmitReceipt(ctx, r)
				}
				return answer, err
			}
		}},
		{"a sale is taken back by every refund", "SubmitReceipt/refund-once", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				if err == nil && r.Reverse.Wanted && answer == (crm.Submitted{}) {
					_, err = h.Backend.Take(ctx, crm.Movement{Key: "again", CardNumber: r.CardNumber, Points: 15, Now: r.Now})
					answer.Points = -15
				}
				return answer, err
			}
		}},
		{"a sale whose points are spent is not refunded", "SubmitReceipt/refund-part", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				card, err := h.Backend.Card(ctx, r.CardNumber)
				if err == nil && r.Reverse.Wanted && card.Balance < 15 {
					return crm.Submitted{}, crm.ErrInsufficientPoints
				}
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"a refund of another card's sale counts", "SubmitReceipt/refund-none", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				if r.Reverse.Wanted && r.CardNumber == "card-1" {
					r.CardNumber = "card-3"
				}
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"what earned nothing is not looked for", "SubmitReceipt/refund-unearned", receiving(func(r *crm.ReceiptSubmission) {
			if r.Award.Points == 0 && r.Receipt.Kind == crm.ReceiptSale {
				r.Receipt.Kind = crm.ReceiptPurchase
			}
		})},
		{"the undoing errand does not say what it undoes", "SubmitReceipt/refund-errands", func(h *hooks) {
			h.listDeliveries = func(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error) {
				list, err := h.Backend.ListDeliveries(ctx, q)
				for i := range list {
					list[i].Reverses = ""
				}
				return list, err
			}
		}},
		{"an errand that cannot be undone is undone", "SubmitReceipt/refund-errands", receiving(func(r *crm.ReceiptSubmission) {
			for i := range r.Errands {
				if r.Errands[i].Undo.Action == "" {
					r.Errands[i].Undo.Action = r.Errands[i].Action
				}
			}
		})},
		{"a refund by an inactive card counts", "SubmitReceipt/refund-states", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (answer crm.Submitted, err error) {
				lockErr := unlocked(ctx, h.Backend, r.CardNumber, func() error {
					answer, err = h.Backend.SubmitReceipt(ctx, r)
					return nil
				})
				return answer, errors.Join(err, lockErr)
			}
		}},
		{"causes are compared without case and spaces", "Text/causes", receiving(func(r *crm.ReceiptSubmission) {
			for i, e := range r.Errands {
				if e.Cause[0] == ' ' {
					r.Errands[i].Cause = e.Cause[1:]
				}
			}
		})},
	}
}
