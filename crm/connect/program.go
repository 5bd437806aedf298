package connect

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Program is a loyalty programme over a CRM. It is safe for concurrent use.
type Program struct {
	connector crm.Connector
	store     Store
	// ours is what the CRM leaves to us.
	ours    OwnRules
	options Options
	gate    *gate
	about   atomic.Pointer[crm.About]
	// brings tells that the CRM's members come with their points.
	brings atomic.Bool
}

// OwnRules is the part of the built-in engine that stands beside a CRM: it hands out
// card numbers, and says what receipts and promo codes are worth where the CRM knows
// points and does not decide about those.
type OwnRules interface {
	crm.Numbers
	// Reserve gives a number that nobody else is given for an hour at least.
	Reserve(ctx context.Context) (string, error)
	// ReceiptAward is that of [engine.Engine].
	ReceiptAward(ctx context.Context, receipt crm.Receipt) (crm.Accrual, engine.DayLimit, error)
	// CodeAward is that of [engine.Engine].
	CodeAward(ctx context.Context, code string) (crm.Accrual, error)
}

var (
	_ crm.Program = (*Program)(nil)
	_ crm.Numbers = (*Program)(nil)
	_ OwnRules    = (*engine.Engine)(nil)
)

// Options shape a Program; zero values are replaced by the defaults that stand
// behind the fields.
type Options struct {
	// ReadTimeout (3 s) and WriteTimeout (5 s) limit one call of the CRM, and Lease
	// (15 s) all the work on one write: nobody else works on it before.
	ReadTimeout, WriteTimeout, Lease time.Duration
	// Fresh is how long an answer stands for the CRM (30 s), Stale how long it does
	// while the CRM cannot be asked (24 h). Negative for never.
	Fresh, Stale time.Duration
	// InFlight is how many calls are at work at once (32), BreakerDelay how long a
	// CRM that fails is left alone (15 s), Poll how often the worker looks for
	// intents that are due (5 s).
	InFlight     uint
	BreakerDelay time.Duration
	Poll         time.Duration
	// Receipts takes receipts of the wallet. The tills report the same sales, so it is
	// off unless the CRM tells the two apart.
	Receipts bool
	// Email is what an e-mail proves beside a phone that nobody has.
	Email crm.EmailTrust
	// Country is by whose habits the CRM writes phones.
	Country crm.Country
	// Barcode is drawn for cards of which the CRM does not say more.
	Barcode crm.BarcodeRule
	// Zone is where the programme's days begin; nil for UTC.
	Zone *time.Location
	// Clock is the clock, After waits by it; nil for the real ones.
	Clock func() time.Time
	After func(time.Duration) <-chan time.Time
	// Observe is told of every call by operation and outcome, OnStale of every answer
	// that stood for a CRM that could not be asked; both may be nil.
	Observe func(operation, outcome string, took time.Duration)
	OnStale func(operation string)
	Log     zerolog.Logger
}

func (o Options) withDefaults() Options {
	defaultTo(&o.ReadTimeout, 3*time.Second)
	defaultTo(&o.WriteTimeout, 5*time.Second)
	defaultTo(&o.Lease, 15*time.Second)
	defaultTo(&o.Fresh, 30*time.Second)
	defaultTo(&o.Stale, 24*time.Hour)
	defaultTo(&o.InFlight, 32)
	defaultTo(&o.BreakerDelay, 15*time.Second)
	defaultTo(&o.Poll, 5*time.Second)
	defaultTo(&o.Zone, time.UTC)
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Observe == nil {
		o.Observe = func(string, string, time.Duration) {}
	}
	if o.OnStale == nil {
		o.OnStale = func(string) {}
	}
	return o
}

func defaultTo[V comparable](value *V, fallback V) {
	var zero V
	if *value == zero {
		*value = fallback
	}
}

// New makes a programme over a CRM, which is not asked yet: it may be down when the
// adapter starts. The connector is closed with the programme, store and rules
// belong to the caller.
func New(connector crm.Connector, store Store, ours OwnRules, o Options) (*Program, error) {
	if connector == nil || store == nil || ours == nil {
		return nil, errors.New("connect: a connector, a store and rules are needed")
	}
	o = o.withDefaults()
	return &Program{connector: connector, store: store, ours: ours, options: o, gate: newGate(o)}, nil
}

// Close closes the connector.
func (p *Program) Close() error { return p.connector.Close() }

// Ping reports whether the programme can be used: our store can be reached. The CRM
// need not: known cards are shown without it.
func (p *Program) Ping(ctx context.Context) error { return p.store.Ping(ctx) }

// Down reports whether the CRM is left alone for now.
func (p *Program) Down() bool { return p.gate.breaker.IsOpen() && p.gate.breaker.RemainingDelay() > 0 }

// Describe asks the CRM what it is and obeys its limits from then on.
func (p *Program) Describe(ctx context.Context) (crm.About, error) {
	about, err := ask(ctx, p, readDescribe, p.connector.Describe)
	if err != nil {
		return crm.About{}, err
	}
	if before := p.about.Swap(&about); before == nil || before.PerSecond != about.PerSecond {
		p.gate.limit(about.PerSecond)
	}
	return about, nil
}

// described gives what the CRM said of itself last.
func (p *Program) described(ctx context.Context) (crm.About, error) {
	if about := p.about.Load(); about != nil {
		return *about, nil
	}
	return p.Describe(ctx)
}

// offered gives the connector as what it can do besides, and whether the CRM offers
// that. The error is that of a CRM that has not said yet and cannot be asked.
func offered[T any](ctx context.Context, p *Program, name string) (T, bool, error) {
	able, is := p.connector.(T)
	if !is {
		return able, false, nil
	}
	about, err := p.described(ctx)
	return able, err == nil && slices.Contains(about.Offers, name), err
}

// Reserve implements [crm.Program]. The CRM hears of a number when it is issued.
func (p *Program) Reserve(ctx context.Context) (string, error) { return p.ours.Reserve(ctx) }

// AddNumbers implements [crm.Numbers].
func (p *Program) AddNumbers(ctx context.Context, numbers []crm.CardNumber, handedOver bool) (int, []crm.RowError, error) {
	return p.ours.AddNumbers(ctx, numbers, handedOver)
}

// PoolLevel implements [crm.Numbers].
func (p *Program) PoolLevel(ctx context.Context) (crm.PoolLevel, error) {
	return p.ours.PoolLevel(ctx)
}

// now is whole milliseconds in UTC, as stores keep it.
func (p *Program) now() time.Time { return p.options.Clock().UTC().Truncate(time.Millisecond) }

func newID() string { return ulid.MustNew(ulid.Now(), rand.Reader).String() }
