package microsite

import (
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/entrance"
)

// Defaults of the options that are zero.
const (
	DefaultMaxInFlight    = 256
	DefaultMaxBody        = 64 << 10
	DefaultRequestTimeout = 10 * time.Second
	DefaultTokenLifetime  = time.Hour
	DefaultIssuer         = "koshelek-adapter"
	DefaultAudience       = "rewards-microsite"
)

// Options shape the surface.
type Options struct {
	// Credentials are all live pairs, at least one. [C]
	Credentials []entrance.Credential
	// CustomersBy says what a customer_id is; the number of a card by default. [I]
	CustomersBy crm.IdentifiedBy
	// InvalidCustomerStatus of generate-otp is 404 (the default), 400 or 200. [I]
	InvalidCustomerStatus int
	// ReplayStatus answers an order that was redeemed before with the very same
	// details: 409 (the default, C) or 200.
	ReplayStatus int
	// TokenSecret signs the tokens, 32 bytes or more. [I]
	TokenSecret []byte
	// TokenLifetime, Issuer and Audience stand in the tokens.
	TokenLifetime    time.Duration
	Issuer, Audience string
	// Zone is where a transaction date without an offset lies; required.
	Zone *time.Location
	// MaxInFlight bounds the requests at work, MaxBody the body of one in bytes,
	// RequestTimeout the work on it.
	MaxInFlight    int
	MaxBody        int64
	RequestTimeout time.Duration
	// Log gets one line a request; the zero value is silent.
	Log zerolog.Logger
	// Metrics count; nil for nobody to see.
	Metrics *Metrics
	// Clock and the times of tokens; nil for the real one.
	Clock func() time.Time
}

func (o Options) withDefaults() Options {
	setDefault(&o.CustomersBy, crm.ByCard)
	setDefault(&o.InvalidCustomerStatus, http.StatusNotFound)
	setDefault(&o.ReplayStatus, http.StatusConflict)
	setDefault(&o.TokenLifetime, DefaultTokenLifetime)
	setDefault(&o.Issuer, DefaultIssuer)
	setDefault(&o.Audience, DefaultAudience)
	setDefault(&o.MaxInFlight, DefaultMaxInFlight)
	setDefault(&o.MaxBody, DefaultMaxBody)
	setDefault(&o.RequestTimeout, DefaultRequestTimeout)
	if o.Metrics == nil {
		o.Metrics = NewMetrics(prometheus.NewRegistry())
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

func setDefault[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

// minSecretBytes is what RFC 7518 asks for with HS256.
const minSecretBytes = 32

// validate reports every fault at once.
func (o Options) validate() error {
	var faults []error
	check := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New("microsite: "+text))
		}
	}
	check(len(o.Credentials) > 0, "at least one credential is needed")
	for _, pair := range o.Credentials {
		check(pair.Valid(), "user and password must be UTF-8 and not empty, the user without a colon")
	}
	check(o.CustomersBy == crm.ByCard || o.CustomersBy == crm.ByPhone || o.CustomersBy == crm.ByCustomer,
		"customers are identified by card, phone or customer")
	check(o.InvalidCustomerStatus == http.StatusNotFound || o.InvalidCustomerStatus == http.StatusBadRequest ||
		o.InvalidCustomerStatus == http.StatusOK, "the status of an invalid customer is 404, 400 or 200")
	check(o.ReplayStatus == http.StatusConflict || o.ReplayStatus == http.StatusOK, "the status of a replay is 409 or 200")
	check(len(o.TokenSecret) >= minSecretBytes, "the secret of the tokens needs 32 bytes")
	check(o.Zone != nil, "the programme's time zone is needed")
	check(o.MaxInFlight > 0 && o.MaxBody > 0 && o.RequestTimeout > 0 && o.TokenLifetime > 0, "limits must be positive")
	return errors.Join(faults...)
}
