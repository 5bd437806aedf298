package connecttest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/crm"
)

// Fault is what happens to one call of a CRM.
type Fault int

// The faults.
const (
	// Fine: the call is answered.
	Fine Fault = iota
	// Refused: the connection is refused, nothing is done.
	Refused
	// CutBefore: the connection is cut before the CRM has committed, which it never
	// does; the caller cannot know.
	CutBefore
	// CutAfter: the connection is cut after the commit; the caller cannot know.
	CutAfter
	// Hang: nothing comes until the caller gives up; nothing is done.
	Hang
)

// Memory is a CRM in memory that offers everything and keeps all its promises. Faults
// can be set while it is used. Lag is how many searches do not see a new customer yet.
type Memory struct {
	mu        sync.Mutex
	about     crm.About
	fault     func(operation string) Fault
	lag       int
	hidden    map[string]int
	customers []*account
	keys      map[string]done
	codes     map[string]int64
	purchases map[string][]crm.Purchase
	offers    []crm.Offer
	bookings  int
	calls     map[string]int
}

// account is a customer with cards.
type account struct {
	id      string
	profile crm.Profile
	wanted  map[crm.Channel]bool
	cards   []crm.Member
	balance int64
}

type done struct {
	content string
	applied crm.Applied
	member  crm.Member
	err     error
}

// NewMemory makes an empty CRM.
func NewMemory() *Memory {
	m := &Memory{
		keys: map[string]done{}, codes: map[string]int64{}, purchases: map[string][]crm.Purchase{}, hidden: map[string]int{}, calls: map[string]int{},
		about: crm.About{Name: "memory", Offers: []string{
			crm.OffersBalance, crm.OffersChannels, crm.OffersPurchases, crm.OffersOffers, crm.OffersMembers,
			crm.OffersReceipt, crm.OffersCode, crm.OffersPoints, crm.OffersLookup, crm.OffersErase,
		}},
	}
	m.Promise(crm.GuaranteeKeyed)
	return m
}

// Promise sets the guarantee of every write.
func (m *Memory) Promise(g crm.Guarantee) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.about.Writes = map[crm.Write]crm.Guarantee{}
	for _, w := range []crm.Write{crm.WriteEnroll, crm.WriteUpdate, crm.WriteChannels, crm.WriteReceipt, crm.WriteCode, crm.WritePoints} {
		m.about.Writes[w] = g
	}
}

// Offer sets what is offered besides.
func (m *Memory) Offer(names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.about.Offers = names
}

// Fail sets what happens to the calls from now on; nil for nothing. It is asked with
// the name of the operation and must be safe for concurrent use.
func (m *Memory) Fail(fault func(operation string) Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// Cut has the next call lose its connection, before or after the commit.
func (m *Memory) Cut(after bool) {
	meets := CutBefore
	if after {
		meets = CutAfter
	}
	var once sync.Once
	m.Fail(func(string) Fault {
		fault := Fine
		once.Do(func() { fault = meets })
		return fault
	})
}

// Lag hides each new customer from a number of searches.
func (m *Memory) Lag(searches int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lag = searches
}

// Calls tells how often an operation reached the CRM.
func (m *Memory) Calls(operation string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[operation]
}

// Put stores a customer with a card as the shop's own tills do.
func (m *Memory) Put(profile crm.Profile, number string, state crm.CardState, balance int64) crm.Ref {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.by(func(a *account) bool { return profile.Phone != "" && a.profile.Phone == profile.Phone })
	if a == nil {
		a = m.add(profile)
	}
	a.balance = balance
	return m.give(a, crm.CardNumber{Number: number}, state).Ref
}

// SetState blocks, unblocks or rests a card.
func (m *Memory) SetState(number string, state crm.CardState) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a, i := m.card(number); a != nil {
		a.cards[i].State = state
	}
}

// PutCode stores a promo code.
func (m *Memory) PutCode(code string, points int64) { m.locked(func() { m.codes[code] = points }) }

