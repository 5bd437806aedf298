package sim

import (
	"slices"
	"sync"
	"time"
)

// Award is what a simulator has done under one key.
type Award struct {
	Key      string    `json:"key"`
	Kind     string    `json:"kind"`
	Accepted int       `json:"accepted"` // calls that were told, or should have been told, that it is accepted
	Refused  int       `json:"refused"`  // calls that were refused, repeats included
	Effects  int       `json:"effects"`  // times that it took effect
	Amount   string    `json:"amount,omitempty"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
}

// Audit counts what was accepted and what took effect, so that a test can tell
// "exactly once" from the vendor's side. It keeps at most [MaxRecords] keys.
// Safe for concurrent use.
type Audit struct {
	mu     sync.Mutex
	clock  *Clock
	awards map[string]*Award
	keys   []string
}

// MaxRecords bounds every list that a simulator keeps; beyond it, new work is
// answered with an internal error.
const MaxRecords = 1_000_000

func newAudit(clock *Clock) *Audit { return &Audit{clock: clock, awards: map[string]*Award{}} }

// Accept counts an accepted call.
func (a *Audit) Accept(kind, key, amount string) {
	a.change(kind, key, func(w *Award) { w.Accepted++; w.Amount = amount })
}

// Refuse counts a refused call.
func (a *Audit) Refuse(kind, key string) {
	a.change(kind, key, func(w *Award) { w.Refused++ })
}

// Effect counts an effect, with what was really moved.
func (a *Audit) Effect(kind, key, amount string) {
	a.change(kind, key, func(w *Award) { w.Effects++; w.Amount = amount })
}

func (a *Audit) change(kind, key string, change func(*Award)) {
	now := a.clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	w, found := a.awards[kind+"\x00"+key]
	if !found {
		if len(a.keys) >= MaxRecords {
			return
		}
		w = &Award{Key: key, Kind: kind, First: now}
		a.awards[kind+"\x00"+key] = w
		a.keys = append(a.keys, kind+"\x00"+key)
	}
	w.Last = now
	change(w)
}

// Awards returns everything, oldest key first.
func (a *Audit) Awards() []Award { return a.list(func(Award) bool { return true }) }

// Doubled returns the keys that took effect more than once.
func (a *Audit) Doubled() []Award { return a.list(func(w Award) bool { return w.Effects > 1 }) }

// Of returns what was done under a key; Kind is empty when there was nothing.
func (a *Audit) Of(kind, key string) Award {
	a.mu.Lock()
	defer a.mu.Unlock()
	if w, found := a.awards[kind+"\x00"+key]; found {
		return *w
	}
	return Award{Key: key}
}

func (a *Audit) list(keep func(Award) bool) []Award {
	a.mu.Lock()
	defer a.mu.Unlock()
	awards := []Award{}
	for _, key := range a.keys {
		if w := *a.awards[key]; keep(w) {
			awards = append(awards, w)
		}
	}
	return slices.Clip(awards)
}

func (a *Audit) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.awards)
	a.keys = nil
}
