package hosts

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

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
