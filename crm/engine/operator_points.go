package engine

import (
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// Credit implements [crm.Ledger]. See [Ledger].Credit.
func (s *Engine) Credit(ctx context.Context, t crm.Transaction) (crm.Posting, error) {
	booking, err := s.transaction(t)
	if err != nil {
		return crm.Posting{}, err
	}
	if booking.AvailableFrom.IsZero() {
		booking.AvailableFrom = booking.Now
	}
	if booking.ValidUntil.IsZero() {
		booking.ValidUntil = s.rules.validUntil(booking.Now)
	}
	return s.backend.Grant(ctx, booking)
}

// Debit implements [crm.Ledger]: unless it is a mirror, the award rules on spend
// act on it. See [Ledger].Debit.
func (s *Engine) Debit(ctx context.Context, t crm.Transaction) (crm.Posting, error) {
	if t.Mirror {
		return s.spend(ctx, t, nil)
	}
	return s.spend(ctx, t, s.rules.forSpending(OnSpend, t.Key, t.Points))
}

// Exchange spends points for a partner's miles: the award rules on exchange say
// at which vendor and for whose. What the vendor refuses comes back. Errors:
// ErrInvalidRecord when no rule is for exchanges, and those of Debit.
func (s *Engine) Exchange(ctx context.Context, t crm.Transaction) (crm.Posting, error) {
	messages := s.rules.forSpending(OnExchange, t.Key, t.Points)
	if len(messages) == 0 {
		return crm.Posting{}, crm.Fail(crm.ErrInvalidRecord, "no award rule is for exchanges")
	}
	return s.spend(ctx, t, messages)
}

func (s *Engine) spend(ctx context.Context, t crm.Transaction, messages []outbox.Message) (crm.Posting, error) {
	booking, err := s.transaction(t)
	if err != nil {
		return crm.Posting{}, err
	}
	booking.Messages = messages
	posting, err := s.backend.Take(ctx, booking)
	s.ordered(err, vendorsOf(messages)...)
	return posting, err
}

// KeyedPostings is a Store that finds a booking again. Reverts that a vendor reports
// need it; where the store cannot, they are refused.
type KeyedPostings interface {
	// PostingOf gives what a Grant or a Take of the key has booked; found is false
	// when nothing was.
	PostingOf(ctx context.Context, key string) (posting crm.Posting, found bool, err error)
}

// Mirrored gives what was booked as a mirror under a key; found is false when nothing was.
func (s *Engine) Mirrored(ctx context.Context, key string) (posting crm.Posting, found bool, err error) {
	keyed, can := s.backend.(KeyedPostings)
	if !can {
		return posting, false, nil
	}
	return keyed.PostingOf(ctx, key)
}

func (s *Engine) transaction(t crm.Transaction) (Movement, error) {
	if _, err := crm.ParseCardNumber(t.CardNumber); err != nil {
		return Movement{}, err
	}
	if t.Points <= 0 || t.Points > crm.MaxPoints {
		return Movement{}, crm.Fail(crm.ErrInvalidAmount, "points must be positive")
	}
	if err := crm.CheckKey("key", t.Key, crm.MaxKeyBytes); err != nil {
		return Movement{}, err
	}
	description, err := crm.CleanText("description", t.Description, crm.MaxTextRunes)
	return Movement{
		Key: t.Key, CardNumber: t.CardNumber, Points: t.Points, Description: description,
		AvailableFrom: t.AvailableFrom, ValidUntil: t.ValidUntil, Actor: t.Actor, Now: s.now(),
	}, err
}

// Postings gives a page of a card's ledger, newest first.
func (s *Engine) Postings(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
	number, err := crm.ParseCardNumber(number)
	if err != nil {
		return nil, err
	}
	return s.backend.Postings(ctx, number, before, limit)
}

// expiryBatch is how many lots are booked in one transaction.
const expiryBatch = 200

// ExpirePoints books every lot that is over and tells how many there were.
func (s *Engine) ExpirePoints(ctx context.Context) (int, error) {
	for total := 0; ; {
		n, err := s.backend.ExpirePoints(ctx, s.now(), expiryBatch)
		total += n
		if err != nil || n < expiryBatch {
			return total, err
		}
	}
}

// Verify recomputes every balance and calls report for each card that differs.
// It gives the number of cards that differ.
func (s *Engine) Verify(ctx context.Context, report func(Discrepancy)) (int, error) {
	count := 0
	for after := ""; ; {
		bad, last, err := s.backend.Verify(ctx, after, 1000)
		if err != nil {
			return count, err
		}
		for _, d := range bad {
			count++
			report(d)
		}
		if last == "" {
			return count, nil
		}
		after = last
	}
}
