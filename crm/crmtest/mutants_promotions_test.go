package crmtest_test

import (
	"context"
	"errors"
	"time"

	"koshelek-adapter/crm"
)

// credit grants an award by another way than the promised one.
func credit(ctx context.Context, good crm.Backend, key, number string, points int64, now time.Time) error {
	_, err := good.Grant(ctx, crm.Movement{Key: key, CardNumber: number, Points: points, AvailableFrom: now, ValidUntil: crm.Forever, Now: now})
	return err
}

func receiptMutants() []mutant {
	// forgiving takes one kind of refusal for a repetition.
	forgiving := func(kind crm.Kind) func(*hooks) {
		return func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				if errors.Is(err, kind) {
					return crm.Submitted{Repeated: true}, nil
				}
				return answer, err
			}
		}
	}
	return []mutant{
		{"a repeated receipt is awarded again", "SubmitReceipt/again", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				if err == nil && answer.Repeated {
					err = credit(ctx, h.Backend, "again", r.CardNumber, r.Award.Points, r.Now)
				}
				return answer, err
			}
		}},
		{"a repeated receipt does not tell that it is one", "SubmitReceipt/too-old-repeat", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.SubmitReceipt(ctx, r)
				answer.Repeated = false
				return answer, err
			}
		}},
		{"a receipt with another sum is accepted", "SubmitReceipt/other-content", forgiving(crm.ErrReceiptMismatch)},
		{"a receipt of another card is accepted", "SubmitReceipt/other-card", forgiving(crm.ErrReceiptTaken)},
		{"the fiscal sign is ignored", "SubmitReceipt/key", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				r.Receipt.FP = 0
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"an old receipt is taken", "SubmitReceipt/too-old", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				r.TooOld = false
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"an inactive card earns", "SubmitReceipt/inactive", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (answer crm.Submitted, err error) {
				lockErr := unlocked(ctx, h.Backend, r.CardNumber, func() error {
					answer, err = h.Backend.SubmitReceipt(ctx, r)
					return nil
				})
				return answer, errors.Join(err, lockErr)
			}
		}},
		{"a receipt that earns nothing is not kept", "SubmitReceipt/zero", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				if r.Award.Points == 0 {
					return crm.Submitted{}, nil
				}
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
		{"an award may be spent at once", "SubmitReceipt/award", func(h *hooks) {
			h.submitReceipt = func(ctx context.Context, r crm.ReceiptSubmission) (crm.Submitted, error) {
				r.Award.AvailableFrom = r.Now
				return h.Backend.SubmitReceipt(ctx, r)
			}
		}},
	}
}

func codeMutants() []mutant {
	return []mutant{
		{"a code may be used once more than its limit", "RedeemCode/limit", func(h *hooks) {
			h.putCodes = func(ctx context.Context, codes []crm.PromoCode) error {
				for i := range codes {
					codes[i].MaxUses++
				}
				return h.Backend.PutCodes(ctx, codes)
			}
		}},
		{"a repeated code is credited again", "RedeemCode/again", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.RedeemCode(ctx, r)
				if err == nil && answer.Repeated {
					err = credit(ctx, h.Backend, "again", r.CardNumber, answer.Points, r.Now)
				}
				return answer, err
			}
		}},
		{"a repeated code counts again", "RedeemCode/again", func(h *hooks) {
			more := int64(0)
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.RedeemCode(ctx, r)
				if answer.Repeated {
					more++
				}
				return answer, err
			}
			h.code = func(ctx context.Context, code string) (crm.PromoCode, error) {
				stored, err := h.Backend.Code(ctx, code)
				stored.Used += more
				return stored, err
			}
		}},
		{"a repetition after the end is refused", "RedeemCode/again-late", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				if code, err := h.Backend.Code(ctx, r.Code); err == nil && !r.Now.Before(code.EndsAt) {
					return crm.Submitted{}, crm.ErrCodeExpired
				}
				return h.Backend.RedeemCode(ctx, r)
			}
		}},
		{"a code works to the end of its last moment", "RedeemCode/window", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.RedeemCode(ctx, r)
				if errors.Is(err, crm.ErrCodeExpired) {
					r.Now = r.Now.Add(-time.Millisecond)
					return h.Backend.RedeemCode(ctx, r)
				}
				return answer, err
			}
		}},
		{"codes are stored one by one", "PutCodes/wholly", func(h *hooks) {
			h.putCodes = func(ctx context.Context, codes []crm.PromoCode) error {
				for _, code := range codes {
					if err := h.Backend.PutCodes(ctx, []crm.PromoCode{code}); err != nil {
						return err
					}
				}
				return nil
			}
		}},
		{"every code gives the usual points", "RedeemCode/credit", func(h *hooks) {
			h.putCodes = func(ctx context.Context, codes []crm.PromoCode) error {
				for i := range codes {
					codes[i].Points = 0
				}
				return h.Backend.PutCodes(ctx, codes)
			}
		}},
		{"codes that are stored again begin to count anew", "PutCodes/keeps-count", func(h *hooks) {
			forgotten := map[string]int64{}
			h.putCodes = func(ctx context.Context, codes []crm.PromoCode) error {
				for _, code := range codes {
					stored, _ := h.Backend.Code(ctx, code.Code)
					forgotten[code.Code] = stored.Used
				}
				return h.Backend.PutCodes(ctx, codes)
			}
			h.code = func(ctx context.Context, code string) (crm.PromoCode, error) {
				stored, err := h.Backend.Code(ctx, code)
				stored.Used -= forgotten[code]
				return stored, err
			}
		}},
		{"a code of an unknown card is redeemed for nobody", "RedeemCode/unknown-card", func(h *hooks) {
			h.redeemCode = func(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
				answer, err := h.Backend.RedeemCode(ctx, r)
				if errors.Is(err, crm.ErrCardNotFound) {
					return answer, nil
				}
				return answer, err
			}
		}},
	}
}
