package engine

import (
	"context"

	"koshelek-adapter/crm"
)

// Grant credits points; the key makes it happen once. A zero lifetime means the
// programme's. Errors: ErrInvalidAmount, ErrInvalidRecord (no key), and those
// of [Ledger].Grant.
func (s *Engine) Grant(ctx context.Context, m Movement) (crm.Posting, error) {
	m, err := s.movement(m)
	if err != nil {
		return crm.Posting{}, err
	}
	if m.AvailableFrom.IsZero() {
		m.AvailableFrom = m.Now
	}
	if m.ValidUntil.IsZero() {
		m.ValidUntil = s.rules.validUntil(m.Now)
	}
	return s.backend.Grant(ctx, m)
}

// Take spends points; the key makes it happen once. Errors: ErrInvalidAmount,
// ErrInvalidRecord (no key), and those of [Ledger].Take.
func (s *Engine) Take(ctx context.Context, m Movement) (crm.Posting, error) {
	return s.spend(ctx, OnSpend, m)
}

// Exchange spends points for a partner's miles: the award rules on exchange say
// at which vendor and for whose. What the vendor refuses comes back. Errors:
// ErrInvalidRecord when no rule is for exchanges, and those of Take.
func (s *Engine) Exchange(ctx context.Context, m Movement) (crm.Posting, error) {
	if len(s.rules.forSpending(OnExchange, m.Key, m.Points)) == 0 {
		return crm.Posting{}, crm.Fail(crm.ErrInvalidRecord, "no award rule is for exchanges")
	}
	return s.spend(ctx, OnExchange, m)
}

// Direction is where points go.
type Direction int

// The directions.
const (
	DirectionGrant Direction = iota
	DirectionTake
)

// Mirror books what a vendor has moved already: like Grant or Take, but no award
// rule acts on it, or the vendor would be told what it has told us.
func (s *Engine) Mirror(ctx context.Context, direction Direction, m Movement) (crm.Posting, error) {
	if direction == DirectionGrant {
		return s.Grant(ctx, m)
	}
	m, err := s.movement(m)
	if err != nil {
		return crm.Posting{}, err
	}
	m.Messages = nil
	return s.backend.Take(ctx, m)
}

// KeyedPostings is a Store that finds a booking again. Reverts that a vendor reports
// need it; where the store cannot, they are refused.
type KeyedPostings interface {
	// PostingOf gives what a Grant or a Take of the key has booked; found is false
	// when nothing was.
	PostingOf(ctx context.Context, key string) (posting crm.Posting, found bool, err error)
}

// Mirrored gives what Mirror has booked under a key; found is false when nothing was.
func (s *Engine) Mirrored(ctx context.Context, key string) (posting crm.Posting, found bool, err error) {
	keyed, can := s.backend.(KeyedPostings)
	if !can {
		return posting, false, nil
	}
	return keyed.PostingOf(ctx, key)
}

func (s *Engine) spend(ctx context.Context, on AwardTrigger, m Movement) (crm.Posting, error) {
	m, err := s.movement(m)
	if err != nil {
		return crm.Posting{}, err
	}
	m.Messages = s.rules.forSpending(on, m.Key, m.Points)
	posting, err := s.backend.Take(ctx, m)
	s.ordered(err, vendorsOf(m.Messages)...)
	return posting, err
}

func (s *Engine) movement(m Movement) (Movement, error) {
	var err error
	if _, err = crm.ParseCardNumber(m.CardNumber); err != nil {
		return m, err
	}
	if m.Points <= 0 || m.Points > crm.MaxPoints {
		return m, crm.Fail(crm.ErrInvalidAmount, "points must be positive")
	}
	if err := crm.CheckKey("key", m.Key, crm.MaxKeyBytes); err != nil {
		return m, err
	}
	if m.Description, err = crm.CleanText("description", m.Description, crm.MaxTextRunes); err != nil {
		return m, err
	}
	m.Now = s.now()
	return m, nil
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
