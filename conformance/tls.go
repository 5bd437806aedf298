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

	"koshelek-adapter/conformance/contract"
)

func tlsRules() []ruled {
	rule := func(id, text string, severity contract.Severity) contract.Rule {
		return contract.Rule{ID: id, Text: text, Severity: severity, Mark: inferred, Source: fromTLS, Since: v100}
	}
	return []ruled{
		row(contract.Rule{ID: "tls.https", Text: "The API is served over HTTPS.", Mark: published, Source: fromOverview, Since: v100, Severity: contract.Critical},
			func(c *check) {
				stopIf(c.client.base.Scheme != "https", &broken{"the address is http: credentials and personal data travel in the open"})
			},
			fault("plain-http", "The API is served without TLS")),
		row(rule("tls.version", "TLS 1.2 or later is spoken.", contract.Major),
			overTLS(func(c *check, state *tls.ConnectionState) {
				if state.Version < tls.VersionTLS12 {
					panic(stop{&broken{"the host speaks " + tls.VersionName(state.Version)}})
				}
				c.note = tls.VersionName(state.Version)
			})),
		row(rule("tls.old-refused", "TLS 1.0 and 1.1 are refused.", contract.Minor),
			overTLS(func(c *check, _ *tls.ConnectionState) {
				old, err := c.handshake(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
				if err == nil {
					panic(stop{&broken{"the host speaks " + tls.VersionName(old.Version)}})
				}
			}),
			fault("old-tls", "TLS 1.0 is spoken")),
		row(rule("tls.certificate", "The certificate is valid for the host's name, today, and by an authority that the caller trusts.", contract.Major),
			certificate,
			fault("certificate-expired", "The certificate ended yesterday"),
			fault("certificate-other-name", "The certificate is for another host")),
		row(rule("tls.certificate-days", "The certificate is good for another 14 days.", contract.Minor),
			certificateDays,
			fault("certificate-ends-soon", "The certificate ends in three days")),
		row(rule("tls.no-plain-text", "The port of HTTPS does not answer a call without TLS with anything of the API.", contract.Critical),
			plainText,
			fault("plain-on-same-port", "The port of HTTPS answers without TLS as well")),
	}
}

// overTLS hands a check the state of a connection to the host.
func overTLS(do func(*check, *tls.ConnectionState)) checkFunc {
	return func(c *check) {
		stopIf(c.client.base.Scheme != "https" || c.client.transport == nil, &lacking{"it needs a host that is reached over HTTPS"})
		state, err := c.handshake(&tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
		if err != nil {
			panic(stop{notReady("no TLS connection: %v", err)})
		}
		c.describe(state)
		do(c, state)
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

var certificate = overTLS(func(c *check, state *tls.ConnectionState) {
	stopIf(c.client.insecure, &lacking{"the run was told not to look at the certificate; give the authority instead (--ca)"})
	intermediates := x509.NewCertPool()
	for _, cert := range state.PeerCertificates[1:] {
		intermediates.AddCert(cert)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{
		DNSName: c.client.base.Hostname(), Roots: c.client.roots, Intermediates: intermediates, CurrentTime: c.options.Clock(),
	})
	if err != nil {
		panic(stop{&broken{"the certificate is not good: " + certificateFault(err)}})
	}
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

var certificateDays = overTLS(func(c *check, state *tls.ConnectionState) {
	const enough = 14
	left := int(state.PeerCertificates[0].NotAfter.Sub(c.options.Clock()).Hours() / 24)
	if left < enough {
		panic(stop{&broken{fmt.Sprintf("the certificate is good for %d days", left)}})
	}
})

// plainText sends a call without TLS, and without credentials, to the port of
// HTTPS.
var plainText = overTLS(func(c *check, _ *tls.ConnectionState) {
	ctx, cancel := context.WithTimeout(c.ctx, dialLimit)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", c.client.address())
	if err != nil {
		panic(stop{notReady("no connection: %v", err)})
	}
	defer func() { _ = connection.Close() }() // the answer has been read
	_ = connection.SetDeadline(time.Now().Add(3 * time.Second))
	if _, err := fmt.Fprintf(connection, "GET /v1/card?msisdn=%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", c.maker.phone(), c.client.base.Host); err != nil {
		return // refused at once
	}
	first := make([]byte, 64)
	n, _ := connection.Read(first)
	for _, status := range []string{" 200", " 401", " 422"} {
		if at := bytes.IndexByte(first[:n], ' '); at >= 0 && bytes.HasPrefix(first[at:n], []byte(status)) {
			panic(stop{&broken{"the port answers the API without TLS, with status" + status}})
		}
	}
})
