package faultyhost

import (
	"fmt"
	"time"
)

// Data is what a host knows from the start. The zero value is an empty programme.
type Data struct {
	// Customers come oldest first, and so do their cards. A customer without
	// phone and email stands for plastic cards that nobody has registered.
	Customers []Customer
	Codes     []Code
	Offers    []Offer
	// Pool are the numbers that were handed to Koshelek beforehand.
	Pool []string
}

// Customer is a person with cards.
type Customer struct {
	// Phone is digits with the country code, Email lower case.
	Phone, Email                   string
	Surname, Firstname, Patronymic string
	// BirthDate is YYYY-MM-DD.
	BirthDate string
	Cards     []Card
}

// Card is a card and what is on it.
type Card struct {
	Number string
	// State is active, inactive or blocked; "" is active.
	State     string
	Lots      []Lot
	Purchases []Purchase
}

// Lot is a portion of points with an expiry of its own.
type Lot struct {
	Description string
	Points      int64
	// ValidUntil is the last day, YYYY-MM-DD, "" for ever.
	ValidUntil string
	// Pending points count but cannot be spent yet.
	Pending bool
}

// Purchase is one line of a receipt.
type Purchase struct {
	// Date is YYYY-MM-DD.
	Date, Item string
	// Kopecks is the price of the line, Thousandths the quantity, Points what
	// it earned.
	Kopecks, Thousandths int64
	Location             string
	Points               int64
}

// Code is a promo code.
type Code struct {
	Code   string
	Points int64
	// Limit is how many cards may use it together, 0 for no limit.
	Limit int
	// From and Until are the first moment of its time and the first after it;
	// zero for open ends.
	From, Until time.Time
}

// Offer is a campaign, for one card or, without one, for all.
type Offer struct {
	Card                  string
	ID, Name, Description string
	// StartDate and EndDate are days, both included, "" for open ends.
	StartDate, EndDate string
	Image, Discount    string
}

// Add makes data known to a host, beside what it knows. The error tells of data
// that contradicts itself.
func (h *Host) Add(d Data) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := &h.books
	b.open(h.style.FirstNumber)
	for _, number := range d.Pool {
		b.numbers[number] = time.Time{}
	}
	for _, code := range d.Codes {
		b.codes[code.Code] = &promoCode{Code: code, used: map[string]bool{}}
	}
	b.offers = append(b.offers, d.Offers...)
	for _, known := range d.Customers {
		if err := b.seedCustomer(known); err != nil {
			return err
		}
	}
	return nil
}

func (b *books) seedCustomer(known Customer) error {
	holder := b.register(profile{
		"phone": known.Phone, "email": known.Email, "surname": known.Surname, "firstname": known.Firstname,
		"patronymic": known.Patronymic, "birthDate": known.BirthDate,
	})
	holder.seeded = true
	for _, c := range known.Cards {
		if _, taken := b.cards[c.Number]; taken || c.Number == "" {
			return fmt.Errorf("faultyhost: card %q is twice in the data or has no number", c.Number)
		}
		made := b.attach(c.Number, holder)
		if c.State != "" {
			made.state = c.State
		}
		made.lots, made.lines = c.Lots, c.Purchases
	}
	return nil
}
