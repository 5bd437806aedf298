package hosts

import (
	"sync"
	"time"
)

// apart is how long a lone caller waits for another between its look and its act.
const apart = 50 * time.Millisecond

// meeting lets two callers look before either acts, which is what a race is at
// its worst. The zero value is ready.
type meeting struct {
	mu      sync.Mutex
	waiting chan struct{}
}

// wait returns when another caller waits too, or when none came for a while.
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
	select {
	case <-mine:
	case <-time.After(apart):
		m.mu.Lock()
		if m.waiting == mine {
			m.waiting = nil
		}
		m.mu.Unlock()
	}
}

// pause is how long a call is at work where a twin is to find it there.
func pause() { time.Sleep(apart) }
