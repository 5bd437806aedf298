package crmtest

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"koshelek-adapter/crm"
)

// spy passes calls on and remembers which cards, people and codes they name, so
// that a check can compare everything that can be read before and after.
type spy struct {
	crm.Backend

	mu     sync.Mutex
	cards  map[string]bool
	people map[crm.Identity]bool
	codes  map[string]bool
	orders map[string]bool
}

func newSpy(backend crm.Backend) *spy {
	return &spy{
		Backend: backend,
		cards:   map[string]bool{}, people: map[crm.Identity]bool{}, codes: map[string]bool{}, orders: map[string]bool{},
	}
}

func (s *spy) seen(number string, profile crm.Profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if number != "" {
		s.cards[number] = true
	}
	if profile.Phone != "" {
		s.people[crm.Identity{Phone: profile.Phone}] = true
	}
	if profile.Email != "" {
		s.people[crm.Identity{Email: profile.Email}] = true
	}
}

func (s *spy) seenCode(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[code] = true
}

// known gives what was named so far, in a stable order.
func (s *spy) known() (cards []string, people []crm.Identity, codes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for card := range s.cards {
		cards = append(cards, card)
	}
	for who := range s.people {
		people = append(people, who)
	}
	for code := range s.codes {
		codes = append(codes, code)
	}
	slices.Sort(cards)
	slices.Sort(codes)
	slices.SortFunc(people, func(a, b crm.Identity) int {
		return slices.Compare([]string{a.Phone, a.Email}, []string{b.Phone, b.Email})
	})
	return cards, people, codes
}

func (s *spy) seenOrder(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders[id] = true
}

// knownOrders gives the orders that were named so far, in a stable order.
func (s *spy) knownOrders() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.orders))
}

func (s *spy) RedeemOrder(ctx context.Context, r crm.OrderRedemption) (crm.Redeemed, error) {
	s.seenOrder(r.OrderID)
	return s.Backend.RedeemOrder(ctx, r)
}

func (s *spy) ReverseOrder(ctx context.Context, r crm.OrderReversal) (crm.Order, error) {
	s.seenOrder(r.OrderID)
	return s.Backend.ReverseOrder(ctx, r)
}

func (s *spy) Issue(ctx context.Context, r crm.IssueRequest) (crm.Issued, error) {
	s.seen(r.Number.Number, r.Profile)
	return s.Backend.Issue(ctx, r)
}

func (s *spy) IssueReserved(ctx context.Context, r crm.IssueRequest) (crm.Card, error) {
	s.seen(r.Number.Number, r.Profile)
	return s.Backend.IssueReserved(ctx, r)
}

func (s *spy) ImportCards(ctx context.Context, rows []crm.CardRecord, now time.Time) ([]crm.Refusal, error) {
	for _, row := range rows {
		s.seen(row.Number, row.Holder)
	}
	return s.Backend.ImportCards(ctx, rows, now)
}

func (s *spy) ReplaceCard(ctx context.Context, r crm.Replacement) (crm.Card, error) {
	s.seen(r.New.Number, crm.Profile{})
	return s.Backend.ReplaceCard(ctx, r)
}

func (s *spy) AddNumbers(ctx context.Context, r crm.PoolRequest) ([]crm.CardNumber, error) {
	for _, number := range r.Numbers {
		s.seen(number.Number, crm.Profile{})
	}
	return s.Backend.AddNumbers(ctx, r)
}

func (s *spy) Card(ctx context.Context, number string) (crm.Card, error) {
	s.seen(number, crm.Profile{})
	return s.Backend.Card(ctx, number)
}

func (s *spy) UpdateProfile(ctx context.Context, r crm.ProfileUpdate) error {
	s.seen(r.CardNumber, r.Profile)
	return s.Backend.UpdateProfile(ctx, r)
}

func (s *spy) RedeemCode(ctx context.Context, r crm.CodeSubmission) (crm.Submitted, error) {
	s.seenCode(r.Code)
	return s.Backend.RedeemCode(ctx, r)
}

func (s *spy) PutCodes(ctx context.Context, codes []crm.PromoCode) error {
	for _, code := range codes {
		s.seenCode(code.Code)
	}
	return s.Backend.PutCodes(ctx, codes)
}
