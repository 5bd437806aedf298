package bigcity

import (
	"context"
	"net/http"

	"koshelek-adapter/crm/vendors/vendorhttp"
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
		return Company{}, vendorhttp.Before(Name, "company", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.details, nil
}

// loginCompany gets the company's token (contract: POST /company/auth).
func (c *Client) loginCompany(ctx context.Context) (vendorhttp.Token, error) {
	const call = "company-login"
	body := vendorhttp.Marshal(map[string]string{"secret": c.settings.Secret.Reveal()})
	return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (vendorhttp.Token, error) {
		asked := c.http.Now()
		// The manual asks for this very word.
		answer, err := c.send(ctx, call, http.MethodPost, "/company/auth", "Required", body)
		if err != nil {
			return vendorhttp.Token{}, err
		}
		got, details, err := c.readCompany(answer)
		if err != nil {
			return vendorhttp.Token{}, err
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
	expiry vendorhttp.Text
}

func (c *Client) readCompany(answer *vendorhttp.Answer) (issued, Company, error) {
	var in struct {
		ID           vendorhttp.Text `json:"vendor_id"`
		Name         vendorhttp.Text `json:"vendor_name"`
		CompanyName  vendorhttp.Text `json:"vendor_company_name"`
		Email        vendorhttp.Text `json:"vendor_email"`
		CompanyEmail vendorhttp.Text `json:"vendor_company_email"`
		State        vendorhttp.Text `json:"state"`
		Token        vendorhttp.Text `json:"auth_token"`
		Expiry       vendorhttp.Text `json:"token_expiry"`
	}
	if err := answer.DecodeInside(&in, "auth_token"); err != nil {
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
