package journalcrm

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// FindCards implements engine.Cards.
func (c *CRM) FindCards(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	return look(ctx, c, func(s *state) ([]crm.Match, error) {
		phoneID, emailID := s.Phones[by.Phone], s.Emails[by.Email]
		var found []crm.Match
		if phoneID != "" {
			found = append(found, s.match(phoneID, true, emailID == phoneID))
		}
		if emailID != "" && emailID != phoneID {
			found = append(found, s.match(emailID, false, true))
		}
		return found, nil
	})
}

func (s *state) match(id string, byPhone, byEmail bool) crm.Match {
	owner := s.Customers[id]
	return crm.Match{
		CustomerID: id, ByPhone: byPhone, ByEmail: byEmail, HasPhone: owner.Profile.Phone != "",
		BirthDate: owner.Profile.BirthDate, Cards: s.cardsOf(owner),
	}
}

// Card implements engine.Cards.
func (c *CRM) Card(ctx context.Context, number string) (crm.Card, error) {
	return look(ctx, c, func(s *state) (crm.Card, error) {
		card, err := s.card(number)
		if err != nil {
			return crm.Card{}, err
		}
		return card.Card, nil
	})
}

// Issue implements engine.Cards.
func (c *CRM) Issue(ctx context.Context, r engine.IssueRequest) (engine.Issued, error) {
	return change(ctx, c, "Issue", r, (*state).issue)
}

func (s *state) issue(r engine.IssueRequest) (engine.Issued, error) {
	owner, err := s.customerOf(r.Profile)
	if err != nil {
		return engine.Issued{}, err
	}
	if held, has := crm.PickCard(s.cardsOf(owner)); has {
		if held.State == crm.CardBlocked {
			return engine.Issued{}, crm.ErrCardBlocked
		}
		if _, changed := s.learn(owner, r.Profile); !changed {
			return engine.Issued{Card: held}, errUnchanged
		}
		return engine.Issued{Card: held}, nil
	}
	if r.Number.Number == "" {
		return engine.Issued{}, crm.ErrPoolEmpty
	}
	if s.Cards[r.Number.Number] != nil {
		return engine.Issued{}, crm.ErrNumberTaken
	}
	owner, _ = s.learn(owner, r.Profile)
	made := s.newCard(r.Number, r.Now)
	s.hand(made, owner, r)
	return engine.Issued{Card: made.Card, Created: true}, nil
}

// hand gives an issued card to its customer, and the welcome with the first.
func (s *state) hand(c *card, owner *customer, r engine.IssueRequest) {
	if s.give(c, owner) {
		s.credit(c, r.Welcome, r.Now)
	}
}

// IssueReserved implements engine.Cards.
func (c *CRM) IssueReserved(ctx context.Context, r engine.IssueRequest) (crm.Card, error) {
	return change(ctx, c, "IssueReserved", r, (*state).issueReserved)
}

func (s *state) issueReserved(r engine.IssueRequest) (crm.Card, error) {
	wanted, pooled := s.Cards[r.Number.Number], s.Pool[r.Number.Number]
	mark := r.Profile.Fingerprint()
	switch {
	case wanted == nil && pooled == nil:
		return crm.Card{}, crm.ErrNumberUnknown
	case wanted == nil:
	case wanted.IssuedTo == mark:
		return wanted.Card, errUnchanged
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
		wanted = s.newCard(pooled.CardNumber, r.Now)
	} else {
		wanted.claimed(r.Claims.Day)
	}
	wanted.IssuedTo = mark
	s.hand(wanted, owner, r)
	return wanted.Card, nil
}

// SetCardState implements engine.Cards.
func (c *CRM) SetCardState(ctx context.Context, r engine.StateChange) error {
	_, err := change(ctx, c, "SetCardState", r, (*state).setCardState)
	return err
}

func (s *state) setCardState(r engine.StateChange) (none struct{}, _ error) {
	card, err := s.card(r.CardNumber)
	if err != nil {
		return none, err
	}
	if card.State == r.State {
		return none, errUnchanged
	}
	card.State = r.State
	s.note(r.Now, r.Actor, "state "+string(r.State), r.CardNumber, r.Reason)
	return none, nil
}

type importRequest struct {
	Rows []engine.CardRecord
	Now  time.Time
}

// ImportCards implements engine.Cards.
func (c *CRM) ImportCards(ctx context.Context, rows []engine.CardRecord, now time.Time) ([]crm.RowError, error) {
	return change(ctx, c, "ImportCards", importRequest{rows, now}, (*state).importCards)
}

func (s *state) importCards(r importRequest) (refused []crm.RowError, _ error) {
	for i, row := range r.Rows {
		if err := s.importCard(row, r.Now); err != nil {
			refused = append(refused, crm.RowError{Index: i, Err: err})
		}
	}
	return refused, nil
}

func (s *state) importCard(row engine.CardRecord, now time.Time) error {
	owner, err := s.importHolder(row)
	if err != nil {
		return err
	}
	target := s.Cards[row.Number]
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
func (s *state) importHolder(row engine.CardRecord) (*customer, error) {
	owner, err := s.customerOf(row.Holder)
	if err != nil {
		return nil, err
	}
	target := s.Cards[row.Number]
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
	return s.Customers[target.CustomerID], nil
}
