package wallet

import (
	"context"
	"sync"
	"time"
)

// patience is how long a user waits for the other one of a contest.
const patience = 300 * time.Millisecond

// meetings bring the calls of two users together, so that they arrive at one
// moment. The zero value is ready.
type meetings struct {
	mu      sync.Mutex
	waiting map[string]chan struct{}
}

// meet waits for the second caller of a key, though not for long.
func (m *meetings) meet(ctx context.Context, key string) {
	m.mu.Lock()
	if there, waits := m.waiting[key]; waits {
		delete(m.waiting, key)
		close(there)
		m.mu.Unlock()
		return
	}
	if m.waiting == nil {
		m.waiting = map[string]chan struct{}{}
	}
	there := make(chan struct{})
	m.waiting[key] = there
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-there:
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waiting[key] == there {
		delete(m.waiting, key)
	}
}
