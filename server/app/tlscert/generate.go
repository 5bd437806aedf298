package tlscert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"os"
	"regexp"
	"slices"
	"time"
)

// generate makes a key and a certificate that it signs itself, both as PEM.
func generate(now time.Time, hosts []string) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := certificate(now, hosts)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return certPEM, keyPEM, nil
}

// certificate describes a certificate that serves TLS and can sign no other: whoever trusts it trusts these names and nothing more. It begins
// an hour ago for clients whose clock is slow. The serial number is left to crypto/x509, which takes a random one.
func certificate(now time.Time, hosts []string) *x509.Certificate {
	begin := now.Add(-time.Hour).UTC().Truncate(time.Second)
	c := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "koshelek-adapter (self-signed)"},
		NotBefore:             begin,
		NotAfter:              begin.Add(lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	names := []string{"localhost", "127.0.0.1", "::1"}
	if machine, err := os.Hostname(); err == nil && isHost(machine) { // nobody chose it for a certificate
		names = append(names, machine)
	}
	for _, name := range wanted(append(names, hosts...)) {
		if ip := net.ParseIP(name); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, name)
		}
	}
	return c
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$`)

func isHost(name string) bool { return net.ParseIP(name) != nil || hostName.MatchString(name) }

// wanted drops what names no host, and repetitions.
func wanted(hosts []string) []string {
	var names []string
	for _, host := range hosts {
		ip := net.ParseIP(host)
		if host == "" || ip != nil && ip.IsUnspecified() || slices.Contains(names, host) {
			continue
		}
		names = append(names, host)
	}
	return names
}
