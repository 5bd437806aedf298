package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Options say where the CRM is and how the two know each other.
type Options struct {
	// URL is what stands before /v1/, https://; http:// is taken for this machine only,
	// and for others with AllowHTTP.
	URL       string
	AllowHTTP bool
	// Secrets sign: one, or two while they are changed, the newer first. Each is
	// whsec_ and the Base64 of 24 bytes or more.
	Secrets []string
	// Token is sent as Bearer; User and Password as Basic when there is none.
	Token, User, Password string
	// CA is trusted instead of the machine's authorities when it is not empty, PEM.
	CA []byte
	// Certificate is ours, for a CRM that asks for one; nil for none.
	Certificate *tls.Certificate
	// Zone is where the programme's days begin; nil for UTC.
	Zone *time.Location
	// InFlight is how many calls come at once at most, so that as many connections are
	// kept; 0 for 64.
	InFlight int
	// Clock is the clock of signatures; nil for the real one.
	Clock func() time.Time
}

// minSecretBytes is what Standard Webhooks asks of a secret.
const minSecretBytes = 24

// ParseSecret reads a secret of Standard Webhooks. The error does not tell it.
func ParseSecret(text string) (*standardwebhooks.Webhook, error) {
	encoded, has := strings.CutPrefix(text, "whsec_")
	secret, err := standardwebhooks.NewWebhook(encoded)
	if !has || err != nil || len(encoded) < minSecretBytes*4/3 {
		return nil, errors.New("a secret is whsec_ and the Base64 of 24 bytes or more: echo whsec_$(openssl rand -base64 24)")
	}
	return secret, nil
}

func (o Options) base() (*url.URL, error) {
	base, err := url.Parse(strings.TrimRight(o.URL, "/"))
	switch {
	case err != nil, base.Host == "", base.Scheme != "https" && base.Scheme != "http", base.User != nil, base.RawQuery != "", base.Fragment != "":
		return nil, errors.New("the CRM's address must be https://host/path, without credentials and query")
	case base.Scheme == "http" && !o.AllowHTTP && !loopback(base.Hostname()):
		return nil, errors.New("the CRM's address is http:// on another machine: customers' data would be readable on the way")
	}
	return base, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (o Options) secrets() ([]*standardwebhooks.Webhook, error) {
	if len(o.Secrets) < 1 || len(o.Secrets) > 2 {
		return nil, errors.New("the CRM needs one secret, or two while they are changed")
	}
	var all []*standardwebhooks.Webhook
	for _, text := range o.Secrets {
		secret, err := ParseSecret(text)
		if err != nil {
			return nil, err
		}
		all = append(all, secret)
	}
	return all, nil
}

func (o Options) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.Certificate != nil {
		config.Certificates = []tls.Certificate{*o.Certificate}
	}
	if len(o.CA) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(o.CA) {
			return nil, fmt.Errorf("the CRM's authority has no certificate in PEM")
		}
	}
	return config, nil
}
