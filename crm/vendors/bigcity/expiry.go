package bigcity

import (
	"time"

	"github.com/golang-jwt/jwt/v5"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// defaultLife is how long the manual says that tokens live.
const defaultLife = 24 * time.Hour

// newToken decides when a token ends: its own exp claim, else token_expiry, else a
// day from now. An end that has passed already is not believed; clocks differ, and a
// token that is really over is refused and renewed.
func (c *Client) newToken(value string, expiry vendorhttp.Text, asked time.Time) vendorhttp.Token {
	if at, ok := expOf(value); ok && at.After(asked) {
		return vendorhttp.NewToken(value, asked, at)
	}
	if at, ok := expiry.Time(c.settings.TimeZone.Location()); ok && at.After(asked) {
		return vendorhttp.NewToken(value, asked, at)
	}
	return vendorhttp.NewToken(value, asked, asked.Add(defaultLife))
}

// expOf reads the exp claim of a JWT. Its signature cannot be checked here, and
// need not be: nothing but the time of the next login depends on it.
func expOf(value string) (time.Time, bool) {
	var claims jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(value, &claims); err != nil || claims.ExpiresAt == nil {
		return time.Time{}, false
	}
	return claims.ExpiresAt.Time, true
}
