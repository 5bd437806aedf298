package sqldb_test

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Issue implements engine.Store.
func (s *model) Issue(_ context.Context, r engine.IssueRequest) (engine.Issued, error) {
	owner, err := s.customerOf(r.Profile)
	if err != nil {
		return engine.Issued{}, err
	}
	if held, has := crm.PickCard(s.cardsOf(owner)); has {
		if held.State == crm.CardBlocked {
			return engine.Issued{}, crm.ErrCardBlocked
		}
		s.learn(owner, r.Profile)
		return engine.Issued{Card: held}, nil
	}
	if r.Number.Number == "" {
		return engine.Issued{}, crm.ErrPoolEmpty
	}
	if s.cards[r.Number.Number] != nil {
		return engine.Issued{}, crm.ErrNumberTaken
	}
	owner, _ = s.learn(owner, r.Profile)
	made := s.newCard(r.Number, r.Now)
	s.give(made, owner)
	return engine.Issued{Card: made.Card, Created: true}, nil
}

// IssueReserved implements engine.Store.
func (s *model) IssueReserved(_ context.Context, r engine.IssueRequest) (crm.Card, error) {
	wanted, pooled := s.cards[r.Number.Number], s.pool[r.Number.Number]
	mark := r.Profile.Fingerprint()
	switch {
	case wanted == nil && pooled == crm.CardNumber{}:
		return crm.Card{}, crm.ErrNumberUnknown
	case wanted == nil:
	case wanted.IssuedTo == mark:
		return wanted.Card, nil
	case wanted.CustomerID != "":
		return crm.Card{}, crm.ErrNumberTaken
	case wanted.State == crm.CardBlocked:
		return crm.Card{}, crm.ErrCardBlocked
	}
	owner, err := s.customerOf(r.Profile)
	if err != nil {
		return crm.Card{}, err
	}
	if held, has := crm.PickCard(s.cardsOf(owner)); has && held.State == crm.CardBlocked {
		return crm.Card{}, crm.ErrCardBlocked
	}
	owner, _ = s.learn(owner, r.Profile)
	if wanted == nil {
		wanted = s.newCard(pooled, r.Now)
	}
	wanted.IssuedTo = mark
	s.give(wanted, owner)
	return wanted.Card, nil
}

// SetCardState implements engine.Store.
func (s *model) SetCardState(_ context.Context, r engine.StateChange) error {
	card, err := s.card(r.CardNumber)
	if err != nil {
		return err
	}
	card.State = r.State
	return nil
}

// ImportCards implements engine.Store.
func (s *model) ImportCards(_ context.Context, rows []engine.CardRecord, now time.Time) (refused []crm.RowError, _ error) {
	for i, row := range rows {
		if err := s.importCard(row, now); err != nil {
			refused = append(refused, crm.RowError{Index: i, Err: err})
		}
	}
	return refused, nil
}

func (s *model) importCard(row engine.CardRecord, now time.Time) error {
	owner, err := s.importHolder(row)
	if err != nil {
		return err
	}
	target := s.cards[row.Number]
	if target == nil {
		target = s.newCard(row.CardNumber, row.IssuedAt)
		s.credit(target, crm.Accrual{
			Points: row.Balance, Kind: crm.PostingGrant, AvailableFrom: now, ValidUntil: crm.Forever,
		}, now)
	}
	target.CardNumber, target.State = row.CardNumber, row.State
	switch {
	case row.Holder == crm.Profile{}:
	case target.CustomerID == "":
		owner, _ = s.learn(owner, row.Holder)
		s.give(target, owner)
	default: // the CRM knows its customer, a new phone too
		s.store(owner, row.Holder)
	}
	return nil
}

// importHolder finds the customer of a row, nil for a new one, or tells why the
// row is refused.
func (s *model) importHolder(row engine.CardRecord) (*customer, error) {
	owner, err := s.customerOf(row.Holder)
	if err != nil {
		return nil, err
	}
	target := s.cards[row.Number]
	switch {
	case row.Holder == crm.Profile{}:
		return nil, nil
	case target == nil || target.CustomerID == "":
		if !row.Holder.HasIdentity() {
			return nil, crm.ErrNoIdentity
		}
		return owner, nil
	case owner != nil && owner.ID != target.CustomerID:
		return nil, crm.ErrNumberTaken
	}
	return s.customers[target.CustomerID], nil
}

// AddNumbers implements engine.Store; TestModel hands them over for good.
func (s *model) AddNumbers(_ context.Context, r engine.PoolRequest) (added []crm.CardNumber, _ error) {
	for _, number := range r.Numbers {
		if _, known := s.pool[number.Number]; !known && s.cards[number.Number] == nil {
			s.pool[number.Number] = number
			added = append(added, number)
		}
	}
	return added, nil
}
