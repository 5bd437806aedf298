package qiibee

import (
	"errors"
	"fmt"
	"strings"

	"koshelek-adapter/crm/bridge/wire"
)

// Vendor is the name of this vendor in errors and metrics.
const Vendor = "qiibee"

// The vendor's addresses.
const (
	ProductionURL = "https://bwaapi.qiibee.com/api/admin"
	SandboxURL    = "https://bwaapi-sandbox.qiibee.com/api/admin"
)

// Error is what every call returns that fails.
type Error = wire.Error

// Config says how to reach the vendor.
type Config struct {
	// BaseURL is ProductionURL, SandboxURL or another; it has no default, so that
	// nobody moves real points by leaving it out.
	BaseURL string
	// APIKey is sent as X-API-KEY.
	APIKey wire.Secret
	// CheckMemberships refuses membership numbers that cannot be right before they
	// are sent. Off by default: the vendor decides.
	CheckMemberships bool
	// Retry is for calls that may be repeated freely.
	Retry wire.Retry
	// HTTP is the transport's.
	HTTP wire.Options
}

func (c Config) validate() error {
	var faults []error
	if c.APIKey.Reveal() == "" || strings.ContainsAny(c.APIKey.Reveal(), "\r\n") {
		faults = append(faults, errors.New("qiibee: an API key is needed"))
	}
	if reason := wire.CheckURL(c.BaseURL, c.HTTP); reason != "" {
		faults = append(faults, fmt.Errorf("qiibee: base URL: %s", reason))
	} else if strings.Contains(c.BaseURL, "?") {
		faults = append(faults, errors.New("qiibee: base URL: no query is possible"))
	}
	return errors.Join(faults...)
}
