package points_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/42wim/httpsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/points"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func signer(t testing.TB, options points.SignerOptions) *points.Signer {
	t.Helper()
	s, err := points.NewSigner("key-1", testKey(), options)
	require.NoError(t, err)
	return s
}

// TestAnIndependentVerifierAccepts: another implementation of the draft reads what
// arrived on the wire. It takes the path unescaped, so escaped ones are left to
// rebuilt, which takes the raw request line as the vendor's gateway does.
func TestAnIndependentVerifierAccepts(t *testing.T) {
	for _, target := range []string{"/points/v1/earn?x=1", "/points/v1/earn", "/a%2Fb/earn?q=%20&z", "/"} {
		v := newVendor(t)
		var verified error
		v.answer = func(w http.ResponseWriter, r *http.Request) {
			verified = rebuilt(r)
			if verifier, err := httpsig.NewVerifier(r); err != nil {
				verified = err
			} else if verified == nil && !strings.Contains(target, "%2F") {
				verified = verifier.Verify(crypto.PublicKey(&testKey().PublicKey), httpsig.RSA_SHA256)
			}
			w.WriteHeader(http.StatusAccepted)
		}
		config := v.config()
		config.EarnURL = v.server.URL + target
		config.sign()
		_, err := send(t, client(t, config), points.Earn)
		require.NoError(t, err)
		require.NoError(t, verified, target)
		assert.True(t, strings.HasPrefix(v.heads[0].Get("Authorization"), "Bearer "))
		digest := sha512.Sum512([]byte(v.seen()[0]))
		assert.Equal(t, "SHA-512="+base64.StdEncoding.EncodeToString(digest[:]), v.heads[0].Get("Digest"))
	}
}

var layout = regexp.MustCompile(`^keyId="key-1",algorithm="RSA-SHA256",created=(\d+),headers="\(created\) digest \(request-target\)",signature="([A-Za-z0-9+/=]+)"$`)

// rebuilt verifies a request from the raw request line and nothing of the client's.
func rebuilt(r *http.Request) error {
	parts := layout.FindStringSubmatch(r.Header.Get("Signature"))
	if parts == nil {
		return errors.New("another layout: " + r.Header.Get("Signature"))
	}
	signature, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	text := strings.Join([]string{"(created): " + parts[1], "digest: " + r.Header.Get("Digest"), "(request-target): post " + r.RequestURI}, "\n")
	sum := sha256.Sum256([]byte(text))
	return rsa.VerifyPKCS1v15(&testKey().PublicKey, crypto.SHA256, sum[:], signature)
}

func TestTheVerifierRefusesAnotherRequest(t *testing.T) {
	s := signer(t, points.SignerOptions{})
	head, err := s.Sign("POST", "https://vendor.example.test/earn", []byte("{}"))
	require.NoError(t, err)
	verify := func(method, target, digest string) error {
		req, err := http.NewRequest(method, "https://vendor.example.test"+target, bytes.NewReader(nil))
		require.NoError(t, err)
		req.Header = head.Clone()
		if digest != "" {
			req.Header.Set("Digest", digest)
		}
		verifier, err := httpsig.NewVerifier(req)
		require.NoError(t, err)
		return verifier.Verify(&testKey().PublicKey, httpsig.RSA_SHA256)
	}
	require.NoError(t, verify("POST", "/earn", ""))
	assert.Error(t, verify("POST", "/redeem", ""))
	assert.Error(t, verify("PUT", "/earn", ""))
	assert.Error(t, verify("POST", "/earn", "SHA-512=AAAA"))
}

func TestCreatedIsBackDatedAndTheTargetCanBeOverridden(t *testing.T) {
	now := func() time.Time { return time.Unix(1712907686, 999) }
	for backDate, want := range map[time.Duration]string{5 * time.Second: "created=1712907681,", time.Minute: "created=1712907626,", 0: "created=1712907686,"} {
		head, err := signer(t, points.SignerOptions{Now: now, BackDate: backDate}).Sign("POST", "https://x.example.test/", nil)
		require.NoError(t, err)
		assert.Contains(t, head.Get("Signature"), want)
	}
	stripped := signer(t, points.SignerOptions{Now: now, Strip: "/gateway"})
	plain := signer(t, points.SignerOptions{Now: now})
	a, err := stripped.Sign("POST", "https://x.example.test/gateway/earn", []byte("{}"))
	require.NoError(t, err)
	b, err := plain.Sign("POST", "https://x.example.test/earn", []byte("{}"))
	require.NoError(t, err)
	assert.Equal(t, b, a)
}

func TestKeysThatAreRefused(t *testing.T) {
	_, err := points.NewSigner("key", nil, points.SignerOptions{})
	assert.Error(t, err)
	for _, id := range []string{"", `a"b`, "a\nb", "ключ", "a,b"} {
		_, err = points.NewSigner(id, testKey(), points.SignerOptions{})
		assert.Error(t, err, id)
	}
	_, err = points.ParsePrivateKey([]byte(weakKey))
	assert.ErrorContains(t, err, "1024 bits")
	_, err = points.ParsePrivateKey([]byte("no PEM"))
	assert.Error(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	require.NoError(t, err)
	_, err = points.ParsePrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	assert.Error(t, err)
}

func TestKeysGoInAndOutAsPEM(t *testing.T) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(testKey())
	require.NoError(t, err)
	for _, block := range []*pem.Block{
		{Type: "PRIVATE KEY", Bytes: pkcs8},
		{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(testKey())},
	} {
		key, err := points.ParsePrivateKey(pem.EncodeToMemory(block))
		require.NoError(t, err)
		assert.True(t, key.Equal(testKey()))
	}
	s := signer(t, points.SignerOptions{})
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", s, s, s), testKey().D.String())
}

func TestSignaturesUnderARace(t *testing.T) {
	v := newVendor(t)
	config := v.config()
	config.sign()
	c := client(t, config)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := send(t, c, points.Earn)
			assert.NoError(t, err)
		})
	}
	all.Wait()
}
