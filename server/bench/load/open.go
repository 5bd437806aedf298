package load

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Pace is a fixed rate of arrivals.
type Pace struct {
	// Rate is requests per second.
	Rate     float64
	Duration time.Duration
	// Connections that the requests share: one that finds all of them busy
	// waits, and its latency counts the wait.
	Connections int
	// Sleep waits precisely; nil for the real clock.
	Sleep func(time.Duration)
}

// patience is how late a request may be before it counts as never sent.
const patience = 10 * time.Second

var errNeverSent = errors.New("the server fell so far behind that the request was never sent")

// Open sends the requests of a workload at a fixed rate, the k-th at start + k /
// rate, whatever the server does, and counts latencies from these moments on.
func Open(ctx context.Context, t Target, w Workload, p Pace) Result {
	if p.Sleep == nil {
		p.Sleep = nap
	}
	workers := newWorkers(t, w, p.Connections)
	connectAll(ctx, workers)
	due := make(chan time.Time, p.count())
	start := time.Now()
	var all sync.WaitGroup
	for _, one := range workers {
		all.Go(func() { one.serve(ctx, due) })
	}
	p.schedule(ctx, start, due)
	all.Wait()
	return merge(workers, time.Since(start))
}

func (p Pace) count() int { return int(p.Rate * p.Duration.Seconds()) }

// at is the moment of the k-th request.
func (p Pace) at(start time.Time, k int) time.Time {
	return start.Add(time.Duration(float64(k) / p.Rate * float64(time.Second)))
}

// schedule hands the moments out when they have come.
func (p Pace) schedule(ctx context.Context, start time.Time, due chan<- time.Time) {
	defer close(due)
	for k := range p.count() {
		moment := p.at(start, k)
		for wait := time.Until(moment); wait > 0; wait = time.Until(moment) {
			p.Sleep(wait)
		}
		if ctx.Err() != nil {
			return
		}
		due <- moment
	}
}

func (w *worker) serve(ctx context.Context, due <-chan time.Time) {
	defer w.hangUp()
	for moment := range due {
		if time.Since(moment) > patience || ctx.Err() != nil {
			w.fail(errNeverSent)
			continue
		}
		w.send(ctx, moment)
	}
}
