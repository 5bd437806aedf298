package engine

import (
	"context"

	"koshelek-adapter/crm"
)

// Customers finds customers by the ID that a [Store] has given them.
type Customers interface {
	// Customer gives a customer with the profile and all cards.
	// ErrCustomerNotFound, also for one whose data was erased.
	Customer(ctx context.Context, id string) (Customer, error)
}

// Customer is a person with everything that is known and all cards.
type Customer struct {
	ID      string
	Profile crm.Profile
	Cards   []crm.Card
}
