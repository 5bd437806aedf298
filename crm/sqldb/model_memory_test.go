package sqldb_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// model is a store in plain maps, as far as TestModel calls it: one call at a time,
// nothing kept for later, no audit log.
type model struct {
	engine.Store // what TestModel does not call
	lastID       int64
	customers    map[string]*customer
	// phones and emails lead to the ID of the one customer who has them.
	phones, emails map[string]string
	cards          map[string]*card
	pool           map[string]crm.CardNumber
	// booked are the postings of credits and debits by their keys.
	booked   map[string]crm.Posting
	receipts map[string]receipt
	codes    map[string]*engine.PromoCode
	offers   map[string]crm.Offer
	// replaced leads from a card to the number that took its place.
	replaced map[string]string
	// outbox is in the order in which its deliveries were ordered.
	outbox []*outbox.Delivery
	orders map[string]*order
}

type customer struct {
	ID       string
	Profile  crm.Profile
	Cards    []string
	Consents []engine.Consent
}

type card struct {
	crm.Card
	// IssuedTo is the fingerprint of the profile for which IssueReserved made it.
	IssuedTo string
	Postings []crm.Posting
	// Lots are in the order of their expiry; one that is empty is removed.
	Lots  []crm.Lot
	Codes map[string]int64 // points by the promo code that gave them
}

func newModel() *model {
	return &model{
		customers: map[string]*customer{}, phones: map[string]string{}, emails: map[string]string{},
		cards: map[string]*card{}, pool: map[string]crm.CardNumber{}, booked: map[string]crm.Posting{}, receipts: map[string]receipt{},
		codes: map[string]*engine.PromoCode{}, offers: map[string]crm.Offer{}, replaced: map[string]string{}, orders: map[string]*order{},
	}
}

// nextID counts; the zeros make IDs grow as texts too.
func (s *model) nextID() string {
	s.lastID++
	return fmt.Sprintf("%016d", s.lastID)
}

// card finds a card or fails with ErrCardNotFound.
func (s *model) card(number string) (*card, error) {
	if c := s.cards[number]; c != nil {
		return c, nil
	}
	return nil, crm.ErrCardNotFound
}

// newCard turns a number into a card without a holder.
func (s *model) newCard(number crm.CardNumber, issued time.Time) *card {
	delete(s.pool, number.Number)
	c := &card{
		Card: crm.Card{CardNumber: number, State: crm.CardActive, IssuedAt: issued}, Codes: map[string]int64{},
	}
	s.cards[number.Number] = c
	return c
}

// customerOf finds the customer of a phone or an email, nil when there is none.
// The empty text is in neither map, so it matches nobody.
func (s *model) customerOf(p crm.Profile) (*customer, error) {
	byPhone, byEmail := s.phones[p.Phone], s.emails[p.Email]
	if byPhone != "" && byEmail != "" && byPhone != byEmail {
		return nil, crm.ErrAmbiguous
	}
	return s.customers[cmp.Or(byPhone, byEmail)], nil
}

// cardsOf gives all cards of a customer, who may be nil.
func (s *model) cardsOf(owner *customer) (cards []crm.Card) {
	if owner != nil {
		for _, number := range owner.Cards {
			cards = append(cards, s.cards[number].Card)
		}
	}
	return cards
}

// learn stores what a profile says of a customer whom it found, and makes the
// customer when that is nil. It reports whether anything is new. Who was found
// by email keeps the stored phone: the profile proves only its own.
func (s *model) learn(owner *customer, p crm.Profile) (_ *customer, changed bool) {
	if owner == nil {
		owner = &customer{ID: s.nextID()}
		s.customers[owner.ID] = owner
	}
	if owner.Profile.Phone != "" {
		p.Phone = ""
	}
	return owner, s.store(owner, p)
}

// store keeps the fields that are given and leaves the others.
func (s *model) store(owner *customer, given crm.Profile) (changed bool) {
	before := owner.Profile
	after := crm.Profile{
		Phone: cmp.Or(given.Phone, before.Phone), Email: cmp.Or(given.Email, before.Email),
		Surname: cmp.Or(given.Surname, before.Surname), FirstName: cmp.Or(given.FirstName, before.FirstName),
		Patronymic: cmp.Or(given.Patronymic, before.Patronymic), Sex: cmp.Or(given.Sex, before.Sex),
		BirthDate: cmp.Or(given.BirthDate, before.BirthDate), CountryCode: cmp.Or(given.CountryCode, before.CountryCode),
		Locality: cmp.Or(given.Locality, before.Locality),
	}
	s.replaceProfile(owner, after)
	return after != before
}

func (s *model) replaceProfile(owner *customer, p crm.Profile) {
	delete(s.phones, owner.Profile.Phone)
	delete(s.emails, owner.Profile.Email)
	owner.Profile = p
	if p.Phone != "" {
		s.phones[p.Phone] = owner.ID
	}
	if p.Email != "" {
		s.emails[p.Email] = owner.ID
	}
}

// give makes the customer the holder of a card.
func (s *model) give(c *card, to *customer) {
	c.CustomerID = to.ID
	to.Cards = append(to.Cards, c.Number)
}

// sorted gives the keys of a map in their order.
func sorted[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
