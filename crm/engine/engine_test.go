package engine_test

import (
	"io"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

// moscow is fixed, so that no test depends on a zone database.
var moscow = time.FixedZone("MSK", 3*60*60)

// opening is the moment at which every test begins: 15:00 in the programme's zone.
var opening = time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)

const (
	anna  = "79216668899"
	boris = "79031234567"
	hold  = time.Hour
	week  = 7 * 24 * time.Hour
	fresh = "t=20260906T1215&s=1543.20&fn=9960440300123456&i=12345&fp=1234567890&n=1"
)

// clock stands still until somebody moves it.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// office is the engine under a shop's service, which hides what both have.
type office struct{ *engine.Engine }

// shop is a service over the engine over a store, with its clock.
type shop struct {
	*crm.Service
	office
	t       *testing.T
	backend engine.Store
	clock   *clock
	options engine.Options
	shown   crm.Options
}

// newShop opens a programme over an empty store; change adapts its options.
func newShop(t *testing.T, change ...func(*engine.Options)) *shop {
	t.Helper()
	return shopOver(t, emptyStore(t), change...)
}

// emptyStore opens a store that is closed with the test.
func emptyStore(t *testing.T) engine.Store {
	t.Helper()
	store, err := sqldb.Open(t.Context(), sqldbtest.SQLite(t), sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func shopOver(t *testing.T, backend engine.Store, change ...func(*engine.Options)) *shop {
	t.Helper()
	s := &shop{t: t, backend: backend, clock: &clock{now: opening}}
	s.options = engine.Options{
		Rules: engine.Rules{
			EarnBasisPoints: 500, MaxAge: 30 * 24 * time.Hour, ClockSkew: 5 * time.Minute, Lifetime: 365 * 24 * time.Hour,
			Welcome: 100, CodePoints: 50, Zone: moscow, Texts: engine.EnglishTexts,
		},
		Template: template(t, crm.DefaultTemplate, crm.EAN13), Barcode: crm.BarcodeRule{Pattern: "{number}", Type: crm.Code128},
		ReserveFor: hold, Clock: s.clock.Now, Random: randomness(1),
	}
	for _, c := range change {
		c(&s.options)
	}
	var err error
	s.Engine, err = engine.New(backend, s.options)
	require.NoError(t, err)
	s.serve()
	return s
}

// twin is another process of the same programme: same store, same clock.
func (s *shop) twin(seed byte) *shop {
	s.t.Helper()
	options := s.options
	options.Random = randomness(seed)
	service, err := engine.New(s.backend, options)
	require.NoError(s.t, err)
	twin := &shop{office: office{service}, t: s.t, backend: s.backend, clock: s.clock, options: options}
	twin.serve()
	return twin
}

// serve puts a service in front of the engine.
func (s *shop) serve() {
	s.t.Helper()
	s.shown.Zone, s.shown.Clock = moscow, s.clock.Now
	var err error
	s.Service, err = crm.NewService(s.Engine, s.shown)
	require.NoError(s.t, err)
}

func template(t *testing.T, pattern string, symbology crm.BarcodeType) *crm.NumberTemplate {
	t.Helper()
	made, err := crm.ParseNumberTemplate(pattern, crm.BarcodeRule{Pattern: "{number}", Type: symbology})
	require.NoError(t, err)
	return made
}

// randomness is the same in every run, and safe for many callers as its owner
// reads it under a lock.
func randomness(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

// poolAlone takes the template away.
func poolAlone(o *engine.Options) { o.Template = nil }

// numbers names so many numbers.
func numbers(names ...string) []crm.CardNumber {
	list := make([]crm.CardNumber, len(names))
	for i, name := range names {
		list[i] = crm.CardNumber{Number: name}
	}
	return list
}

func (s *shop) stock(names ...string) {
	s.t.Helper()
	added, refused, err := s.AddNumbers(s.t.Context(), numbers(names...), false)
	require.NoError(s.t, err)
	require.Empty(s.t, refused)
	require.Equal(s.t, len(names), added)
}

func (s *shop) level() crm.PoolLevel {
	s.t.Helper()
	level, err := s.PoolLevel(s.t.Context())
	require.NoError(s.t, err)
	return level
}

// card issues a card to a phone.
func (s *shop) card(phone string) crm.Card {
	s.t.Helper()
	card, err := s.Issue(s.t.Context(), crm.Profile{Phone: phone})
	require.NoError(s.t, err)
	return card
}

func (s *shop) balance(number string) int64 {
	s.t.Helper()
	_, bonus, err := s.Card(s.t.Context(), number)
	require.NoError(s.t, err)
	return bonus.Total
}
