package faultyhost

import (
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/conformance"
)

// grace is how long a lone caller waits for another between its look and its act.
const grace = 50 * time.Millisecond

// meeting lets two callers look before either acts, which is what a race is at
// its worst. The zero value is ready.
type meeting struct {
	mu      sync.Mutex
	waiting chan struct{}
	// coming counts the calls that have been sent and not been answered.
	coming atomic.Int64
}

// wait returns when another caller waits too, or when none came for a while and
// none is known to come.
func (m *meeting) wait() {
	m.mu.Lock()
	if other := m.waiting; other != nil {
		m.waiting = nil
		m.mu.Unlock()
		close(other)
		return
	}
	mine := make(chan struct{})
	m.waiting = mine
	m.mu.Unlock()
	patience := grace
	if m.coming.Load() > 0 {
		patience = grace / 10
	}
	for {
		select {
		case <-mine:
			return
		case <-time.After(patience):
			if m.leave(mine) {
				return
			}
		}
	}
}

// leave ends the wait of a caller whom nobody will join.
func (m *meeting) leave(mine chan struct{}) bool {
	for range 100 {
		runtime.Gosched() // a twin in this process that was held up is announced now
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting != mine || m.coming.Load() > 1 {
		return false
	}
	m.waiting = nil
	return true
}

// Announced is a way to the host that tells it of every call before it is sent,
// and of all calls of one moment before the first. With it the faults that show
// only when calls come at one moment show on a slow machine, too: a call waits for
// its twin as long as that is on its way.
func (h *Host) Announced(way http.RoundTripper) http.RoundTripper {
	return announced{h, way}
}

type announced struct {
	host *Host
	way  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (a announced) RoundTrip(r *http.Request) (*http.Response, error) {
	if m := conformance.MomentOf(r.Context()); m != nil {
		m.Announce(func(calls int) { a.host.race.coming.Add(int64(calls)) })
	} else {
		a.host.race.coming.Add(1)
	}
	defer a.host.race.coming.Add(-1)
	return a.way.RoundTrip(r)
}

// unlocked does something without the lock on the books, which it takes again.
func (h *Host) unlocked(do func()) {
	h.mu.Unlock()
	defer h.mu.Lock()
	do()
}

// enter marks something as worked on until another call comes for it, or none
// comes; it reports false to that other call.
func (h *Host) enter(what string) bool {
	if h.counts.busy[what] {
		h.unlocked(h.race.wait)
		return false
	}
	h.counts.busy[what] = true
	h.unlocked(h.race.wait)
	return true
}

func (h *Host) leave(what string) { delete(h.counts.busy, what) }
