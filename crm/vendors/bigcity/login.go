package bigcity

import (
	"context"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Customer is who gets vouchers.
type Customer struct {
	// Mobile identifies the customer: digits alone, as many as Settings say.
	Mobile string
	// Name and Email may be empty.
	Name, Email string
}

// String hides the person.
func (Customer) String() string { return "customer ***" }

// GoString hides the person.
func (Customer) GoString() string { return "customer ***" }

type customerOut struct {
	Name   string `json:"customer_name,omitempty"`
	Mobile string `json:"customer_mobile"`
	Email  string `json:"customer_email,omitempty"`
}

// fault says what cannot be sent of a customer.
func (c *Client) fault(customer Customer) string {
	switch {
	case strings.Trim(customer.Mobile, "0123456789") != "":
		return "customer_mobile is not digits alone"
	case len(customer.Mobile) != c.settings.MobileDigits:
		return "customer_mobile has a wrong number of digits"
	case customer.Name != "" && !vendorhttp.Plain(customer.Name, vendorhttp.MaxID), customer.Email != "" && !vendorhttp.Plain(customer.Email, vendorhttp.MaxID):
		return "customer_name or customer_email is too long or has control characters"
	}
	return ""
}

// loginCompany gets the company's token (contract: POST /company/auth).
func (c *Client) loginCompany(ctx context.Context) (vendorhttp.Token, error) {
	body := vendorhttp.Marshal(map[string]string{"secret": c.settings.Secret.Reveal()})
	return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (vendorhttp.Token, error) {
		// The manual asks for this very word.
		return c.login(ctx, "company-login", "/company/auth", "Required", body, "auth_token")
	})
}

// session is where the customer's token comes from (contract: POST /customer/auth).
func (c *Client) session(customer Customer) *vendorhttp.Tokens {
	const call = "customer-login"
	return c.customers.For(customer.Mobile, func(ctx context.Context) (vendorhttp.Token, error) {
		body := vendorhttp.Marshal(customerOut{customer.Name, customer.Mobile, customer.Email})
		return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (vendorhttp.Token, error) {
			return vendorhttp.WithToken(ctx, c.company, call, func(ctx context.Context, bearer string) (vendorhttp.Token, error) {
				return c.login(ctx, call, "/customer/auth", bearer, body, "customer_token")
			})
		})
	})
}

// login asks once for a token, which stands in the field of that name.
func (c *Client) login(ctx context.Context, call, path, authorization string, body []byte, field string) (vendorhttp.Token, error) {
	asked := c.http.Now()
	answer, err := c.post(ctx, call, path, authorization, body)
	if err != nil {
		return vendorhttp.Token{}, err
	}
	return c.readToken(answer, field, asked)
}

func (c *Client) readToken(answer *vendorhttp.Answer, field string, asked time.Time) (vendorhttp.Token, error) {
	var in map[string]vendorhttp.Text
	if err := answer.DecodeInside(&in, field); err != nil {
		return vendorhttp.Token{}, err
	}
	value := in[field].String()
	if value == "" {
		return vendorhttp.Token{}, answer.Malformed("the answer has no " + field)
	}
	return vendorhttp.NewToken(value, asked, c.endOf(value, in["token_expiry"], asked)), nil
}

// defaultLife is how long the manual says that tokens live.
const defaultLife = 24 * time.Hour

// endOf decides when a token ends: its own exp claim, else token_expiry, else a day
// from now. An end that has passed already is not believed; clocks differ, and a
// token that is really over is refused and renewed.
func (c *Client) endOf(value string, expiry vendorhttp.Text, asked time.Time) time.Time {
	if at, ok := expOf(value); ok && at.After(asked) {
		return at
	}
	if at, ok := expiry.Time(c.settings.TimeZone.Location()); ok && at.After(asked) {
		return at
	}
	return asked.Add(defaultLife)
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
