package engine

import (
	"context"
	"strings"

	"koshelek-adapter/crm"
)

// Sender says which card a receipt or a code is for: by its number, or by the
// phone of its holder. The number counts when both are given.
type Sender struct {
	CardNumber, Phone string
}

// SubmitReceipt takes the text of a receipt's QR code for a card (contract:
// POST /v1/promo/qrCode). Only sales earn; with Rules.Refunds a refund takes back
// what the sale earned. Errors: ErrNoIdentity, those of the
// number and the phone, ErrReceiptMalformed, ErrReceiptFuture,
// ErrReceiptTooOld, and those of [Promotions].SubmitReceipt.
func (s *Engine) SubmitReceipt(ctx context.Context, from Sender, text string) (crm.Submitted, error) {
	number, err := s.senderCard(ctx, from)
	if err != nil {
		return crm.Submitted{}, err
	}
	receipt, err := crm.ParseReceipt(text, s.rules.Zone)
	if err != nil {
		return crm.Submitted{}, err
	}
	now := s.now()
	if receipt.At.After(now.Add(s.rules.ClockSkew)) {
		return crm.Submitted{}, crm.ErrReceiptFuture
	}
	points, errands := s.rules.receiptPoints(receipt), s.rules.forReceipt(receipt)
	done, err := s.backend.SubmitReceipt(ctx, ReceiptSubmission{
		CardNumber: number, Receipt: receipt, Now: now,
		Award:    s.rules.accrual(crm.PostingReceipt, points, s.rules.Texts.Receipt, now),
		TooOld:   now.Sub(receipt.At) > s.rules.MaxAge,
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

// RedeemCode takes a promo code that a person typed (contract: POST
// /v1/promo/code); case and spaces around it do not matter. Errors:
// ErrNoIdentity, those of the number and the phone, and those of
// [Promotions].RedeemCode.
func (s *Engine) RedeemCode(ctx context.Context, from Sender, code string) (crm.Submitted, error) {
	number, err := s.senderCard(ctx, from)
	if err != nil {
		return crm.Submitted{}, err
	}
	code, err = crm.NormalizeCode(code)
	if err != nil {
		return crm.Submitted{}, err
	}
	now, errands := s.now(), s.rules.forCode(code, number)
	done, err := s.backend.RedeemCode(ctx, CodeSubmission{
		CardNumber: number, Code: code, Now: now,
		Award:    s.rules.accrual(crm.PostingCode, s.rules.CodePoints, s.rules.Texts.Code, now),
		Messages: errands,
	})
	s.ordered(err, vendorsOf(errands)...)
	return done, err
}

func (s *Engine) senderCard(ctx context.Context, from Sender) (string, error) {
	if from.CardNumber != "" {
		return crm.ParseCardNumber(from.CardNumber)
	}
	if strings.TrimSpace(from.Phone) == "" {
		return "", crm.ErrNoIdentity
	}
	phone, err := crm.NormalizePhone(from.Phone)
	if err != nil {
		return "", err
	}
	matches, err := s.backend.FindCards(ctx, crm.Identity{Phone: phone})
	if err != nil {
		return "", err
	}
	for _, match := range matches {
		if card, found := crm.PickCard(match.Cards); found {
			return card.Number, nil
		}
	}
	return "", crm.ErrCardNotFound
}
