package bigcity

import (
	"context"
	"net/http"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/token"
	"koshelek-adapter/crm/bridge/wire"
)

const maxText = 255

// Customer is who gets vouchers.
type Customer struct {
	// Mobile identifies the customer: digits alone, as many as Config says.
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
	n := len(customer.Mobile)
	for _, r := range customer.Mobile {
		if r < '0' || r > '9' {
			return "customer_mobile is not digits alone"
		}
	}
	want := c.config.MobileDigits
	switch {
	case want > 0 && n != want, want < 0 && (n < 7 || n > 15):
		return "customer_mobile has a wrong number of digits"
	case customer.Name != "" && !wire.Plain(customer.Name, maxText), customer.Email != "" && !wire.Plain(customer.Email, maxText):
		return "customer_name or customer_email is too long or has control characters"
	}
	return ""
}

// LoginCustomer makes sure that the customer is known and can redeem, for example
// before an order is promised. Redeem does so by itself.
func (c *Client) LoginCustomer(ctx context.Context, customer Customer) error {
	if fault := c.fault(customer); fault != "" {
		return refuse(customerLogin, fault)
	}
	_, err := c.session(customer).Get(ctx)
	return err
}

const customerLogin = "customer-login"

// session is where the customer's token comes from.
func (c *Client) session(customer Customer) token.Source {
	return c.customers.For(customer.Mobile, func(ctx context.Context) (token.Token, error) {
		body, err := wire.Marshal(customerOut{customer.Name, customer.Mobile, customer.Email})
		if err != nil {
			return token.Token{}, refuse(customerLogin, "the customer cannot be written as JSON")
		}
		return wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (token.Token, error) {
			return withToken(ctx, c.company, customerLogin, func(ctx context.Context, bearer string) (token.Token, error) {
				asked := c.http.Now()
				answer, err := c.send(ctx, customerLogin, http.MethodPost, "/customer/auth", bearer, body, false)
				if err != nil {
					return token.Token{}, err
				}
				got, err := readCustomer(answer)
				if err != nil {
					return token.Token{}, err
				}
				return c.newToken(got.value, got.expiry, asked), nil
			})
		})
	})
}

func readCustomer(answer *wire.Answer) (issued, error) {
	var in struct {
		Token  lenient.Text `json:"customer_token"`
		Expiry lenient.Text `json:"token_expiry"`
	}
	if err := decode(answer, &in, "customer_token"); err != nil {
		return issued{}, err
	}
	if in.Token.String() == "" {
		return issued{}, answer.Malformed("the answer has no customer_token")
	}
	return issued{in.Token.String(), in.Expiry}, nil
}
