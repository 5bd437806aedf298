package points_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/points"
)

// signed returns the headers of a signature over the target and the body.
func signed(t *testing.T, key *rsa.PrivateKey, algorithm string, created time.Time, target, body string) []string {
	sum := sha512.Sum512([]byte(body))
	digest := "SHA-512=" + base64.StdEncoding.EncodeToString(sum[:])
	text := fmt.Sprintf("(created): %d\ndigest: %s\n(request-target): %s", created.Unix(), digest, target)
	hash := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
	require.NoError(t, err)
	return []string{"Digest", digest, "Signature", fmt.Sprintf(`keyId="k",algorithm=%q,created=%d,headers="(created) digest (request-target)",signature=%q`,
		algorithm, created.Unix(), base64.StdEncoding.EncodeToString(signature))}
}

func TestSignature(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	h := newFixture(t, points.Options{EarnPath: "/a b/earn", Clients: []points.Client{{ID: "client", Secret: "secret", Keys: map[string]*rsa.PublicKey{"k": &key.PublicKey}}}})
	const path, target = "/a%20b/earn?x=%31", "post /a%20b/earn?x=%31"
	body := h.body("earn", "r-1", "1")
	past, token := start.Add(-5*time.Second), h.token()
	good := signed(t, key, "RSA-SHA256", past, target, body)
	try := func(headers []string, sent string) (int, string) {
		status, answer := h.post(path, token, sent, headers...)
		return status, fmt.Sprint(answer["details"])
	}
	for name, c := range map[string]struct {
		headers []string
		body    string
		why     string
	}{
		"none":           {nil, body, "missing"},
		"digest only":    {good[:2], body, "missing"},
		"other body":     {good, body + " ", "Digest"},
		"decoded target": {signed(t, key, "RSA-SHA256", past, "post /a b/earn?x=1", body), body, "does not fit"},
		"hs2019":         {signed(t, key, "hs2019", past, target, body), body, "not RSA-SHA256"},
		"future":         {signed(t, key, "RSA-SHA256", start.Add(time.Second), target, body), body, "future"},
		"other key":      {[]string{good[0], good[1], good[2], strings.Replace(good[3], `"k"`, `"other"`, 1)}, body, "keyId"},
		"less signed":    {[]string{good[0], good[1], good[2], strings.Replace(good[3], " digest", "", 1)}, body, "must be signed"},
		"twice":          {[]string{good[0], good[1], good[2], good[3] + `,keyId="k"`}, body, "twice"},
		"nonsense":       {[]string{good[0], good[1], good[2], "x"}, body, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, h.Knobs.Set("signature", "required"))
			status, why := try(c.headers, c.body)
			assert.Equal(t, 401, status)
			assert.Contains(t, why, c.why)
		})
	}
	require.NoError(t, h.Knobs.Set("signature_max_age", "4s"))
	status, _ := try(good, body)
	assert.Equal(t, 401, status, "too old")
	require.NoError(t, h.Knobs.Set("signature_max_age", "0s"))
	status, why := try(good, body)
	assert.Equal(t, 202, status, why)
	require.NoError(t, h.Knobs.Set("signature", "optional"))
	status, _ = try(nil, h.body("earn", "r-2", "1"))
	assert.Equal(t, 202, status)
	status, _ = try(good, h.body("earn", "r-3", "1"))
	assert.Equal(t, 401, status, "a wrong one is refused although it is optional")
}

// The contract's own vector is accepted.
func TestSignatureVector(t *testing.T) {
	block, _ := pem.Decode([]byte(vectorKey))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(t, err)
	h := newFixture(t, points.Options{CallbackHosts: []string{"cb.example.test"}, Settings: sim.Settings{Clock: sim.NewStandingClock(time.Unix(1712907691, 0))},
		Rules:   []points.Rule{{ID: "r-1", Kind: points.Earn, Active: true}},
		Clients: []points.Client{{ID: "client", Secret: "secret", Keys: map[string]*rsa.PublicKey{"k": public.(*rsa.PublicKey)}}}})
	require.NoError(t, h.Knobs.Set("signature", "required"))
	status, answer := h.post("/points/v1/earn?x=1", h.token(),
		`{"userId":"u-1","ruleId":"r-1","amount":100,"requestId":"req-1","callbackUrl":"https://cb.example.test/points"}`,
		"Digest", "SHA-512=EVy/j35Flzl131/jBdgtXjd8CH2KotsFkd77NSMfQRozraSK0Tf68vpWyEBRSN37rmhCMLq4rjIkyR1vQ81ryA==",
		"Signature", `keyId="k",algorithm="RSA-SHA256",created=1712907686,headers="(created) digest (request-target)",signature="`+vectorSignature+`"`)
	assert.Equal(t, 202, status, "%v", answer)
}

const vectorSignature = "zG6oy4+tpCqYSkVN1MG++FFXx6AiVD6sPZYdjHrwYp7SH8/BTdkKJBL1HeknPpWXNFv7OReEVznbn7SfQzqPE3Ih4jFD7wUO/o3Xxi95p4Vx2sDWDhJggLI5OWa9u+7IpTY1q+3N1L+0lNCG7I90Y2XgfRiy13oGrILPkVrNApjIT5Hy0vMG6eNg/UFLg91WOhrTh17gBiojmJ1A96W/LGLTfhf6Haupd8IUvcqLRiDczXNz1/QMA4BLWbIv9tt4GrcsYQBQnbdswWaLiHFfv5dPA+z1P8zlpYP/uZJLQEozQj5VftxdvCl/IrrRFLbzHCCelI0meiW7qbMggCTO2g=="

const vectorKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0JDs+V5zLYWJuW0xcsyb
b/Db6e4jtq2IxJvHrnLBkO20CB5AoSwYVqQ43eM4jvzja22XXGvIBC3Gf1jwGMHN
G4xRhCR/+E4cnraFG6Kggnk/X/mnZcQKHAFkHZXglIRTRl+0ex7Qwv9iKSmL9uEn
CGKomY9Zh7svQKrzd1zcAWnWkRZymhuaRjtBE7XDnlDjoyVklIT8XHPEWM1zzoZl
UgrMds+xZj/yc1dGm0ZGJMOMSbrNPpsoR1jFJiveebJtIUV9MlygRZ1uJ4qIQDvz
V/s4wmN01Ub/fYqLOnlAUx/WWM7/5hyT1ouhO/CDWU6D1FV1+j8cOjjMpZ079rAK
cQIDAQAB
-----END PUBLIC KEY-----
`
