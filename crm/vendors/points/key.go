package points

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// ParsePrivateKey reads an RSA key from PEM, PKCS #8 or PKCS #1. The error never
// shows the key.
func ParsePrivateKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("points: the key is not PEM")
	}
	var key *rsa.PrivateKey
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, _ = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		parsed, _ := x509.ParsePKCS8PrivateKey(block.Bytes)
		key, _ = parsed.(*rsa.PrivateKey)
	}
	if key == nil {
		return nil, errors.New("points: the PEM block is not an unencrypted RSA private key")
	}
	return key, checkKey(key)
}

func checkKey(key *rsa.PrivateKey) error {
	if key == nil {
		return errors.New("points: there is no key")
	}
	if bits := key.N.BitLen(); bits < minKeyBits {
		return fmt.Errorf("points: the key has %d bits, %d are needed", bits, minKeyBits)
	}
	if key.Validate() != nil {
		return errors.New("points: the key's parts do not fit together")
	}
	return nil
}
