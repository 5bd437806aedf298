package bigcity

import (
	"context"
	"net/http"
	"strings"

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

const customerLogin = "customer-login"

// session is where the customer's token comes from.
func (c *Client) session(customer Customer) *vendorhttp.Tokens {
	return c.customers.For(customer.Mobile, func(ctx context.Context) (vendorhttp.Token, error) {
		body := vendorhttp.Marshal(customerOut{customer.Name, customer.Mobile, customer.Email})
		return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (vendorhttp.Token, error) {
			return vendorhttp.WithToken(ctx, c.company, customerLogin, func(ctx context.Context, bearer string) (vendorhttp.Token, error) {
				asked := c.http.Now()
				answer, err := c.send(ctx, customerLogin, http.MethodPost, "/customer/auth", bearer, body)
				if err != nil {
					return vendorhttp.Token{}, err
				}
				got, err := readCustomer(answer)
				if err != nil {
					return vendorhttp.Token{}, err
				}
				return c.newToken(got.value, got.expiry, asked), nil
			})
		})
	})
}

func readCustomer(answer *vendorhttp.Answer) (issued, error) {
	var in struct {
		Token  vendorhttp.Text `json:"customer_token"`
		Expiry vendorhttp.Text `json:"token_expiry"`
	}
	if err := answer.DecodeInside(&in, "customer_token"); err != nil {
		return issued{}, err
	}
	if in.Token.String() == "" {
		return issued{}, answer.Malformed("the answer has no customer_token")
	}
	return issued{in.Token.String(), in.Expiry}, nil
}
