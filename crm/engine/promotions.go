package engine

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// SubmitReceipt implements [crm.Program]. Only sales earn; with Rules.Refunds a
// refund takes back what the sale earned.
func (s *Engine) SubmitReceipt(ctx context.Context, number string, receipt crm.Receipt) (crm.Submitted, error) {
	now := s.now()
	receipt, tooOld, err := s.judge(ctx, receipt, now)
	if err != nil {
		return crm.Submitted{}, err
	}
	points, errands := s.rules.receiptPoints(receipt), s.rules.forReceipt(receipt)
	done, err := s.backend.SubmitReceipt(ctx, ReceiptSubmission{
		CardNumber: number, Receipt: receipt, Now: now,
		Award:    s.rules.accrual(crm.PostingReceipt, points, s.rules.Texts.Receipt, now),
		TooOld:   tooOld,
		PerDay:   s.rules.today(now),
		Reverse:  s.rules.reversal(receipt),
		Messages: errands,
	})
	if s.rules.Refunds {
		s.ordered(err, anyVendor)
	} else {
		s.ordered(err, vendorsOf(errands)...)
	}
	return done, err
}

// judge gives a receipt as its till wrote it, and whether it is too old to be new.
func (s *Engine) judge(ctx context.Context, receipt crm.Receipt, now time.Time) (_ crm.Receipt, tooOld bool, err error) {
	receipt, east, west, err := s.till(ctx, receipt)
	if err != nil {
		return receipt, false, err
	}
	first, last := receipt.Instants()
	if first.Add(-east).After(now.Add(s.rules.ClockSkew)) {
		return receipt, false, crm.ErrReceiptFuture
	}
	// In an hour that comes twice a sale is the first one's and a refund the last one's,
	// so that no refund is before its sale.
	if receipt.At = first; receipt.Kind == crm.ReceiptSaleRefund {
		receipt.At = last
	}
	return receipt, now.Sub(last.Add(west)) > s.rules.MaxAge, nil
}

// ReceiptAward gives what a receipt earns by the rules, before the limits of a card's
// day, for a programme that books it elsewhere. Errors: ErrReceiptFuture,
// ErrReceiptTooOld, ErrReceiptForeign.
func (s *Engine) ReceiptAward(ctx context.Context, receipt crm.Receipt) (crm.Accrual, DayLimit, error) {
	now := s.now()
	receipt, tooOld, err := s.judge(ctx, receipt, now)
	if err == nil && tooOld {
		err = crm.ErrReceiptTooOld
	}
	return s.rules.accrual(crm.PostingReceipt, s.rules.receiptPoints(receipt), s.rules.Texts.Receipt, now), s.rules.today(now), err
}

// CodeAward gives what a code is worth by the rules, for a programme that books it
// elsewhere; its use is counted there. ErrCodeUnknown.
func (s *Engine) CodeAward(ctx context.Context, code string) (crm.Accrual, error) {
	stored, err := s.backend.Code(ctx, code)
	points := s.rules.CodePoints
	if stored.Points > 0 {
		points = stored.Points
	}
	return s.rules.accrual(crm.PostingCode, points, s.rules.Texts.Code, s.now()), err
}

// RedeemCode implements [crm.Program].
func (s *Engine) RedeemCode(ctx context.Context, number, code string) (crm.Submitted, error) {
	now, errands := s.now(), s.rules.forCode(code, number)
	done, err := s.backend.RedeemCode(ctx, CodeSubmission{
		CardNumber: number, Code: code, Failures: s.rules.Claims.Failures, Now: now,
		Award:    s.rules.accrual(crm.PostingCode, s.rules.CodePoints, s.rules.Texts.Code, now),
		Messages: errands,
	})
	s.ordered(err, vendorsOf(errands)...)
	return done, err
}
