package outbox

import (
	"time"

	"github.com/rs/zerolog"
)

// Options shape a Worker; zero values are replaced by the defaults that stand
// behind the fields.
type Options struct {
	// Concurrency is how many deliveries are at work at once (8).
	Concurrency int
	// Rate limits sendings and questions to the vendor, per second; 0 for no limit.
	Rate float64
	// Timeout is for one sending with all its calls (30 s).
	Timeout time.Duration
	// Lease is how long a claim holds; it must outlast what waits before a sending
	// and the sending itself (longestWait and a Timeout).
	Lease time.Duration
	// Poll is how often the outbox is looked at without a reason (1 s).
	Poll time.Duration
	// ProfileFor is how long a customer's profile that was read with the claim is good
	// enough for a sending (1 s): who changes it, or asks to be forgotten, is heard
	// that much too late at most.
	ProfileFor time.Duration
	// BackoffFirst and BackoffMost bound the wait before a delivery that was
	// certainly not done is sent again (1 s, 10 min).
	BackoffFirst, BackoffMost time.Duration
	// BreakerFailures in a row open the breaker, for BreakerDelay (5, 15 s).
	BreakerFailures uint
	BreakerDelay    time.Duration
	// Now is the clock, and After waits by it (time.Now, time.After).
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
	// NewClaim makes unique names of claims of at most 26 bytes; needed.
	NewClaim func() string
	// Observe is told of every delivery that was settled; may be nil.
	Observe func(vendor string, state State, took time.Duration)
	Log     zerolog.Logger
}

func (o Options) withDefaults() Options {
	defaultTo(&o.Concurrency, 8)
	defaultTo(&o.Timeout, 30*time.Second)
	defaultTo(&o.Lease, longestWait(o.Timeout)+o.Timeout)
	defaultTo(&o.Poll, time.Second)
	defaultTo(&o.ProfileFor, time.Second)
	defaultTo(&o.BackoffFirst, time.Second)
	defaultTo(&o.BackoffMost, 10*time.Minute)
	defaultTo(&o.BreakerFailures, 5)
	defaultTo(&o.BreakerDelay, 15*time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = time.After
	}
	if o.Observe == nil {
		o.Observe = func(string, State, time.Duration) {}
	}
	return o
}

// longestWait is how long a claimed delivery waits for its sending, at most, when
// one sending takes no longer than timeout. Its SentAt is the moment of the claim.
func longestWait(timeout time.Duration) time.Duration { return 5 * timeout }

// aheadOfHand is how many claimed deliveries wait for each hand: enough that a
// claim costs little beside what it hands out. A process that is killed leaves
// them in doubt, as it does those at work.
const aheadOfHand = 4

func (o Options) hands() int { return o.letOut(o.Concurrency) }
func (o Options) ahead() int { return o.letOut(aheadOfHand * o.Concurrency) }

// letOut bounds what the hands hold, and what waits for them, by what a rate lets
// out in a third of the time that a claim leaves for waiting: what is claimed is
// then sent before its claim ends.
func (o Options) letOut(most int) int {
	if o.Rate > 0 {
		most = min(most, int(o.Rate*(o.Lease-o.Timeout).Seconds()/3))
	}
	return max(1, most)
}

func defaultTo[V comparable](value *V, fallback V) {
	var zero V
	if *value == zero {
		*value = fallback
	}
}
