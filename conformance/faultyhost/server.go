package faultyhost

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"
)

// Server is a host on a port of its own.
type Server struct {
	// URL is where the host is, CA the certificate to trust in PEM, nil without TLS.
	URL string
	CA  []byte

	http     *http.Server
	listener net.Listener
}

// Start serves a host over HTTPS with a certificate of its own, or over plain
// HTTP. An address is host:port; port 0 takes any free port.
func Start(h *Host, address string, withTLS bool) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + listener.Addr().String(), listener: listener, http: &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second,
		// What goes wrong on a connection is the caller's to tell.
		ErrorLog: log.New(io.Discard, "", 0),
	}}
	if withTLS && !h.wrong("plain-http") {
		if err := s.secure(h); err != nil {
			_ = listener.Close()
			return nil, err
		}
	}
	if h.wrong("header-names-exact") {
		s.listener = &losing{s.listener}
	}
	go func() { _ = s.http.Serve(s.listener) }() // ends with Close
	return s, nil
}

// secure puts TLS before the listener.
func (s *Server) secure(h *Host) error {
	pair, authority, err := certificate(h)
	if err != nil {
		return err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if h.wrong("old-tls") {
		config.MinVersion = tls.VersionTLS10
		config.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
	}
	s.CA = authority
	s.URL = "https" + s.URL[len("http"):]
	if h.wrong("plain-on-same-port") {
		s.listener = &both{Listener: s.listener, config: config}
		return nil
	}
	s.listener = tls.NewListener(s.listener, config)
	return nil
}

// Close ends the server and its connections.
func (s *Server) Close() { _ = s.http.Close() }

// both is the fault of a port that answers with TLS and without.
type both struct {
	net.Listener
	config *tls.Config
}

// handshake is the first byte of TLS.
const handshake = 0x16

// Accept looks at the first byte of a connection.
func (b *both) Accept() (net.Conn, error) {
	plain, err := b.Listener.Accept()
	if err != nil {
		return nil, err
	}
	peeked := peeked{plain, bufio.NewReader(plain)}
	_ = plain.SetReadDeadline(time.Now().Add(5 * time.Second)) // a connection that says nothing is plain
	first, _ := peeked.in.Peek(1)
	_ = plain.SetReadDeadline(time.Time{})
	if len(first) == 1 && first[0] == handshake {
		return tls.Server(peeked, b.config), nil
	}
	return peeked, nil
}

// peeked is a connection that has been looked into.
type peeked struct {
	net.Conn
	in *bufio.Reader
}

// Read implements io.Reader.
func (p peeked) Read(into []byte) (int, error) { return p.in.Read(into) }

// certificate makes a certificate for this machine that signs itself, and the
// same in PEM for those who are to trust it.
func certificate(h *Host) (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := h.certificateTemplate()
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, authority, nil
}

func (h *Host) certificateTemplate() *x509.Certificate {
	const day = 24 * time.Hour
	now := h.now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Loyalty host of the tests"},
		NotBefore: now.Add(-2 * day), NotAfter: now.Add(90 * day),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA: true, BasicConstraintsValid: true,
	}
	switch h.fault {
	case "certificate-expired":
		template.NotAfter = now.Add(-day)
	case "certificate-ends-soon":
		template.NotAfter = now.Add(3 * day)
	case "certificate-other-name":
		template.DNSNames, template.IPAddresses = []string{"shop.example"}, nil
	}
	return template
}
