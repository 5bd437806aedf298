package outbox

import (
	"time"

	"github.com/cenkalti/backoff/v4"
)

// backoffRule is an exponential wait with jitter that begins at first and never
// grows beyond most.
type backoffRule struct{ first, most time.Duration }

// wait gives the wait after a number of attempts. The wait itself is spent in the
// outbox, where it survives a restart, so only the length comes from the library.
func (r backoffRule) wait(attempts int64) time.Duration {
	b := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(r.first), backoff.WithMaxInterval(r.most),
		backoff.WithMultiplier(2), backoff.WithRandomizationFactor(0.3), backoff.WithMaxElapsedTime(0))
	wait := b.NextBackOff()
	for range min(attempts, 40) - 1 {
		wait = b.NextBackOff()
	}
	return wait
}
