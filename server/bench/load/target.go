package load

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
)

// Target is a server that is put under load.
type Target struct {
	// URL is where it listens, scheme and host alone; for Wrk and messages.
	URL string
	// Authorization is the header's value, "" for none.
	Authorization string
	// Dial opens a connection that speaks HTTP/1.1.
	Dial func(ctx context.Context) (net.Conn, error)
}

// NewTarget describes the server behind an http or https URL. An empty user
// sends no credentials. Certificates are not checked: the server is one that
// the caller has just started, with a certificate of its own making.
func NewTarget(address, user, password string) (Target, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Target{}, fmt.Errorf("target: %w", err)
	}
	t := Target{URL: u.Scheme + "://" + u.Host}
	if user != "" {
		t.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	plain := &net.Dialer{}
	switch u.Scheme {
	case "http":
		t.Dial = func(ctx context.Context) (net.Conn, error) { return plain.DialContext(ctx, "tcp", u.Host) }
	case "https":
		encrypted := &tls.Dialer{NetDialer: plain, Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}
		t.Dial = func(ctx context.Context) (net.Conn, error) { return encrypted.DialContext(ctx, "tcp", u.Host) }
	default:
		return Target{}, fmt.Errorf("target: %q is neither http nor https", u.Scheme)
	}
	return t, nil
}
