package crm

import "context"

// Customers finds customers by the ID that a [Backend] has given them.
type Customers interface {
	// Customer gives a customer with the profile and all cards.
	// ErrCustomerNotFound, also for one whose data was erased.
	Customer(ctx context.Context, id string) (Customer, error)
}

// Customer is a person with everything that is known and all cards.
type Customer struct {
	ID      string
	Profile Profile
	Cards   []Card
}
