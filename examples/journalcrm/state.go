package journalcrm

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/outbox"
)

// state is all that is remembered. Its fields are exported for JSON: a snapshot
// in the journal is the state itself.
type state struct {
	LastID    int64
	Customers map[string]*customer
	// Phones and Emails lead to the ID of the one customer who has them.
	Phones, Emails map[string]string
	// Welcomed are hashes of the phones that have had their first card; they
	// outlive an erasure, so that coming back does not pay.
	Welcomed map[string]bool
	Cards    map[string]*card
	Pool     map[string]*poolNumber
	// Movements are the postings of grants and takes by their keys.
	Movements map[string]crm.Posting
	Receipts  map[string]receipt
	Codes     map[string]*engine.PromoCode
	Offers    map[string]crm.Offer
	Audit     []engine.AuditLine
	// Replaced leads from a card to the number that took its place.
	Replaced map[string]string
	// Outbox is in the order in which its deliveries were ordered.
	Outbox []*outbox.Delivery
	Orders map[string]*order
}

type customer struct {
	ID       string
	Profile  crm.Profile
	Cards    []string
	Consents []engine.Consent
	Code     engine.CodeRecord
}

type card struct {
	crm.Card
	// IssuedTo is the fingerprint of the profile for which IssueReserved made it.
	IssuedTo string
	Postings []crm.Posting
	// Lots are in the order of their expiry; one that is empty is removed.
	Lots      []crm.Lot
	Codes     map[string]int64 // points by the promo code that gave them
	Purchases map[string]crm.Purchase
	// ShownFrom and Hidden are the purchases that were somebody else's before the
	// holder claimed the card: those of an earlier day, and those that were stored.
	ShownFrom crm.Date
	Hidden    map[string]bool
	Segments  []string
}

// claimed hides what was bought before a card got its holder.
func (c *card) claimed(day crm.Date) {
	c.ShownFrom, c.Hidden = day, map[string]bool{}
	for ref := range c.Purchases {
		c.Hidden[ref] = true
	}
}

func newState() *state {
	return &state{
		Customers: map[string]*customer{}, Phones: map[string]string{}, Emails: map[string]string{},
		Welcomed: map[string]bool{}, Cards: map[string]*card{}, Pool: map[string]*poolNumber{},
		Movements: map[string]crm.Posting{}, Receipts: map[string]receipt{},
		Codes: map[string]*engine.PromoCode{}, Offers: map[string]crm.Offer{}, Replaced: map[string]string{},
		Orders: map[string]*order{},
	}
}

// nextID counts; the zeros make IDs grow as texts too.
func (s *state) nextID() string {
	s.LastID++
	return fmt.Sprintf("%016d", s.LastID)
}

// card finds a card or fails with ErrCardNotFound.
func (s *state) card(number string) (*card, error) {
	if c := s.Cards[number]; c != nil {
		return c, nil
	}
	return nil, crm.ErrCardNotFound
}

// newCard turns a number into a card without a holder.
func (s *state) newCard(number crm.CardNumber, issued time.Time) *card {
	delete(s.Pool, number.Number)
	c := &card{
		Card:  crm.Card{CardNumber: number, State: crm.CardActive, IssuedAt: issued},
		Codes: map[string]int64{}, Purchases: map[string]crm.Purchase{},
	}
	s.Cards[number.Number] = c
	return c
}

// customerOf finds the customer of a phone or an email, nil when there is none.
// The empty text is in neither map, so it matches nobody.
func (s *state) customerOf(p crm.Profile) (*customer, error) {
	byPhone, byEmail := s.Phones[p.Phone], s.Emails[p.Email]
	if byPhone != "" && byEmail != "" && byPhone != byEmail {
		return nil, crm.ErrAmbiguous
	}
	return s.Customers[cmp.Or(byPhone, byEmail)], nil
}

// cardsOf gives all cards of a customer, who may be nil.
func (s *state) cardsOf(owner *customer) (cards []crm.Card) {
	if owner != nil {
		for _, number := range owner.Cards {
			cards = append(cards, s.Cards[number].Card)
		}
	}
	return cards
}

// learn stores what a profile says of a customer whom it found, and makes the
// customer when that is nil. It reports whether anything is new. Who was found
// by email keeps the stored phone: the profile proves only its own.
func (s *state) learn(owner *customer, p crm.Profile) (_ *customer, changed bool) {
	if owner == nil {
		owner = &customer{ID: s.nextID()}
		s.Customers[owner.ID] = owner
	}
	if owner.Profile.Phone != "" {
		p.Phone = ""
	}
	return owner, s.store(owner, p)
}

// store keeps the fields that are given and leaves the others.
func (s *state) store(owner *customer, given crm.Profile) (changed bool) {
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

func (s *state) replaceProfile(owner *customer, p crm.Profile) {
	delete(s.Phones, owner.Profile.Phone)
	delete(s.Emails, owner.Profile.Email)
	owner.Profile = p
	if p.Phone != "" {
		s.Phones[p.Phone] = owner.ID
	}
	if p.Email != "" {
		s.Emails[p.Email] = owner.ID
	}
}

// give makes the customer the holder of a card and reports whether it is the
// first one of their phone.
func (s *state) give(c *card, to *customer) (first bool) {
	c.CustomerID = to.ID
	to.Cards = append(to.Cards, c.Number)
	if to.Profile.Phone == "" {
		return false
	}
	sum := sha256.Sum256([]byte(to.Profile.Phone))
	mark := hex.EncodeToString(sum[:])
	first = !s.Welcomed[mark]
	s.Welcomed[mark] = true
	return first
}

func (s *state) note(at time.Time, actor, action, subject, detail string) {
	s.Audit = append(s.Audit, engine.AuditLine{At: at, Actor: actor, Action: action, Subject: subject, Detail: detail})
}

// sorted gives the keys of a map in their order, beginning after one. A replay
// must walk through a map as the first call did.
func sorted[K ~string, V any](m map[K]V, after K) []K {
	keys := slices.Sorted(maps.Keys(m))
	begin, found := slices.BinarySearch(keys, after)
	if found {
		begin++
	}
	return keys[begin:]
}