// PutPurchase stores a line of history.
func (m *Memory) PutPurchase(number string, line crm.Purchase) {
	m.locked(func() {
		m.purchases[number] = append(m.purchases[number], line)
		slices.SortStableFunc(m.purchases[number], func(a, b crm.Purchase) int { return strings.Compare(string(b.Date), string(a.Date)) })
	})
}

// PutOffer stores an offer for all.
func (m *Memory) PutOffer(o crm.Offer) { m.locked(func() { m.offers = append(m.offers, o) }) }

// Stored gives everything that is stored, for a test to count.
func (m *Memory) Stored() (members []crm.Member) {
	m.locked(func() {
		for _, a := range m.customers {
			for _, card := range a.cards {
				card.Profile = a.profile
				card.Balance = &crm.PointsBalance{Total: a.balance, Available: a.balance}
				members = append(members, card)
			}
		}
	})
	return members
}

// Allowed gives what the customer of a card allows.
func (m *Memory) Allowed(number string) (wanted map[crm.Channel]bool) {
	m.locked(func() {
		if a, _ := m.card(number); a != nil {
			wanted = a.wanted
		}
	})
	return wanted
}

func (m *Memory) locked(do func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do()
}

var errCut = errors.New("connection reset by peer")

// answer runs an operation with the fault that it meets.
func answer[T any](ctx context.Context, m *Memory, operation string, do func() (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, crm.Wrap(crm.ErrUnavailable, err)
	}
	m.mu.Lock()
	fault := m.fault
	m.calls[operation]++
	m.mu.Unlock()
	meets := Fine
	if fault != nil {
		meets = fault(operation)
	}
	switch meets {
	case Refused:
		return none, crm.Wrap(crm.ErrNotDone, errors.New("connection refused"))
	case CutBefore:
		return none, crm.Wrap(crm.ErrUnavailable, errCut)
	case Hang:
		<-ctx.Done()
		return none, crm.Wrap(crm.ErrUnavailable, ctx.Err())
	}
	m.mu.Lock()
	got, err := do()
	m.mu.Unlock()
	if meets == CutAfter {
		return none, crm.Wrap(crm.ErrUnavailable, errCut)
	}
	return got, err
}

// Describe implements crm.Connector.
func (m *Memory) Describe(ctx context.Context) (crm.About, error) {
	return answer(ctx, m, "describe", func() (crm.About, error) {
		about := m.about
		about.Now = time.Now()
		return about, nil
	})
}

// Find implements crm.Connector.
func (m *Memory) Find(ctx context.Context, by crm.Identity) ([]crm.Member, error) {
	return answer(ctx, m, "find", func() (found []crm.Member, err error) {
		for _, a := range m.customers {
			if (by.Phone == "" || a.profile.Phone != by.Phone) && (by.Email == "" || a.profile.Email != by.Email) {
				continue
			}
			if m.hidden[a.id] > 0 {
				m.hidden[a.id]--
				continue
			}
			found = append(found, a.members()...)
		}
		return found, nil
	})
}

func (a *account) members() (members []crm.Member) {
	for _, card := range a.cards {
		card.Profile = a.profile
		members = append(members, card)
	}
	if members == nil {
		members = []crm.Member{{Ref: crm.Ref{ID: a.id}, State: crm.CardActive, Profile: a.profile}}
	}
	return members
}

// Member implements crm.Connector.
func (m *Memory) Member(ctx context.Context, ref crm.Ref) (crm.Member, error) {
	return answer(ctx, m, "member", func() (crm.Member, error) {
		a, i := m.card(ref.Card)
		if a == nil || ref.ID != "" && ref.ID != a.id || m.hidden[a.id] > 0 {
			return crm.Member{}, crm.ErrCardNotFound
		}
		card := a.cards[i]
		card.Profile = a.profile
		return card, nil
	})
}

// Enroll implements crm.Connector.
func (m *Memory) Enroll(ctx context.Context, e crm.Enrollment) (crm.Member, error) {
	return answer(ctx, m, "enroll", func() (crm.Member, error) {
		made, err := m.keyed(crm.WriteEnroll, e.Key, fmt.Sprint(e.Number, e.Profile), func() done {
			member, err := m.enroll(e)
			return done{member: member, err: err}
		})
		return made.member, err
	})
}

