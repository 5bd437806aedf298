package crm

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// IdentifiedBy is what a customer is known by to a rewards vendor.
type IdentifiedBy string

// What a vendor may name a customer by.
const (
	ByCard     IdentifiedBy = "card"     // the number of a card
	ByPhone    IdentifiedBy = "phone"    // the registered phone
	ByCustomer IdentifiedBy = "customer" // the ID that the programme gave
)

// maxCustomerIDBytes limits a customer's ID.
const maxCustomerIDBytes = 26

// Identifier is how a customer was named, written in one way.
type Identifier struct {
	By IdentifiedBy
	ID string
}

// ParseIdentifier reads what a person typed: spaces do not matter, and a phone
// may be written in any way usual in the country. What cannot be an identifier is nobody's:
// ErrCustomerNotFound.
func ParseIdentifier(by IdentifiedBy, text string, country Country) (Identifier, error) {
	text = strings.ReplaceAll(text, " ", "")
	var err error
	switch by {
	case ByCard:
		text, err = ParseCardNumber(text)
	case ByPhone:
		text, err = country.Phone(text)
	case ByCustomer:
		err = CheckKey("customer", text, maxCustomerIDBytes)
	default:
		return Identifier{}, Fail(ErrInternal, "customers are identified by nothing that is known")
	}
	if err != nil {
		return Identifier{}, ErrCustomerNotFound
	}
	return Identifier{By: by, ID: text}, nil
}

// Fingerprint stands for the identifier where no personal data may be.
func (i Identifier) Fingerprint() string {
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
