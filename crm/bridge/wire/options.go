package wire

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"
)

// Options are what a vendor's client may be told about its HTTP. The zero value
// is good for production.
type Options struct {
	// Timeout bounds one call from its start to the last byte of the answer; 30 s
	// when 0. A context may end it earlier.
	Timeout time.Duration
	// ConnectTimeout bounds connecting, and the TLS handshake once more; 10 s when 0.
	ConnectTimeout time.Duration
	// IdleTimeout is for how long an unused connection is kept; 30 s when 0.
	IdleTimeout time.Duration
	// FreshFor is for how long an unused connection may have been kept to carry a
	// request that must not be repeated; 1 s when 0.
	FreshFor time.Duration
	// MaxConnections bounds the connections to one host; 64 when 0.
	MaxConnections int
	// MaxAnswer bounds the body of an answer in bytes; 1 MiB when 0.
	MaxAnswer int64
	// RootCAs are trusted in place of the system's when set.
	RootCAs *x509.CertPool
	// Certificates are shown to a vendor that asks for one.
	Certificates []tls.Certificate
	// Proxy chooses a proxy as in http.Transport; none when nil. The environment
	// is not read.
	Proxy func(*http.Request) (*url.URL, error)
	// AllowHTTP permits http:// beyond this machine. Without it only loopback
	// addresses may go without TLS.
	AllowHTTP bool
	// UserAgent is sent with every request; "koshelek-adapter" when empty.
	UserAgent string
	// Observe hears of every exchange when set, also of failed ones; it must be
	// quick and safe for concurrent use.
	Observe func(Exchange)
	// Now is the clock of Observe and of Retry-After; time.Now when nil.
	Now func() time.Time
}

// Exchange is what Observe hears: enough for metrics, nothing secret.
type Exchange struct {
	Vendor, Call string
	// Status is 0 when no answer came; Kind is "" on success.
	Status    int
	Kind      Kind
	NeverSent bool
	Duration  time.Duration
}

func (o Options) withDefaults() Options {
	o.Timeout = orDuration(o.Timeout, 30*time.Second)
	o.ConnectTimeout = orDuration(o.ConnectTimeout, 10*time.Second)
	o.IdleTimeout = orDuration(o.IdleTimeout, 30*time.Second)
	o.FreshFor = orDuration(o.FreshFor, time.Second)
	if o.MaxConnections <= 0 {
		o.MaxConnections = 64
	}
	if o.MaxAnswer <= 0 {
		o.MaxAnswer = 1 << 20
	}
	if o.UserAgent == "" {
		o.UserAgent = "koshelek-adapter"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

func orDuration(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}
