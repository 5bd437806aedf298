package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"koshelek-adapter/crm"
)

// bench is one check at work: the store, a clock that stands still, and the
// promise for messages. The methods of the backend can be called on it.
type bench struct {
	testing.TB
	*wire
	promise string
	store   *Store
	ctx     context.Context
	now     time.Time
	// serial counts calls that need a name of their own.
	serial int64

	mu    sync.Mutex
	named names
	trail []step // the last calls
}

// noon of the day on which every check begins; stores keep milliseconds.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 123_000_000, time.UTC)

// The day of noon and its neighbours, and days that span every day of a check.
const (
	yesterday crm.Date = "2026-03-09"
	today     crm.Date = "2026-03-10"
	tomorrow  crm.Date = "2026-03-11"
	firstDay  crm.Date = "1900-01-01"
	lastDay   crm.Date = "2999-12-31"
)

const (
	day = 24 * time.Hour
	// plenty is a limit that no check reaches.
	plenty = 1000
	// shownCalls is how many calls a message tells of.
	shownCalls = 8
)

func newBench(t testing.TB, promise string, open Opener) *bench {
	t.Helper()
	store := open(t)
	if store == nil || store.Backend == nil || store.Crash == nil {
		t.Fatalf("the opener must give a store with Backend and Crash")
	}
	b := &bench{TB: t, promise: promise, store: store, ctx: t.Context(), now: noon, named: names{}}
	b.wire = newWire(store.Backend)
	b.on("", func(c *call) {
		b.note(step{c.method, c.args})
		c.next()
	})
	return b
}

// step is something that a check did, for messages.
type step struct {
	what string
	args []any
}

func (s step) String() string {
	words := []string{s.what}
	for _, arg := range s.args {
		words = append(words, clip(text(arg), 160))
	}
	return strings.Join(words, " ")
}

// note remembers a step, and what it names.
func (b *bench) note(s step) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.named.add(s)
	b.trail = append(b.trail, s)
	b.trail = b.trail[max(0, len(b.trail)-shownCalls):]
}

// broken reports a broken promise; the check goes on.
func (b *bench) broken(wanted, got string) {
	b.Helper()
	b.Errorf("%s", b.story(wanted, got))
}

// hopeless reports a broken promise without which the check cannot go on.
func (b *bench) hopeless(wanted, got string) {
	b.Helper()
	b.Fatalf("%s", b.story(wanted, got))
}

func (b *bench) story(wanted, got string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var did []string
	for _, s := range b.trail {
		did = append(did, s.String())
	}
	wanted, got = contrast(wanted, got)
	return fmt.Sprintf("broken promise: %s\n  did:    %s\n  wanted: %s\n  got:    %s",
		b.promise, strings.Join(did, "\n          "), wanted, got)
}

// unexpected is the error of a call that had to work; it ends the check.
type unexpected struct{ err error }

// must gives the answer of a call that has to work.
func must[A any](answer A, err error) A {
	ok(err)
	return answer
}

// ok ends the check when a call that has to work did not.
func ok(err error) {
	if err != nil {
		panic(unexpected{err})
	}
}

// same compares an answer with what was wanted.
func same[A any](b *bench, got, want A) {
	b.Helper()
	if g, w := text(got), text(want); g != w {
		b.broken(w, g)
	}
}

// holds reports a broken promise unless the condition is true.
func (b *bench) holds(condition bool, wanted string, got any) {
	b.Helper()
	if !condition {
		b.broken(wanted, text(got))
	}
}

// fails judges a call that has to give an error of one of the kinds.
func (b *bench) fails(err error, kinds ...crm.Kind) {
	b.Helper()
	if !isAny(err, kinds...) {
		b.broken("the error "+either(kinds), outcome(err))
	}
}

// refused makes a call that has to give an error of one of the kinds and to
// change nothing.
func (b *bench) refused(call func() error, kinds ...crm.Kind) {
	b.Helper()
	before := b.state()
	b.fails(call(), kinds...)
	b.unchanged(before)
}

// idle makes a call that has to succeed and to change nothing.
func (b *bench) idle(call func() error) {
	b.Helper()
	before := b.state()
	ok(call())
	b.unchanged(before)
}

// refuses is refused for a method with one argument.
func refuses[R, A any](b *bench, kind crm.Kind, method func(context.Context, R) (A, error), r R) {
	b.Helper()
	b.refused(func() error { _, err := method(b.ctx, r); return err }, kind)
}

// repeats makes a call that was made before: it has to succeed with the answer
// that is wanted and to change nothing.
func repeats[R, A any](b *bench, want A, method func(context.Context, R) (A, error), r R) {
	b.Helper()
	b.idle(func() error { same(b, must(method(b.ctx, r)), want); return nil })
}

// quiet makes a method without an answer one for refuses and repeats.
func quiet[R any](method func(context.Context, R) error) func(context.Context, R) (any, error) {
	return func(ctx context.Context, r R) (any, error) { return nil, method(ctx, r) }
}

// unchanged compares everything that can be read with what it was.
func (b *bench) unchanged(before state) {
	b.Helper()
	if changes := before.changes(b.state()); changes != "" {
		b.broken("everything stays as it was", "changes:"+changes)
	}
}

// crash abandons the store and goes on with what it remembers; the names that
// the check has used stay known.
func (b *bench) crash() {
	b.Helper()
	backend := b.store.Crash(b.TB)
	if backend == nil {
		b.Fatalf("Crash must give the reopened backend")
	}
	b.Store = backend
	b.note(step{what: "crashed, and was opened again"})
}

// later moves the clock of the check.
func (b *bench) later(d time.Duration) { b.now = b.now.Add(d) }

// name gives a name that no other call of the check has.
func (b *bench) name(of string) string {
	b.serial++
	return fmt.Sprintf("%s-%d", of, b.serial)
}
