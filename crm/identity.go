package crm

// Identity is what a customer is looked for by; at least one is set.
type Identity struct {
	Phone string
	Email string
}

// Match is a customer who was found, with all cards.
type Match struct {
	CustomerID string
	// ByPhone and ByEmail tell which part of the identity matched.
	ByPhone, ByEmail bool
	// HasPhone tells whether the customer has a phone, matched or not.
	HasPhone  bool
	BirthDate Date
	Cards     []Card
}
