package crmtest

import (
	"context"
	"fmt"
	"time"

	"koshelek-adapter/crm"
)

// bench is one check at work: the store, a clock that stands still, and the
// promise for messages. The methods of the backend can be called on it.
type bench struct {
	TB
	crm.Backend // the spy
	promise     string
	store       *Store
	spy         *spy
	ctx         context.Context
	now         time.Time
	// attempts counts calls that need a name of their own.
	attempts int
	// calls counts the receipts and the claims of steps that need a new one each.
	calls int64
}

// noon of the day on which every check begins; stores keep milliseconds.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 123_000_000, time.UTC)

// The day of noon and its neighbours.
const (
	yesterday crm.Date = "2026-03-09"
	today     crm.Date = "2026-03-10"
	tomorrow  crm.Date = "2026-03-11"
)

const day = 24 * time.Hour

func newBench(t TB, promise string, open Opener) *bench {
	t.Helper()
	store := open(t)
	if store == nil || store.Backend == nil || store.Crash == nil {
		t.Fatalf("the opener must give a store with Backend and Crash")
	}
	watched := newSpy(store.Backend)
	return &bench{
		TB: t, Backend: watched, promise: promise, store: store, spy: watched, ctx: t.Context(), now: noon,
	}
}

// broken reports a broken promise; the check goes on.
func (b *bench) broken(did, wanted, got string) {
	b.Helper()
	b.Errorf("%s", b.story(did, wanted, got))
}

// hopeless reports a broken promise without which the check cannot go on.
func (b *bench) hopeless(did, wanted, got string) {
	b.Helper()
	b.Fatalf("%s", b.story(did, wanted, got))
}

func (b *bench) story(did, wanted, got string) string {
	wanted, got = contrast(wanted, got)
	return fmt.Sprintf("broken promise: %s\n  did:    %s\n  wanted: %s\n  got:    %s", b.promise, clip(did), wanted, got)
}

// must ends the check when a step that has to work did not.
func (b *bench) must(did string, err error) {
	b.Helper()
	if err != nil {
		b.hopeless(did, "no error", outcome(err))
	}
}

// same compares an answer with what was wanted.
func same[T any](b *bench, did string, got, want T) {
	b.Helper()
	if g, w := text(got), text(want); g != w {
		b.broken(did, w, g)
	}
}

// holds reports a broken promise unless the condition is true.
func (b *bench) holds(ok bool, did, wanted string, got any) {
	b.Helper()
	if !ok {
		b.broken(did, wanted, text(got))
	}
}

// fails judges a call that has to give an error of one of the kinds.
func (b *bench) fails(did string, err error, kinds ...crm.Kind) {
	b.Helper()
	if !isAny(err, kinds) {
		b.broken(did, "the error "+either(kinds), outcome(err))
	}
}

// refuses makes a call that has to give an error of one of the kinds and to
// change nothing.
func (b *bench) refuses(did string, call func() error, kinds ...crm.Kind) {
	b.Helper()
	before := b.state()
	b.fails(did, call(), kinds...)
	b.unchanged(did+" (refused)", before)
}

// idle makes a call that has to succeed and to change nothing.
func (b *bench) idle(did string, call func() error) {
	b.Helper()
	before := b.state()
	b.must(did, call())
	b.unchanged(did, before)
}

// repeats makes a call that was made before: it has to succeed with the answer
// that is wanted and to change nothing.
func repeats[T any](b *bench, did string, want T, call func() (T, error)) {
	b.Helper()
	b.idle(did, func() error {
		b.Helper()
		got, err := call()
		if err == nil {
			same(b, did+", the answer", got, want)
		}
		return err
	})
}

// unchanged compares everything that can be read with what it was.
func (b *bench) unchanged(did string, before state) {
	b.Helper()
	if changes := before.changes(b.state()); changes != "" {
		b.broken(did, "everything stays as it was", "changes:"+changes)
	}
}

// crash abandons the store and goes on with what it remembers.
func (b *bench) crash() {
	b.Helper()
	backend := b.store.Crash(b.TB)
	if backend == nil {
		b.Fatalf("Crash must give the reopened backend")
	}
	// The names that the check has used stay known.
	b.spy.Backend = backend
}

// later moves the clock of the check.
func (b *bench) later(d time.Duration) { b.now = b.now.Add(d) }
