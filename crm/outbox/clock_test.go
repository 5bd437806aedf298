package outbox_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/outbox"
)

// TestAWorkerWaitsByItsClock: nobody wakes it, and its next look is an hour away by a
// clock that a test moves.
func TestAWorkerWaitsByItsClock(t *testing.T) {
	h := newFixture(t, "")
	tick := make(chan time.Time)
	begun := make(chan time.Time, 1)
	begun <- time.Now()
	w := h.worker(outbox.Options{Poll: time.Hour, After: func(d time.Duration) <-chan time.Time {
		if d == 0 {
			return begun
		}
		return tick
	}})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.Run(ctx) })
	tick <- time.Now() // it has looked, and found nothing
	h.order(h.card(1), outbox.Message{Key: "1"})
	tick <- time.Now()
	require.Eventually(t, h.settled(outbox.StateDone), time.Minute, 2*time.Millisecond)
	cancel()
	running.Wait()
}
