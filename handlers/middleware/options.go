package middleware

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// Defaults of the options that are zero.
const (
	DefaultMaxInFlight    = 256
	DefaultMaxBody        = 64 << 10
	DefaultRequestTimeout = 10 * time.Second
)

// Options are what every API has.
type Options struct {
	// Credentials are all live pairs.
	Credentials []Credential
	// TrustedProxies may name the client's address in X-Forwarded-For; nobody
	// else is believed.
	TrustedProxies []netip.Prefix
	// MaxInFlight bounds the requests at work; more are refused as busy.
	MaxInFlight int
	// MaxBody bounds the body of a request, in bytes.
	MaxBody int64
	// RequestTimeout bounds the work on one request, or on one page of a list.
	RequestTimeout time.Duration
	// Log gets one line a request; the zero value is silent.
	Log zerolog.Logger
	// Metrics count; nil for nobody to see.
	Metrics *Metrics
}

// WithDefaults fills in what is zero.
func (o Options) WithDefaults() Options {
	Default(&o.MaxInFlight, DefaultMaxInFlight)
	Default(&o.MaxBody, DefaultMaxBody)
	Default(&o.RequestTimeout, DefaultRequestTimeout)
	if o.Metrics == nil {
		o.Metrics = NewMetrics(prometheus.NewRegistry(), "unregistered")
	}
	return o
}

// Default sets a value that is zero.
func Default[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// Validate reports every fault at once. An API without credentials is for its
// own Validate to refuse.
func (o Options) Validate() error {
	var faults []error
	for i, pair := range o.Credentials {
		if !pair.Valid() {
			faults = append(faults, fmt.Errorf("credential %d: user and password must be UTF-8 and not empty, the user without a colon", i+1))
		}
	}
	if o.MaxInFlight <= 0 || o.MaxBody <= 0 || o.RequestTimeout <= 0 {
		faults = append(faults, errors.New("limits must be positive"))
	}
	return errors.Join(faults...)
}
