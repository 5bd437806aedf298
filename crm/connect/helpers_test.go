package connect_test

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestMain(m *testing.M) {
	if job := os.Getenv(victim); job != "" {
		os.Exit(beVictim(job))
	}
	os.Exit(mariadbtest.Run(m))
}

const (
	anna  = "79216668899"
	boris = "79217770011"
)

// opening is when the tests begin.
var opening = time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC)

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is an adapter in front of a CRM.
type house struct {
	*connect.Program
	t     *testing.T
	crm   *connecttest.Memory
	store *sqldb.Store
	// numbers has the rules of ours, too: a tenth of a receipt, 25 points a day.
	numbers *engine.Engine
	clock   *clock
	stale   atomic.Int64
}

// newHouse makes one over the URL of a store ("" for a new SQLite file).
func newHouse(t *testing.T, url string, options ...func(*connect.Options)) *house {
	t.Helper()
	if url == "" {
		url = sqldbtest.SQLite(t)
	}
	return neighbour(t, url, connecttest.NewMemory(), &clock{now: opening}, options...)
}

// neighbour is another server of the same store and CRM.
func neighbour(t *testing.T, url string, memory *connecttest.Memory, c *clock, options ...func(*connect.Options)) *house {
	t.Helper()
	return mortalNeighbour(t, url, memory, c, &atomic.Bool{}, options...)
}

// mortal is a store that a process which was killed does not reach any more.
type mortal struct {
	connect.Store
	dead *atomic.Bool
}

var errKilled = crm.Fail(crm.ErrUnavailable, "the process was killed")

func (m mortal) BeginIntent(ctx context.Context, in connect.Intent, now time.Time) (connect.Intent, error) {
	if m.dead.Load() {
		return in, errKilled
	}
	return m.Store.BeginIntent(ctx, in, now)
}

func (m mortal) SaveIntent(ctx context.Context, in connect.Intent, release bool) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.SaveIntent(ctx, in, release)
}

func (m mortal) EndIntent(ctx context.Context, in connect.Intent) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.EndIntent(ctx, in)
}

func (m mortal) PutLink(ctx context.Context, l connect.Link) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.PutLink(ctx, l)
}

// mortalNeighbour is a neighbour that can be killed.
func mortalNeighbour(t *testing.T, url string, memory *connecttest.Memory, c *clock, dead *atomic.Bool, options ...func(*connect.Options)) *house {
	t.Helper()
	store, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	numbers, err := ownRules(store, c.read)
	require.NoError(t, err)
	h := &house{t: t, crm: memory, store: store, numbers: numbers, clock: c}
	o := connect.Options{
		Barcode: barcode, Email: crm.EmailHints, Receipts: true, Clock: c.read, ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		// Waits pass at once, so that no test waits for a clock.
		After:   func(time.Duration) <-chan time.Time { return time.After(time.Millisecond) },
		OnStale: func(string) { h.stale.Add(1) },
	}
	for _, option := range options {
		option(&o)
	}
	h.Program, err = connect.New(memory, mortal{store, dead}, numbers, o)
	require.NoError(t, err)
	return h
}

var barcode = crm.BarcodeRule{Pattern: crm.DefaultBarcodeTemplate, Type: crm.EAN13}

// ownRules is the engine beside a CRM.
func ownRules(store *sqldb.Store, now func() time.Time) (*engine.Engine, error) {
	template, err := crm.ParseNumberTemplate(crm.DefaultTemplate, barcode)
	if err != nil {
		return nil, err
	}
	return engine.New(store, engine.Options{Rules: engine.Rules{
		MaxAge: time.Hour, Zone: time.UTC, Texts: engine.EnglishTexts, EarnBasisPoints: 1000, PerDay: engine.DayLimit{Points: 25},
	}, Template: template, Barcode: barcode, ReserveFor: time.Hour, Clock: now})
}

// service is what the surfaces call.
func (h *house) service() *crm.Service {
	s, err := crm.NewService(h.Program, crm.Options{Zone: time.UTC, Email: crm.EmailHints, Clock: h.clock.read})
	require.NoError(h.t, err)
	return s
}

// once gives a fault to the first call of an operation.
func once(operation string, fault connecttest.Fault) func(string) connecttest.Fault {
	var first sync.Once
	return func(called string) connecttest.Fault {
		meets := connecttest.Fine
		if called == operation {
			first.Do(func() { meets = fault })
		}
		return meets
	}
}

// always gives a fault to every call of some operations; of all without a name.
func always(fault connecttest.Fault, operations ...string) func(string) connecttest.Fault {
	return func(called string) connecttest.Fault {
		for _, name := range operations {
			if called == name {
				return fault
			}
		}
		if len(operations) == 0 {
			return fault
		}
		return connecttest.Fine
	}
}
