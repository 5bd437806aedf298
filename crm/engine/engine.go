package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"time"

	"koshelek-adapter/crm"
)

// Engine is the loyalty programme: what the surfaces call. It is safe for
// concurrent use, and every method may be called again with the same arguments
// at any time.
type Engine struct {
	backend Store
	rules   Rules
	numbers *numberSource
	barcode crm.BarcodeRule
	codes   CodeRules
	random  io.Reader
	clock   func() time.Time
	onOrder func(vendor string)
}

// Options shape an Engine.
type Options struct {
	Rules Rules
	// Template makes new numbers when the pool has none; nil for the pool alone.
	Template *crm.NumberTemplate
	// Barcode is drawn under numbers that come without one.
	Barcode crm.BarcodeRule
	// ReserveFor is how long a reserved number is kept at least (contract: one hour).
	ReserveFor time.Duration
	// Codes shape the one-time codes; without a key there are none.
	Codes CodeRules
	// Clock and Random are injected by tests; nil for the real ones.
	Clock  func() time.Time
	Random io.Reader
	// OnOrder is told that a vendor ("" for any) may have work in the outbox, so
	// that its worker need not wait for its next look; it must not block. May be
	// nil.
	OnOrder func(vendor string)
}

// New makes a programme over a store. The error lists every rule that
// cannot be.
func New(backend Store, o Options) (*Engine, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.OnOrder == nil {
		o.OnOrder = func(string) {}
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	o.Random = &orderly{source: o.Random}
	faults := []error{o.Rules.validate(), o.Codes.validate()}
	if o.ReserveFor <= 0 {
		faults = append(faults, errors.New("a reservation must last"))
	}
	if o.Barcode.Type.FixedLength() && o.Rules.NumberFromPhone {
		faults = append(faults, errors.New("a phone as card number needs the barcode CODE_128 or QR_CODE"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return &Engine{
		backend: backend, rules: o.Rules, barcode: o.Barcode, clock: o.Clock, codes: o.Codes, random: o.Random, onOrder: o.OnOrder,
		numbers: newNumberSource(backend, o),
	}, nil
}

// orderly lets many callers read one source of randomness.
type orderly struct {
	mu     sync.Mutex
	source io.Reader
}

// Read implements io.Reader.
func (o *orderly) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.source.Read(p)
}

// now is the service's time, whole milliseconds in UTC as stores keep it.
func (s *Engine) now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// Ping reports whether the store can be reached.
func (s *Engine) Ping(ctx context.Context) error { return s.backend.Ping(ctx) }

// Close gives leased numbers back. The Store belongs to whoever opened it.
func (s *Engine) Close(ctx context.Context) error { return s.numbers.close(ctx) }
