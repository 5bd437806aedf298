package engine

import (
	"cmp"
	"context"
	"errors"

	"koshelek-adapter/crm"
)

// Account implements [crm.SignIn].
func (s *Engine) Account(ctx context.Context, who crm.Identifier) (crm.Account, error) {
	account, err := s.resolve(ctx, who)
	if err != nil {
		return crm.Account{}, err
	}
	now := s.now()
	statement, err := s.backend.Statement(ctx, account.Card.Number, now)
	if err != nil {
		return crm.Account{}, err
	}
	account.Card = statement.Card
	for _, lot := range statement.Lots {
		if !lot.AvailableFrom.After(now) {
			account.Available += lot.Remaining
		}
	}
	return account, nil
}

// resolve finds whom an identifier means: somebody with a card that is not
// blocked. ErrCustomerNotFound.
func (s *Engine) resolve(ctx context.Context, who crm.Identifier) (crm.Account, error) {
	account, err := s.lookUp(ctx, who)
	if errors.Is(err, crm.ErrCardNotFound) || err == nil && (account.CustomerID == "" || account.Card.State == crm.CardBlocked) {
		return crm.Account{}, crm.ErrCustomerNotFound
	}
	account.Identifier = who
	return account, err
}

func (s *Engine) lookUp(ctx context.Context, who crm.Identifier) (crm.Account, error) {
	switch who.By {
	case crm.ByCard:
		return s.byCard(ctx, who.ID)
	case crm.ByPhone:
		return s.byPhone(ctx, who.ID)
	}
	customer, err := s.backend.Customer(ctx, who.ID)
	if err != nil {
		return crm.Account{}, err
	}
	return accountOf(customer.ID, customer.Profile.Phone, customer.Cards)
}

func (s *Engine) byCard(ctx context.Context, number string) (crm.Account, error) {
	card, err := s.backend.Card(ctx, number)
	if err != nil {
		return crm.Account{}, err
	}
	holder, err := s.backend.Holder(ctx, number)
	return crm.Account{CustomerID: card.CustomerID, Phone: holder.Phone, Card: card}, err
}

func (s *Engine) byPhone(ctx context.Context, phone string) (crm.Account, error) {
	matches, err := s.backend.FindCards(ctx, crm.Identity{Phone: phone})
	if err != nil || len(matches) == 0 {
		return crm.Account{}, cmp.Or(err, error(crm.ErrCustomerNotFound))
	}
	return accountOf(matches[0].CustomerID, phone, matches[0].Cards)
}

func accountOf(customer, phone string, cards []crm.Card) (crm.Account, error) {
	card, found := crm.PickCard(cards)
	if !found {
		return crm.Account{}, crm.ErrCustomerNotFound
	}
	return crm.Account{CustomerID: customer, Phone: phone, Card: card}, nil
}
