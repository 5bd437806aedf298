package bigcity

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/crm/bridge/wire"
)

// Vendor is the name of this vendor in errors and metrics.
const Vendor = "bigcity"

// ProductionURL is the base address that every sample of the manual has.
const ProductionURL = "https://api.bigcity.in/v1"

// Error is what every call returns that fails.
type Error = wire.Error

// Config says how to reach the vendor.
type Config struct {
	// BaseURL is ProductionURL or another; it has no default, so that nobody orders
	// real vouchers by leaving it out.
	BaseURL string
	// HealthURL is the whole address of the health check; /health at the host of
	// BaseURL when empty.
	HealthURL string
	// Secret is the company's.
	Secret wire.Secret
	// Zone is that of times without an offset; India's when nil.
	Zone *time.Location
	// TokenMargin is how long before its end a token is renewed; 5 minutes when 0.
	TokenMargin time.Duration
	// Customers bounds the customers' tokens that are kept; 10,000 when 0.
	Customers int
	// MobileDigits is how long a customer's mobile is; 10 when 0, as in every
	// sample, and 7 to 15 when negative.
	MobileDigits int
	// Retry is for calls that may be repeated freely, which a redemption is not.
	Retry wire.Retry
	// HTTP is the transport's; its Now is the client's clock.
	HTTP wire.Options
}

// india is a fixed zone, so that no database of zones is needed.
func india() *time.Location { return time.FixedZone("IST", 5*3600+30*60) }

func (c Config) withDefaults() Config {
	c.BaseURL = wire.Base(c.BaseURL)
	if u, err := url.Parse(c.BaseURL); err == nil && c.HealthURL == "" {
		c.HealthURL = u.Scheme + "://" + u.Host + "/health"
	}
	if c.Zone == nil {
		c.Zone = india()
	}
	if c.TokenMargin <= 0 {
		c.TokenMargin = 5 * time.Minute
	}
	if c.Customers <= 0 {
		c.Customers = 10_000
	}
	if c.MobileDigits == 0 {
		c.MobileDigits = 10
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	if c.Secret.Reveal() == "" {
		faults = append(faults, errors.New("bigcity: the company's secret is needed"))
	}
	for name, address := range map[string]string{"base": c.BaseURL, "health": c.HealthURL} {
		if reason := wire.CheckURL(address, c.HTTP); reason != "" {
			faults = append(faults, fmt.Errorf("bigcity: %s URL: %s", name, reason))
		}
	}
	if strings.Contains(c.BaseURL, "?") {
		faults = append(faults, errors.New("bigcity: base URL: no query is possible"))
	}
	return errors.Join(faults...)
}
