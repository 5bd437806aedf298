package bigcity

import (
	"context"
	"net/http"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/token"
	"koshelek-adapter/crm/bridge/wire"
)

// Company is who the secret belongs to.
type Company struct {
	ID, Name, CompanyName string
	// Email may be absent.
	Email string
	// State is "Active" for one that may order.
	State string
}

// Company tells who the secret belongs to, logging in when there is no token. A
// wrong secret is Unauthorized.
func (c *Client) Company(ctx context.Context) (Company, error) {
	if _, err := c.company.Get(ctx); err != nil {
		return Company{}, wire.Before(Vendor, "company", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.details, nil
}

// loginCompany gets the company's token (contract: POST /company/auth).
func (c *Client) loginCompany(ctx context.Context) (token.Token, error) {
	const call = "company-login"
	body, err := wire.Marshal(map[string]string{"secret": c.config.Secret.Reveal()})
	if err != nil {
		return token.Token{}, refuse(call, "the secret cannot be written as JSON")
	}
	return wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (token.Token, error) {
		asked := c.http.Now()
		// The manual asks for this very word.
		answer, err := c.send(ctx, call, http.MethodPost, "/company/auth", "Required", body, false)
		if err != nil {
			return token.Token{}, err
		}
		got, details, err := c.readCompany(answer)
		if err != nil {
			return token.Token{}, err
		}
		c.mu.Lock()
		c.details = details
		c.mu.Unlock()
		return c.newToken(got.value, got.expiry, asked), nil
	})
}

// issued is a token as an answer brings it.
type issued struct {
	value  string
	expiry lenient.Text
}

func (c *Client) readCompany(answer *wire.Answer) (issued, Company, error) {
	var in struct {
		ID           lenient.Text `json:"vendor_id"`
		Name         lenient.Text `json:"vendor_name"`
		CompanyName  lenient.Text `json:"vendor_company_name"`
		Email        lenient.Text `json:"vendor_email"`
		CompanyEmail lenient.Text `json:"vendor_company_email"`
		State        lenient.Text `json:"state"`
		Token        lenient.Text `json:"auth_token"`
		Expiry       lenient.Text `json:"token_expiry"`
	}
	if err := decode(answer, &in, "auth_token"); err != nil {
		return issued{}, Company{}, err
	}
	if in.Token.String() == "" {
		return issued{}, Company{}, answer.Malformed("the answer has no auth_token")
	}
	details := Company{ID: in.ID.String(), Name: in.Name.String(), CompanyName: in.CompanyName.String(), Email: in.Email.String(), State: in.State.String()}
	if details.Email == "" {
		details.Email = in.CompanyEmail.String()
	}
	return issued{in.Token.String(), in.Expiry}, details, nil
}

// decode reads an answer's object, in or out of a wrapper; known is a field by
// which the object itself is recognised.
func decode(answer *wire.Answer, v any, known ...string) error {
	fields := answer.Fields()
	if fields == nil {
		return answer.Decode(&fields) // tells why
	}
	if _, wrapped := lenient.Inside(fields, known...); wrapped {
		answer = answer.With(lenient.Unwrap(answer.Body, known...))
	}
	return answer.Decode(v)
}
