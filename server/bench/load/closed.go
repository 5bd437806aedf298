package load

import (
	"context"
	"sync"
	"time"
)

// Closed keeps every connection busy for a while: each sends its next request
// when the last one was answered. The latencies are those of a server at its
// limit; [Open] measures what a customer sees.
func Closed(ctx context.Context, t Target, w Workload, connections int, d time.Duration) Result {
	workers := newWorkers(t, w, connections)
	connectAll(ctx, workers)
	start := time.Now()
	var all sync.WaitGroup
	for _, one := range workers {
		all.Go(func() {
			defer one.hangUp()
			for now := start; now.Sub(start) < d && ctx.Err() == nil; now = time.Now() {
				one.send(ctx, now)
			}
		})
	}
	all.Wait()
	return merge(workers, time.Since(start))
}

// connectAll opens the connections beforehand, so that no request pays for one.
// One that fails is tried again, and counted, with its first request.
func connectAll(ctx context.Context, workers []*worker) {
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() { _ = w.connect(ctx) })
	}
	all.Wait()
}
