package vendorhttp

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// Retry says how often and how patiently a call is repeated that may be repeated
// freely. The zero value is four attempts, 200 ms to 5 s apart.
type Retry struct {
	// Attempts counts the first one too; 4 when 0, 1 means never again.
	Attempts int
	// Delay is the wait after the first failure; it doubles up to MaxDelay, give
	// or take a quarter. A Retry-After of the vendor takes its place, and when
	// that is longer than MaxDelay the error is returned at once, for a caller
	// who can wait.
	Delay, MaxDelay time.Duration
}

// Repeat makes a client's call until it succeeds, fails in a way that a repetition
// cannot mend, or the attempts or the context are over; then it returns the last
// error. Only calls that may arrive more than once belong here.
func Repeat[T any](ctx context.Context, c *Client, call func(context.Context) (T, error)) (T, error) {
	retry := c.options.Retry.withDefaults()
	waits := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(retry.Delay), backoff.WithMaxInterval(retry.MaxDelay),
		backoff.WithMultiplier(2), backoff.WithRandomizationFactor(.25), backoff.WithMaxElapsedTime(0))
	for attempt := 1; ; attempt++ {
		result, err := call(ctx)
		if err == nil || attempt == retry.Attempts || !retry.helps(err) {
			return result, err
		}
		wait := waits.NextBackOff()
		if asked := askedToWait(err); asked > 0 {
			wait = asked
		}
		select {
		case <-ctx.Done():
			return result, err
		case <-time.After(wait):
		}
	}
}

func (r Retry) withDefaults() Retry {
	if r.Attempts <= 0 {
		r.Attempts = 4
	}
	if r.Delay <= 0 {
		r.Delay = 200 * time.Millisecond
	}
	if r.MaxDelay <= 0 {
		r.MaxDelay = 5 * time.Second
	}
	r.MaxDelay = max(r.MaxDelay, r.Delay+1)
	return r
}

// helps reports whether another attempt may end better.
func (r Retry) helps(err error) bool {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return false
	}
	return (e.Kind == Unavailable || e.Kind == RateLimited) && e.RetryAfter <= r.MaxDelay
}

func askedToWait(err error) time.Duration {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}
