package microsite

import (
	"errors"
	"net/http"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
)

// Defaults of the options that are zero.
const (
	DefaultTokenLifetime = time.Hour
	DefaultIssuer        = "koshelek-adapter"
	DefaultAudience      = "rewards-microsite"
)

// Options shape the API.
type Options struct {
	// Options are those of every API; at least one credential is needed. [C]
	middleware.Options
	// CustomersBy says what a customer_id is; the number of a card by default. [I]
	CustomersBy crm.IdentifiedBy
	// Country is by whose habits phones are read; Russia by default.
	Country crm.Country
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
	// Clock and the times of tokens; nil for the real one.
	Clock func() time.Time
}

func (o Options) withDefaults() Options {
	middleware.Default(&o.CustomersBy, crm.ByCard)
	middleware.Default(&o.InvalidCustomerStatus, http.StatusNotFound)
	middleware.Default(&o.ReplayStatus, http.StatusConflict)
	middleware.Default(&o.TokenLifetime, DefaultTokenLifetime)
	middleware.Default(&o.Issuer, DefaultIssuer)
	middleware.Default(&o.Audience, DefaultAudience)
	o.Options = o.Options.WithDefaults()
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// minSecretBytes is what RFC 7518 asks for with HS256.
const minSecretBytes = 32

// validate reports every fault at once.
func (o Options) validate() error {
	faults := []error{o.Options.Validate()}
	check := func(ok bool, text string) {
		if !ok {
			faults = append(faults, errors.New("microsite: "+text))
		}
	}
	check(len(o.Credentials) > 0, "at least one credential is needed")
	check(o.CustomersBy == crm.ByCard || o.CustomersBy == crm.ByPhone || o.CustomersBy == crm.ByCustomer,
		"customers are identified by card, phone or customer")
	check(o.InvalidCustomerStatus == http.StatusNotFound || o.InvalidCustomerStatus == http.StatusBadRequest ||
		o.InvalidCustomerStatus == http.StatusOK, "the status of an invalid customer is 404, 400 or 200")
	check(o.ReplayStatus == http.StatusConflict || o.ReplayStatus == http.StatusOK, "the status of a replay is 409 or 200")
	check(len(o.TokenSecret) >= minSecretBytes, "the secret of the tokens needs 32 bytes")
	check(o.Zone != nil, "the programme's time zone is needed")
	check(o.TokenLifetime > 0, "the lifetime of tokens must be positive")
	return errors.Join(faults...)
}
