package conformance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"time"
)

var tlsChecks = map[string]checkFunc{
	"tls.https": func(c *check) error {
		if c.client.base.Scheme != "https" {
			return &broken{"the address is http: credentials and personal data travel in the open"}
		}
		return nil
	},
	"tls.version": overTLS(func(c *check, state *tls.ConnectionState) error {
		if state.Version < tls.VersionTLS12 {
			return &broken{"the host speaks " + tls.VersionName(state.Version)}
		}
		c.note = tls.VersionName(state.Version)
		return nil
	}),
	"tls.old-refused": overTLS(func(c *check, _ *tls.ConnectionState) error {
		old, err := c.handshake(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
		if err == nil {
			return &broken{"the host speaks " + tls.VersionName(old.Version)}
		}
		return nil
	}),
	"tls.certificate":      certificate,
	"tls.certificate-days": certificateDays,
	"tls.no-plain-text":    plainText,
}

// overTLS hands a check the state of a connection to the host.
func overTLS(do func(*check, *tls.ConnectionState) error) checkFunc {
	return func(c *check) error {
		if c.client.base.Scheme != "https" || c.client.transport == nil {
			return &lacking{"it needs a host that is reached over HTTPS"}
		}
		state, err := c.handshake(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
		if err != nil {
			return notReady("no TLS connection: %v", err)
		}
		c.describe(state)
		return do(c, state)
	}
}

// describe puts the host's certificate into the report.
func (r *run) describe(state *tls.ConnectionState) {
	info := &r.report.Target
	info.TLS = tls.VersionName(state.Version)
	if len(state.PeerCertificates) == 0 {
		return
	}
	leaf := state.PeerCertificates[0]
	sum := sha256.Sum256(leaf.Raw)
	info.Fingerprint, info.CertificateUntil = hex.EncodeToString(sum[:]), &leaf.NotAfter
}

const dialLimit = 10 * time.Second

// handshake makes a connection and closes it. The certificate is judged apart.
func (c *check) handshake(config *tls.Config) (*tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(c.ctx, dialLimit)
	defer cancel()
	config.ServerName = c.client.base.Hostname()
	dialer := tls.Dialer{Config: config}
	connection, err := dialer.DialContext(ctx, "tcp", c.client.address())
	if err != nil {
		return nil, err
	}
	defer func() { _ = connection.Close() }() // nothing was sent on it
	state := connection.(*tls.Conn).ConnectionState()
	return &state, nil
}

// address is the host and port to dial.
func (c *client) address() string {
	port := c.base.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[c.base.Scheme]
	}
	return net.JoinHostPort(c.base.Hostname(), port)
}

var certificate = overTLS(func(c *check, state *tls.ConnectionState) error {
	if c.client.insecure {
		return &lacking{"the run was told not to look at the certificate; give the authority instead (--ca)"}
	}
	intermediates := x509.NewCertPool()
	for _, cert := range state.PeerCertificates[1:] {
		intermediates.AddCert(cert)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		DNSName: c.client.base.Hostname(), Roots: c.client.roots, Intermediates: intermediates, CurrentTime: c.options.Clock(),
	})
	if err != nil {
		return &broken{"the certificate is not good: " + certificateFault(err)}
	}
	return nil
})

func certificateFault(err error) string {
	var hostname x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &hostname):
		return "it is for another name"
	case errors.As(err, &authority):
		return "nobody knows its authority"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired or is not valid yet"
	}
	return err.Error()
}

var certificateDays = overTLS(func(c *check, state *tls.ConnectionState) error {
	const enough = 14
	left := int(state.PeerCertificates[0].NotAfter.Sub(c.options.Clock()).Hours() / 24)
	if left < enough {
		return &broken{fmt.Sprintf("the certificate is good for %d days", left)}
	}
	return nil
})

// plainText sends a call without TLS, and without credentials, to the port of
// HTTPS.
var plainText = overTLS(func(c *check, _ *tls.ConnectionState) error {
	ctx, cancel := context.WithTimeout(c.ctx, dialLimit)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", c.client.address())
	if err != nil {
		return notReady("no connection: %v", err)
	}
	defer func() { _ = connection.Close() }() // the answer has been read
	_ = connection.SetDeadline(time.Now().Add(3 * time.Second))
	if _, err := fmt.Fprintf(connection, "GET /v1/card?msisdn=%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", c.maker.phone(), c.client.base.Host); err != nil {
		return nil // refused at once
	}
	first := make([]byte, 64)
	n, _ := connection.Read(first)
	for _, status := range []string{" 200", " 401", " 422"} {
		if at := bytes.IndexByte(first[:n], ' '); at >= 0 && bytes.HasPrefix(first[at:n], []byte(status)) {
			return &broken{"the port answers the API without TLS, with status" + status}
		}
	}
	return nil
})

var timingChecks = map[string]checkFunc{
	"timing.each": func(c *check) error {
		slow := c.tally.slow
		if slow == nil {
			return &lacking{"no call was made"}
		}
		if slow.exchange.Took <= c.profile.AnswerLimit {
			return nil
		}
		shown := *slow
		shown.wrong, shown.expected = "it took "+Duration(slow.exchange.Took).String(), "an answer within "+Duration(c.profile.AnswerLimit).String()
		c.records = []*record{&shown}
		return &broken{"an answer took " + Duration(slow.exchange.Took).String() + "; the limit is " + Duration(c.profile.AnswerLimit).String()}
	},
	"timing.usual": func(c *check) error {
		var took []time.Duration
		for _, some := range c.tally.took {
			took = append(took, some...)
		}
		if len(took) == 0 {
			return &lacking{"no call was made"}
		}
		if p95, limit := timing("", took).P95, Duration(c.profile.AnswerLimit/4); p95 > limit {
			return &broken{fmt.Sprintf("one of twenty answers takes %s or longer; a quarter of the limit is %s", p95, limit)}
		}
		return nil
	},
	"timing.keep-alive": func(c *check) error {
		const enough = 10
		connections, calls := c.client.connections.Load(), c.client.calls.Load()
		if c.tally.single < enough || connections == 0 {
			return &lacking{"too few calls were made to see it"}
		}
		if connections > calls/2 {
			return &broken{"most calls needed a connection of their own"}
		}
		return nil
	},
}
