package journalcrm

import (
	"context"
	"time"

	"koshelek-adapter/crm"
)

// FindCards implements crm.Cards.
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
		CustomerID: id, ByPhone: byPhone, ByEmail: byEmail,
		BirthDate: owner.Profile.BirthDate, Cards: s.cardsOf(owner),
	}
}

// Card implements crm.Cards.
func (c *CRM) Card(ctx context.Context, number string) (crm.Card, error) {
	return look(ctx, c, func(s *state) (crm.Card, error) {
		card, err := s.card(number)
		if err != nil {
			return crm.Card{}, err
		}
		return card.Card, nil
	})
}

// Issue implements crm.Cards.
func (c *CRM) Issue(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
	return change(ctx, c, "Issue", r, (*state).issue)
}

func (s *state) issue(r crm.IssueRequest) (crm.Issued, error) {
	owner, err := s.customerOf(r.Profile)
	if err != nil {
		return crm.Issued{}, err
	}
	if held, has := crm.PickCard(s.cardsOf(owner)); has {
		if held.State == crm.CardBlocked {
			return crm.Issued{}, crm.ErrCardBlocked
		}
		if _, changed := s.learn(owner, r.Profile); !changed {
			return crm.Issued{Card: held}, errUnchanged
		}
		return crm.Issued{Card: held}, nil
	}
	if r.Number.Number == "" {
		return crm.Issued{}, crm.ErrPoolEmpty
	}
	if s.Cards[r.Number.Number] != nil {
		return crm.Issued{}, crm.ErrNumberTaken
	}
	owner, _ = s.learn(owner, r.Profile)
	made := s.newCard(r.Number, r.Now)
	s.hand(made, owner, r)
	return crm.Issued{Card: made.Card, Created: true}, nil
}

// hand gives an issued card to its customer, and the welcome with the first.
func (s *state) hand(c *card, owner *customer, r crm.IssueRequest) {
	if s.give(c, owner) {
		s.credit(c, r.Welcome, r.Now)
	}
}

// IssueReserved implements crm.Cards.
func (c *CRM) IssueReserved(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
	return change(ctx, c, "IssueReserved", r, (*state).issueReserved)
}

func (s *state) issueReserved(r crm.IssueRequest) (crm.Card, error) {
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
	}
	wanted.IssuedTo = mark
	s.hand(wanted, owner, r)
	return wanted.Card, nil
}

// SetCardState implements crm.Cards.
func (c *CRM) SetCardState(ctx context.Context, r crm.StateChange) error {
	_, err := change(ctx, c, "SetCardState", r, (*state).setCardState)
	return err
}

func (s *state) setCardState(r crm.StateChange) (none struct{}, _ error) {
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
	Rows []crm.CardRecord
	Now  time.Time
}

// ImportCards implements crm.Cards.
func (c *CRM) ImportCards(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
	return change(ctx, c, "ImportCards", importRequest{rows, now}, (*state).importCards)
}

func (s *state) importCards(r importRequest) (refused []crm.Refusal, _ error) {
	for i, row := range r.Rows {
		if err := s.importCard(row, r.Now); err != nil {
			refused = append(refused, crm.Refusal{Index: i, Err: err})
		}
	}
	return refused, nil
}

func (s *state) importCard(row crm.CardRecord, now time.Time) error {
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
func (s *state) importHolder(row crm.CardRecord) (*customer, error) {
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
