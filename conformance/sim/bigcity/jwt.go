package bigcity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"koshelek-adapter/conformance/sim"
)

// customer returns whom the partner's JWT names. Without a key only the claims
// are looked at: the partner signs with a secret of its own.
func (s *Simulator) customer(c *sim.Call) (string, error) {
	parts := strings.Split(c.Bearer(), ".")
	if len(parts) != 3 {
		return "", errors.New("no JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var claims struct {
		Subject    string  `json:"sub"`
		CustomerID string  `json:"customer_id"`
		Expires    float64 `json:"exp"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return "", err
	}
	if s.options.JWTKey != nil {
		mac := hmac.New(sha256.New, s.options.JWTKey)
		mac.Write([]byte(parts[0] + "." + parts[1]))
		if signature, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil || !hmac.Equal(signature, mac.Sum(nil)) {
			return "", errors.New("wrong signature")
		}
	}
	if claims.CustomerID == "" {
		claims.CustomerID = claims.Subject
	}
	if claims.CustomerID == "" || claims.Expires <= float64(s.Clock.Now().Unix()) {
		return "", errors.New("over, or without a customer")
	}
	return claims.CustomerID, nil
}
