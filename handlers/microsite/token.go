package microsite

import (
	"crypto/rand"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claims bind a token to one customer.
type claims struct {
	CustomerID string `json:"customer_id"`
	jwt.RegisteredClaims
}

// tokens makes and reads the tokens of customers who have signed in: HS256, with
// issuer, audience and end. [C: JWT; the rest I]
type tokens struct {
	secret           []byte
	lifetime         time.Duration
	issuer, audience string
	clock            func() time.Time
	parser           *jwt.Parser
}

func newTokens(o Options) tokens {
	return tokens{
		secret: o.TokenSecret, lifetime: o.TokenLifetime, issuer: o.Issuer, audience: o.Audience, clock: o.Clock,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithIssuer(o.Issuer), jwt.WithAudience(o.Audience),
			jwt.WithExpirationRequired(), jwt.WithTimeFunc(o.Clock),
		),
	}
}

// issue makes a token for a customer, as the microsite names one.
func (t tokens) issue(customer string) (string, error) {
	now := t.clock()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		CustomerID: customer,
		RegisteredClaims: jwt.RegisteredClaims{
			ID: rand.Text(), Issuer: t.issuer, Audience: jwt.ClaimStrings{t.audience}, Subject: customer,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(t.lifetime)),
		},
	}).SignedString(t.secret)
}

// read gives the claims of a token that is ours and not over.
func (t tokens) read(text string) (*claims, error) {
	found := &claims{}
	_, err := t.parser.ParseWithClaims(text, found, func(*jwt.Token) (any, error) { return t.secret, nil })
	return found, err
}
