package points

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The contract's test vector: an independent verifier took this signature. It was
// made with a key of which only the public half is known; as RSASSA-PKCS1-v1_5
// gives one signature for one text, the same text is the same signature.
const (
	vectorTarget    = "/points/v1/earn?x=1"
	vectorBody      = `{"userId":"u-1","ruleId":"r-1","amount":100,"requestId":"req-1","callbackUrl":"https://cb.example.test/points"}`
	vectorCreated   = 1712907686
	vectorDigest    = "SHA-512=EVy/j35Flzl131/jBdgtXjd8CH2KotsFkd77NSMfQRozraSK0Tf68vpWyEBRSN37rmhCMLq4rjIkyR1vQ81ryA=="
	vectorSignature = "zG6oy4+tpCqYSkVN1MG++FFXx6AiVD6sPZYdjHrwYp7SH8/BTdkKJBL1HeknPpWXNFv7OReEVznbn7SfQzqPE3Ih4jFD7wUO/o3Xxi95p4Vx2sDWDhJggLI5OWa9u+7IpTY1q+3N1L+0lNCG7I90Y2XgfRiy13oGrILPkVrNApjIT5Hy0vMG6eNg/UFLg91WOhrTh17gBiojmJ1A96W/LGLTfhf6Haupd8IUvcqLRiDczXNz1/QMA4BLWbIv9tt4GrcsYQBQnbdswWaLiHFfv5dPA+z1P8zlpYP/uZJLQEozQj5VftxdvCl/IrrRFLbzHCCelI0meiW7qbMggCTO2g=="
	vectorKey       = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0JDs+V5zLYWJuW0xcsyb
b/Db6e4jtq2IxJvHrnLBkO20CB5AoSwYVqQ43eM4jvzja22XXGvIBC3Gf1jwGMHN
G4xRhCR/+E4cnraFG6Kggnk/X/mnZcQKHAFkHZXglIRTRl+0ex7Qwv9iKSmL9uEn
CGKomY9Zh7svQKrzd1zcAWnWkRZymhuaRjtBE7XDnlDjoyVklIT8XHPEWM1zzoZl
UgrMds+xZj/yc1dGm0ZGJMOMSbrNPpsoR1jFJiveebJtIUV9MlygRZ1uJ4qIQDvz
V/s4wmN01Ub/fYqLOnlAUx/WWM7/5hyT1ouhO/CDWU6D1FV1+j8cOjjMpZ079rAK
cQIDAQAB
-----END PUBLIC KEY-----
`
)

func TestTheVectorOfTheContract(t *testing.T) {
	block, _ := pem.Decode([]byte(vectorKey))
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(t, err)
	signature, err := base64.StdEncoding.DecodeString(vectorSignature)
	require.NoError(t, err)
	verify := func(text string) error {
		sum := sha256.Sum256([]byte(text))
		return rsa.VerifyPKCS1v15(parsed.(*rsa.PublicKey), crypto.SHA256, sum[:], signature)
	}

	// The body is the one that prepare makes, the target the one that Sign takes.
	c := &Client{settings: Settings{EarnURL: "https://vendor.example.test" + vectorTarget}}
	prepared, err := c.prepare(Earn, Transaction{
		UserID: "u-1", RuleID: "r-1", Points: 100, RequestID: "req-1", CallbackURL: "https://cb.example.test/points",
	})
	require.NoError(t, err)
	assert.Equal(t, vectorBody, string(prepared))
	assert.Equal(t, vectorDigest, digestOf(prepared))
	u, err := url.Parse(c.settings.EarnURL)
	require.NoError(t, err)
	text := signingString(vectorCreated, digestOf(prepared), "POST", u.RequestURI())
	require.NoError(t, verify(text))

	assert.Error(t, verify(text+"\n"))
	assert.Error(t, verify(signingString(vectorCreated+1, vectorDigest, "POST", vectorTarget)))
	assert.Error(t, verify(signingString(vectorCreated, vectorDigest, "POST", "/points/v1/earn")))
}
