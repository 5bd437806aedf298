package tlscert

import "crypto/tls"

// Config returns the TLS settings of a server whose certificate get finds, usually Reloader.GetCertificate: TLS 1.2 or later with the cipher
// suites that Go prefers, HTTP/2 and HTTP/1.1. Every call returns a new Config that the caller owns.
func Config(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: get,
	}
}
