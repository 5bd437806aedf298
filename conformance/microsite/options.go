package microsite

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// ErrOptions is the error of options with which no run can begin.
var ErrOptions = errors.New("microsite: these options cannot be")

// ErrUnreachable is the error of a host that does not answer at all.
var ErrUnreachable = errors.New("microsite: the host cannot be reached")

// Target is the host to judge.
type Target struct {
	// URL is scheme, host and port, and whatever stands before /api/v1/.
	URL            string
	User, Password string
	// Insecure does not look at the certificate.
	Insecure bool
	// Transport replaces the connection, for tests; nil for the network.
	Transport http.RoundTripper
}

// Source gives the one-time password that a customer was sent last.
type Source func(ctx context.Context, customer string) (string, error)

// Options shape a run.
type Options struct {
	// Customers are two customer IDs, each with MinPoints or more to spend.
	Customers [2]string
	// OTP is how the run learns passwords.
	OTP Source
	// Unknown is an ID that nobody has; empty for one that is unlikely.
	Unknown string
	// Expire lets more time pass than a password is good for; nil leaves the check
	// of that out. See [Wait].
	Expire func(ctx context.Context) error
	// InvalidCustomer is the status for an unknown customer: 404 (zero), 400 or 200.
	InvalidCustomer int
	// Replay is the status of the very same order again: 409 (zero) or 200.
	Replay int
	// Partial says that fewer points than an order took may be reversed.
	Partial bool
	// Only are IDs of rules, or beginnings with a dot behind ("otp."); empty for all.
	Only []string
	// Seed makes the run's order IDs; zero for the time.
	Seed uint64
	// Clock tells the time of reports; nil for the real one.
	Clock func() time.Time
}

// MinPoints is what each customer needs for a run.
const MinPoints = 64

// Wait is an Expire that waits.
func Wait(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (o Options) withDefaults() (Options, error) {
	if o.Customers[0] == "" || o.Customers[1] == "" || o.Customers[0] == o.Customers[1] {
		return o, errors.Join(ErrOptions, errors.New("two different customers are needed"))
	}
	if o.OTP == nil {
		return o, errors.Join(ErrOptions, errors.New("a way to learn one-time passwords is needed"))
	}
	if o.Unknown == "" {
		o.Unknown = "0000000000"
	}
	if o.InvalidCustomer == 0 {
		o.InvalidCustomer = http.StatusNotFound
	}
	if o.Replay == 0 {
		o.Replay = http.StatusConflict
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Seed == 0 {
		o.Seed = uint64(o.Clock().UnixNano())
	}
	return o, nil
}
