package bigcity

import (
	"cmp"
	"errors"

	"github.com/golang-jwt/jwt/v5"

	"koshelek-adapter/conformance/sim"
)

type claims struct {
	CustomerID string `json:"customer_id"`
	jwt.RegisteredClaims
}

// customer returns whom the partner's JWT names. Only the claims are looked at: the
// partner signs with a secret of its own.
func (s *Simulator) customer(c *sim.Call) (string, error) {
	var found claims
	if _, _, err := jwt.NewParser().ParseUnverified(c.Bearer(), &found); err != nil {
		return "", err
	}
	if err := jwt.NewValidator(jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Clock.Now)).Validate(found); err != nil {
		return "", err
	}
	if id := cmp.Or(found.CustomerID, found.Subject); id != "" {
		return id, nil
	}
	return "", errors.New("without a customer")
}
