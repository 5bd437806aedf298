package bigcity

import (
	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Name is the vendor's, in deliveries, errors and metrics.
const Name = "bigcity"

// Error is what every call returns that fails.
type Error = vendorhttp.Error

// Settings say how to reach the vendor.
type Settings struct {
	URL          string         `default:"https://api.bigcity.in/v1" desc:"base address of the BigCity Rewards API"`
	Secret       setting.Secret `file:"true" desc:"company secret of the BigCity Rewards API, which is used when it is set"`
	MobileDigits int            `split_words:"true" default:"10" min:"4" max:"15" desc:"how many of a phone's last digits BigCity is given as mobile number"`
	TimeZone     setting.Zone   `split_words:"true" default:"Asia/Kolkata" desc:"IANA time zone in which BigCity writes the end of its tokens"`
	Rate         int            `default:"0" min:"0" desc:"calls a second at most; 0 for no limit"`
}

// Enabled reports whether BigCity is used.
func (s Settings) Enabled() bool { return s.Secret.IsSet() }

// CallsPerSecond limits the calls; 0 for no limit.
func (s Settings) CallsPerSecond() int { return s.Rate }

// Check reports what is wrong with the settings by the names of their variables.
func (s Settings) Check(allowHTTP bool, fault func(name, message string)) {
	fault("URL", vendorhttp.CheckBase(s.URL, s.Enabled(), allowHTTP))
}

// Open makes the vendor; nothing is called yet.
func (s Settings) Open(o vendorhttp.Options) (outbox.Vendor, error) {
	return &Vendor{client: New(s, o), zone: s.TimeZone.Location()}, nil
}
