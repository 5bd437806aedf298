package points

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const minKeyBits = 2048

// Signer signs requests in the layout of draft-cavage-http-signatures that this
// vendor reads: "(created) digest (request-target)" with RSASSA-PKCS1-v1_5 and
// SHA-256, named RSA-SHA256. Libraries write hs2019 in its place, as the draft
// wants it, and the vendor's verifier would refuse that. Safe for concurrent use.
type Signer struct {
	keyID   string
	key     *rsa.PrivateKey
	options SignerOptions
}

// SignerOptions are the rest of a signer; the zero value is usable.
type SignerOptions struct {
	// BackDate is taken off the clock for (created), since a time in the vendor's
	// future is refused.
	BackDate time.Duration
	// Strip is the beginning of the escaped path that is left out of what is signed,
	// for a gateway that strips it.
	Strip string
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// NewSigner makes a signer. The key must be RSA of 2048 bits or more, and keyID
// printable ASCII without quotes.
func NewSigner(keyID string, key *rsa.PrivateKey, options SignerOptions) (*Signer, error) {
	if keyID == "" || strings.ContainsFunc(keyID, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' || r == ',' }) {
		return nil, errors.New("points: the key id must be printable ASCII without quotes, commas and backslashes")
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Signer{keyID: keyID, key: key, options: options}, nil
}

// String names the key, not its parts.
func (s *Signer) String() string { return "signer " + s.keyID }

// GoString is String.
func (s *Signer) GoString() string { return s.String() }

// Sign gives the headers Digest and Signature for a request to the address with
// this body. The time is taken anew each time.
func (s *Signer) Sign(method, address string, body []byte) (http.Header, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("points: the address to sign is no URL")
	}
	created := s.options.Now().Add(-s.options.BackDate).Unix()
	digest := digestOf(body)
	sum := sha256.Sum256([]byte(signingString(created, digest, method, strings.TrimPrefix(u.RequestURI(), s.options.Strip))))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		return nil, fmt.Errorf("points: signing: %w", err)
	}
	return http.Header{"Digest": {digest}, "Signature": {fmt.Sprintf(
		`keyId="%s",algorithm="RSA-SHA256",created=%d,headers="(created) digest (request-target)",signature="%s"`,
		s.keyID, created, base64.StdEncoding.EncodeToString(signature),
	)}}, nil
}

func digestOf(body []byte) string {
	sum := sha512.Sum512(body)
	return "SHA-512=" + base64.StdEncoding.EncodeToString(sum[:])
}

func signingString(created int64, digest, method, target string) string {
	return "(created): " + strconv.FormatInt(created, 10) + "\n" +
		"digest: " + digest + "\n" +
		"(request-target): " + strings.ToLower(method) + " " + target
}
