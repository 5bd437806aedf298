package crm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
)

// IdentifiedBy is what a customer is known by to a rewards vendor.
type IdentifiedBy string

// What a vendor may name a customer by.
const (
	ByCard     IdentifiedBy = "card"     // the number of a card
	ByPhone    IdentifiedBy = "phone"    // the registered phone
	ByCustomer IdentifiedBy = "customer" // the ID that the Backend gave
)

// maxCustomerIDBytes limits a customer's ID.
const maxCustomerIDBytes = 26

// Identifier is how a customer was named, written in one way.
type Identifier struct {
	By IdentifiedBy
	ID string
}

// ParseIdentifier reads what a person typed: spaces do not matter, and a phone
// may be written in any usual way. What cannot be an identifier is nobody's:
// ErrCustomerNotFound.
func ParseIdentifier(by IdentifiedBy, text string) (Identifier, error) {
	text = strings.ReplaceAll(text, " ", "")
	var err error
	switch by {
	case ByCard:
		text, err = ParseCardNumber(text)
	case ByPhone:
		text, err = NormalizePhone(text)
	case ByCustomer:
		err = identifier("customer", text, maxCustomerIDBytes)
	default:
		return Identifier{}, Fail(ErrInternal, "customers are identified by nothing that is known")
	}
	if err != nil {
		return Identifier{}, ErrCustomerNotFound
	}
	return Identifier{By: by, ID: text}, nil
}

// print stands for the identifier where no personal data may be.
func (i Identifier) print() string {
	sum := sha256.Sum256([]byte(string(i.By) + ":" + i.ID))
	return hex.EncodeToString(sum[:])
}

// Account is a customer as a rewards vendor sees one.
type Account struct {
	Identifier Identifier
	CustomerID string
	// Phone is personal data: only a part of it may be shown.
	Phone string
	// Card is the one that earns and pays: the one that was named, or the one
	// that PickCard picks.
	Card Card
	// Available can be spent now, in points; pending points do not count.
	Available int64
}

// Account gives a customer's points. An inactive card is shown, a blocked one
// is not. Errors: ErrCustomerNotFound.
func (s *Service) Account(ctx context.Context, who Identifier) (Account, error) {
	account, err := s.resolve(ctx, who)
	if err != nil {
		return Account{}, err
	}
	now := s.now()
	statement, err := s.backend.Statement(ctx, account.Card.Number, now)
	if err != nil {
		return Account{}, err
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
func (s *Service) resolve(ctx context.Context, who Identifier) (Account, error) {
	account, err := s.lookUp(ctx, who)
	if errors.Is(err, ErrCardNotFound) || err == nil && (account.CustomerID == "" || account.Card.State == CardBlocked) {
		return Account{}, ErrCustomerNotFound
	}
	account.Identifier = who
	return account, err
}

func (s *Service) lookUp(ctx context.Context, who Identifier) (Account, error) {
	switch who.By {
	case ByCard:
		return s.byCard(ctx, who.ID)
	case ByPhone:
		return s.byPhone(ctx, who.ID)
	}
	customer, err := s.backend.Customer(ctx, who.ID)
	if err != nil {
		return Account{}, err
	}
	return accountOf(customer.ID, customer.Profile.Phone, customer.Cards)
}

func (s *Service) byCard(ctx context.Context, number string) (Account, error) {
	card, err := s.backend.Card(ctx, number)
	if err != nil {
		return Account{}, err
	}
	holder, err := s.backend.Holder(ctx, number)
	return Account{CustomerID: card.CustomerID, Phone: holder.Phone, Card: card}, err
}

func (s *Service) byPhone(ctx context.Context, phone string) (Account, error) {
	matches, err := s.backend.FindCards(ctx, Identity{Phone: phone})
	if err != nil || len(matches) == 0 {
		return Account{}, cmp.Or(err, error(ErrCustomerNotFound))
	}
	return accountOf(matches[0].CustomerID, phone, matches[0].Cards)
}

func accountOf(customer, phone string, cards []Card) (Account, error) {
	card, found := PickCard(cards)
	if !found {
		return Account{}, ErrCustomerNotFound
	}
	return Account{CustomerID: customer, Phone: phone, Card: card}, nil
}
