package sqldb_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Statement implements engine.Store.
func (s *model) Statement(_ context.Context, number string, now time.Time) (crm.Statement, error) {
	card, err := s.card(number)
	if err != nil {
		return crm.Statement{}, err
	}
	over := func(lot crm.Lot) bool { return !lot.ValidUntil.After(now) }
	return crm.Statement{Card: card.Card, Lots: slices.DeleteFunc(slices.Clone(card.Lots), over)}, nil
}

// Grant implements engine.Store.
func (s *model) Grant(_ context.Context, m engine.Movement) (crm.Posting, error) {
	if done, found := s.booked[m.Key]; found {
		return repeated(done, m, crm.PostingGrant)
	}
	card, err := s.card(m.CardNumber)
	if err != nil {
		return crm.Posting{}, err
	}
	if card.State == crm.CardBlocked {
		return crm.Posting{}, crm.ErrCardBlocked
	}
	posting := s.credit(card, crm.Accrual{
		Points: m.Points, Kind: crm.PostingGrant, Description: m.Description,
		AvailableFrom: m.AvailableFrom, ValidUntil: m.ValidUntil,
	}, m.Now)
	return s.moved(m, posting), nil
}

// moved remembers a posting by its key.
func (s *model) moved(m engine.Movement, posting crm.Posting) crm.Posting {
	s.booked[m.Key] = posting
	return posting
}

// Take implements engine.Store.
func (s *model) Take(_ context.Context, m engine.Movement) (crm.Posting, error) {
	if done, found := s.booked[m.Key]; found {
		return repeated(done, m, crm.PostingTake)
	}
	card, err := s.card(m.CardNumber)
	if err != nil {
		return crm.Posting{}, err
	}
	if err := card.State.Usable(); err != nil {
		return crm.Posting{}, err
	}
	if card.available(m.Now) < m.Points {
		return crm.Posting{}, crm.ErrInsufficientPoints
	}
	card.spend(m.Points, m.Now)
	s.order(card, m.Messages, m.Now)
	return s.moved(m, s.post(card, crm.PostingTake, -m.Points, m.Description, m.Now)), nil
}

// repeated answers a movement whose key was used before. When it is the same
// one, only its times may differ: a caller who leaves them to the programme's
// rules gets others on another day.
func repeated(done crm.Posting, m engine.Movement, kind crm.PostingKind) (crm.Posting, error) {
	points := m.Points
	if kind == crm.PostingTake {
		points = -points
	}
	if done.CardNumber != m.CardNumber || done.Kind != kind || done.Points != points || done.Description != m.Description {
		return crm.Posting{}, crm.ErrOperationConflict
	}
	return done, nil
}

// Postings implements engine.Store.
func (s *model) Postings(_ context.Context, number, before string, limit int) (page []crm.Posting, _ error) {
	card, err := s.card(number)
	if err != nil {
		return nil, err
	}
	for _, posting := range slices.Backward(card.Postings) {
		if len(page) < limit && (before == "" || posting.ID < before) {
			page = append(page, posting)
		}
	}
	return page, nil
}

// credit adds a lot with its posting; no points leave no trace.
func (s *model) credit(c *card, a crm.Accrual, at time.Time) crm.Posting {
	if a.Points <= 0 {
		return crm.Posting{}
	}
	c.open(crm.Lot{
		Description: a.Description, Remaining: a.Points, AvailableFrom: a.AvailableFrom, ValidUntil: a.ValidUntil,
	})
	c.EarnedTotal += a.Points
	return s.post(c, a.Kind, a.Points, a.Description, at)
}

// open adds a lot in the order in which lots are spent.
func (c *card) open(lot crm.Lot) {
	c.Lots = append(c.Lots, lot)
	// Stable, so that of two lots with one expiry the older one is spent first.
	slices.SortStableFunc(c.Lots, func(a, b crm.Lot) int {
		return cmp.Or(a.ValidUntil.Compare(b.ValidUntil), a.AvailableFrom.Compare(b.AvailableFrom))
	})
}

// post appends to the ledger and moves the balance with it.
func (s *model) post(c *card, kind crm.PostingKind, points int64, text string, at time.Time) crm.Posting {
	p := crm.Posting{ID: s.nextID(), CardNumber: c.Number, Kind: kind, Points: points, Description: text, At: at}
	c.Postings = append(c.Postings, p)
	c.Balance += points
	return p
}

func spendable(lot crm.Lot, now time.Time) bool {
	return !lot.AvailableFrom.After(now) && lot.ValidUntil.After(now)
}

func (c *card) available(now time.Time) (sum int64) {
	for _, lot := range c.Lots {
		if spendable(lot, now) {
			sum += lot.Remaining
		}
	}
	return sum
}

// spend takes points that are available from the lots, earliest expiry first,
// and gives the parts of lots that were taken.
func (c *card) spend(points int64, now time.Time) (taken []crm.Lot) {
	for i := range c.Lots {
		part := min(points, c.Lots[i].Remaining)
		if part == 0 || !spendable(c.Lots[i], now) {
			continue
		}
		used := c.Lots[i]
		used.Remaining = part
		taken = append(taken, used)
		c.Lots[i].Remaining -= part
		points -= part
	}
	c.Lots = slices.DeleteFunc(c.Lots, func(lot crm.Lot) bool { return lot.Remaining == 0 })
	return taken
}
