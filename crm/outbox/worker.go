package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"golang.org/x/time/rate"

	"koshelek-adapter/crm"
)

// Programme is the part of engine.Engine that a worker needs.
type Programme interface {
	// ClaimDeliveries hands out deliveries of a vendor that are due.
	ClaimDeliveries(ctx context.Context, vendor, claim string, limit int, lease time.Duration) ([]Delivery, error)
	// Settle stores what became of a delivery.
	Settle(ctx context.Context, d Delivery, claim string, o Outcome, actor string) (Delivery, error)
	// Delivery gives one delivery.
	Delivery(ctx context.Context, id string) (Delivery, error)
	// KnownReferences gives those of a vendor's references that belong to deliveries.
	KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error)
	// Recipients gives the profiles of the deliveries' customers by their cards.
	Recipients(ctx context.Context, list ...Delivery) (map[string]crm.Profile, error)
}

// Worker delivers to one vendor. Make it with New, run it once.
type Worker struct {
	programme Programme
	vendor    Vendor
	options   Options
	breaker   circuitbreaker.CircuitBreaker[any]
	limiter   *rate.Limiter
	backoff   backoffRule
	wake      chan struct{}
	claimed   chan claimed
}

// claimed is a delivery in our hands since a moment of this process's clock.
type claimed struct {
	Delivery
	since      time.Time
	recipients recipients
}

// New makes a worker for a vendor.
func New(programme Programme, v Vendor, o Options) *Worker {
	o = o.withDefaults()
	limit := rate.Inf
	if o.Rate > 0 {
		limit = rate.Limit(o.Rate)
	}
	return &Worker{
		programme: programme, vendor: v, options: o,
		breaker: circuitbreaker.NewBuilder[any]().WithFailureThreshold(o.BreakerFailures).WithDelay(o.BreakerDelay).Build(),
		limiter: rate.NewLimiter(limit, o.hands()), backoff: backoffRule{o.BackoffFirst, o.BackoffMost},
		wake: make(chan struct{}, 1), claimed: make(chan claimed, o.ahead()),
	}
}

// Wake tells the worker that there may be something to do. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Vendor is whom the worker delivers to.
func (w *Worker) Vendor() string { return w.vendor.Name() }

// Down reports whether the breaker keeps the vendor from being called.
func (w *Worker) Down() bool { return w.breaker.IsOpen() }

// Run works until the context ends. Then it claims nothing more, gives back what
// was not sent without waiting for the hands, and returns when the sendings under
// way are stored.
func (w *Worker) Run(ctx context.Context) {
	var hands sync.WaitGroup
	for range w.options.hands() {
		hands.Go(func() {
			for d := range w.claimed {
				w.handle(ctx, d)
				w.Wake()
			}
		})
	}
	w.claimUntil(ctx)
	close(w.claimed)
	for d := range w.claimed {
		w.handle(ctx, d)
	}
	hands.Wait()
}

// claimUntil keeps the hands busy.
func (w *Worker) claimUntil(ctx context.Context) {
	poll := w.options.After(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		case <-poll:
		}
		for w.claim(ctx) {
			if ctx.Err() != nil {
				return
			}
		}
		poll = w.options.After(w.options.Poll)
	}
}

// claim claims what the hands have room for, and reports whether there may be
// more at once.
func (w *Worker) claim(ctx context.Context) bool {
	limit := cap(w.claimed) - len(w.claimed)
	switch {
	case w.breaker.IsOpen() && w.breaker.RemainingDelay() > 0:
		return false
	case !w.breaker.IsClosed():
		limit = 1 // one delivery finds out whether the vendor is back
	case limit < (cap(w.claimed)+1)/2:
		return false // a hand that becomes free wakes us
	}
	since := w.options.Now()
	list, err := w.programme.ClaimDeliveries(ctx, w.Vendor(), w.options.NewClaim(), limit, w.options.Lease)
	if err != nil {
		if ctx.Err() == nil {
			w.options.Log.Warn().Err(err).Str("vendor", w.Vendor()).Msg("outbox.claim_failed")
		}
		return false
	}
	people := w.readRecipients(ctx, list)
	for _, d := range list {
		w.claimed <- claimed{d, since, people} // has room: only this goroutine fills it
	}
	return len(list) == limit && w.breaker.IsClosed()
}