func (m *Memory) enroll(e crm.Enrollment) (crm.Member, error) {
	a := m.by(func(a *account) bool { return e.Profile.Phone != "" && a.profile.Phone == e.Profile.Phone })
	if a != nil {
		for _, card := range a.members() {
			if card.Card == e.Number.Number {
				return card, nil
			}
		}
	}
	if holder, _ := m.card(e.Number.Number); holder != nil && holder.profile.HasIdentity() {
		return crm.Member{}, crm.ErrNumberTaken
	}
	if other := m.by(func(b *account) bool { return e.Profile.Email != "" && b.profile.Email == e.Profile.Email }); other != nil && other != a {
		return crm.Member{}, crm.ErrEmailTaken
	}
	if a == nil {
		if a = m.add(e.Profile); m.lag > 0 {
			m.hidden[a.id] = m.lag
		}
	}
	card := m.give(a, e.Number, crm.CardActive)
	card.Profile = a.profile
	return card, nil
}

// keyed does a write as the CRM promises it: one that remembers keys does nothing for
// a key that it knows.
func (m *Memory) keyed(w crm.Write, key, content string, do func() done) (done, error) {
	g := m.about.Writes[w]
	if before, known := m.keys[key]; known && g == crm.GuaranteeKeyed {
		if before.content != content {
			return done{}, crm.ErrOperationConflict
		}
		before.applied.Repeated = true
		return before, before.err
	}
	d := do()
	d.content = content
	if d.err == nil {
		m.keys[key] = d
	}
	return d, d.err
}

// Update implements crm.Connector.
func (m *Memory) Update(ctx context.Context, key string, ref crm.Ref, p crm.Profile) error {
	_, err := answer(ctx, m, "update", func() (done, error) {
		return m.keyed(crm.WriteUpdate, key, fmt.Sprint(ref, p), func() done { return done{err: m.update(ref, p)} })
	})
	return err
}

func (m *Memory) update(ref crm.Ref, p crm.Profile) error {
	a, i := m.card(ref.Card)
	switch {
	case a == nil:
		return crm.ErrCardNotFound
	case a.cards[i].State == crm.CardBlocked:
		return crm.ErrCardBlocked
	case m.by(func(b *account) bool { return b != a && p.Phone != "" && b.profile.Phone == p.Phone }) != nil:
		return crm.ErrPhoneTaken
	case m.by(func(b *account) bool { return b != a && p.Email != "" && b.profile.Email == p.Email }) != nil:
		return crm.ErrEmailTaken
	}
	a.profile = a.profile.Merged(p)
	return nil
}

// Close implements crm.Connector.
func (m *Memory) Close() error { return nil }

func (m *Memory) by(fits func(*account) bool) *account {
	if i := slices.IndexFunc(m.customers, fits); i >= 0 {
		return m.customers[i]
	}
	return nil
}

func (m *Memory) card(number string) (*account, int) {
	for _, a := range m.customers {
		if i := slices.IndexFunc(a.cards, func(c crm.Member) bool { return c.Card == number }); i >= 0 && number != "" {
			return a, i
		}
	}
	return nil, -1
}

func (m *Memory) add(profile crm.Profile) *account {
	a := &account{id: fmt.Sprintf("C%06d", len(m.customers)+1), profile: profile, wanted: map[crm.Channel]bool{}}
	m.customers = append(m.customers, a)
	return a
}

func (m *Memory) give(a *account, n crm.CardNumber, state crm.CardState) crm.Member {
	card := crm.Member{
		Ref: crm.Ref{ID: a.id, Card: n.Number}, State: state, BarcodeNumber: n.BarcodeNumber, BarcodeType: n.BarcodeType,
		IssuedAt: time.Date(2026, 1, 1, 0, 0, len(a.cards), 0, time.UTC),
	}
	a.cards = append(a.cards, card)
	return card
}
