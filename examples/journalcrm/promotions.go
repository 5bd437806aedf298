package journalcrm

import (
	"context"
	"fmt"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// receipt is a receipt that a card has sent.
type receipt struct {
	CardNumber  string
	Fingerprint string
	Points      int64
	// Receipt and Award are kept for a refund to find.
	Receipt crm.Receipt
	Award   crm.Accrual
	// ReversedBy is the cause that took it back, "" for none.
	ReversedBy string
	CreatedAt  time.Time
}

// SubmitReceipt implements engine.Promotions.
func (c *CRM) SubmitReceipt(ctx context.Context, r engine.ReceiptSubmission) (crm.Submitted, error) {
	return change(ctx, c, "SubmitReceipt", r, (*state).submitReceipt)
}

func (s *state) submitReceipt(r engine.ReceiptSubmission) (crm.Submitted, error) {
	key := fmt.Sprintf("%s/%d", r.Receipt.FN, r.Receipt.I)
	sent, found := s.Receipts[key]
	ours := found && sent.CardNumber == r.CardNumber
	if ours && sent.Fingerprint == r.Receipt.Fingerprint() {
		return crm.Submitted{Repeated: true, Points: sent.Points}, errUnchanged
	}
	if r.TooOld {
		return crm.Submitted{}, crm.ErrReceiptTooOld
	}
	card, err := s.usable(r.CardNumber)
	switch {
	case err != nil:
		return crm.Submitted{}, err
	case ours:
		return crm.Submitted{}, crm.ErrReceiptMismatch
	case found:
		return crm.Submitted{}, crm.ErrReceiptTaken
	}
	points := r.Award.Points
	if r.Reverse.Wanted {
		points = s.reverse(card, r)
	}
	s.Receipts[key] = receipt{
		CardNumber: r.CardNumber, Fingerprint: r.Receipt.Fingerprint(), Points: points,
		Receipt: r.Receipt, Award: r.Award, CreatedAt: r.Now,
	}
	s.credit(card, r.Award, r.Now)
	s.order(card, r.Messages, r.Now)
	return crm.Submitted{Points: points}, nil
}

// usable finds a card that may earn.
func (s *state) usable(number string) (*card, error) {
	card, err := s.card(number)
	if err != nil {
		return nil, err
	}
	return card, card.State.Usable()
}

// RedeemCode implements engine.Promotions.
func (c *CRM) RedeemCode(ctx context.Context, r engine.CodeSubmission) (crm.Submitted, error) {
	return change(ctx, c, "RedeemCode", r, (*state).redeemCode)
}

func (s *state) redeemCode(r engine.CodeSubmission) (crm.Submitted, error) {
	card, err := s.usable(r.CardNumber)
	if points, used := s.usedBefore(card, r.Code); used {
		return crm.Submitted{Repeated: true, Points: points}, errUnchanged
	}
	if err != nil {
		return crm.Submitted{}, err
	}
	code := s.Codes[r.Code]
	if err := open(code, r.Now); err != nil {
		return crm.Submitted{}, err
	}
	if code.Points > 0 {
		r.Award.Points = code.Points
	}
	code.Used++
	card.Codes[r.Code] = r.Award.Points
	s.credit(card, r.Award, r.Now)
	s.order(card, r.Messages, r.Now)
	return crm.Submitted{Points: r.Award.Points}, nil
}

// usedBefore tells what a code gave to a card, which may be nil, or to another one of
// its holder.
func (s *state) usedBefore(c *card, code string) (points int64, used bool) {
	if c == nil {
		return 0, false
	}
	if points, used = c.Codes[code]; used || c.CustomerID == "" {
		return points, used
	}
	for _, number := range s.Customers[c.CustomerID].Cards {
		if points, used = s.Cards[number].Codes[code]; used {
			return points, used
		}
	}
	return 0, false
}

// open gives the error with which a code is refused at a time.
func open(code *engine.PromoCode, now time.Time) error {
	switch {
	case code == nil:
		return crm.ErrCodeUnknown
	case now.Before(code.StartsAt):
		return crm.ErrCodeNotStarted
	case !now.Before(code.EndsAt):
		return crm.ErrCodeExpired
	case code.MaxUses > 0 && code.Used >= code.MaxUses:
		return crm.ErrCodeUsedUp
	}
	return nil
}

// PutCodes implements engine.Promotions.
func (c *CRM) PutCodes(ctx context.Context, codes []engine.PromoCode) error {
	_, err := change(ctx, c, "PutCodes", codes, (*state).putCodes)
	return err
}

func (s *state) putCodes(codes []engine.PromoCode) (none struct{}, _ error) {
	for _, code := range codes {
		code.Used = 0
		if known := s.Codes[code.Code]; known != nil {
			code.Used = known.Used
		}
		s.Codes[code.Code] = &code
	}
	return none, nil
}

// Code implements engine.Promotions.
func (c *CRM) Code(ctx context.Context, code string) (engine.PromoCode, error) {
	return look(ctx, c, func(s *state) (engine.PromoCode, error) {
		if known := s.Codes[code]; known != nil {
			return *known, nil
		}
		return engine.PromoCode{}, crm.ErrCodeUnknown
	})
}
