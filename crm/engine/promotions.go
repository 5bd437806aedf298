package engine

import (
	"context"

	"koshelek-adapter/crm"
)

// SubmitReceipt implements [crm.Program]. Only sales earn; with Rules.Refunds a
// refund takes back what the sale earned.
func (s *Engine) SubmitReceipt(ctx context.Context, number string, receipt crm.Receipt) (crm.Submitted, error) {
	now := s.now()
	receipt, east, west, err := s.till(ctx, receipt)
	if err != nil {
		return crm.Submitted{}, err
	}
	first, last := receipt.Instants()
	if first.Add(-east).After(now.Add(s.rules.ClockSkew)) {
		return crm.Submitted{}, crm.ErrReceiptFuture
	}
	// In an hour that comes twice a sale is the first one's and a refund the last one's,
	// so that no refund is before its sale.
	if receipt.At = first; receipt.Kind == crm.ReceiptSaleRefund {
		receipt.At = last
	}
	points, errands := s.rules.receiptPoints(receipt), s.rules.forReceipt(receipt)
	done, err := s.backend.SubmitReceipt(ctx, ReceiptSubmission{
		CardNumber: number, Receipt: receipt, Now: now,
		Award:    s.rules.accrual(crm.PostingReceipt, points, s.rules.Texts.Receipt, now),
		TooOld:   now.Sub(last.Add(west)) > s.rules.MaxAge,
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
