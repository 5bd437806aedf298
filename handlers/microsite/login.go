package microsite

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

// generateOTP sends a code to the customer's phone. [C]
func (a *api) generateOTP(c *gin.Context) error {
	var in wire.GenerateOTP
	if err := decode(c, &in); err != nil {
		return err
	}
	reference, err := a.sendCode(c, in)
	if crm.KindOf(err) == crm.ErrCustomerNotFound {
		return faultInvalidCustomer.Because(err)
	}
	if err != nil {
		return err
	}
	return middleware.SendJSON(c, wire.GeneratedOTP{Status: true, Message: wire.MessageOTPGenerated, ReferenceID: reference})
}

func (a *api) sendCode(c *gin.Context, in wire.GenerateOTP) (reference string, err error) {
	who, err := a.customer(in.CustomerID)
	if err != nil {
		return "", err
	}
	return a.program.SendOneTimeCode(c.Request.Context(), who)
}

// verifyOTP judges the code that the customer typed. Who is nobody is answered
// like a wrong code. [C]
func (a *api) verifyOTP(c *gin.Context) error {
	var in wire.VerifyOTP
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := cmp.Or(required("otp", in.OTP), required("reference_id", in.ReferenceID)); err != nil {
		return err
	}
	who, err := a.customer(in.CustomerID)
	if crm.KindOf(err) == crm.ErrCustomerNotFound {
		return crm.ErrCodeWrong
	}
	if err != nil {
		return err
	}
	account, err := a.program.UseOneTimeCode(c.Request.Context(), who, string(in.ReferenceID), strings.TrimSpace(string(in.OTP)))
	if err != nil {
		return err
	}
	token, err := a.tokens.issue(account.Identifier.ID)
	if err != nil {
		return err
	}
	return middleware.SendJSON(c, wire.VerifiedOTP{
		Status: true, Token: token,
		Customer:     wire.Customer{CustomerID: account.Identifier.ID, Mobile: masked(account.Phone)},
		PointsEarned: account.Card.EarnedTotal, BalancePoints: account.Available,
	})
}

// points tells a customer's points, to the customer's token or to the microsite. [C]
func (a *api) points(c *gin.Context) error {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return malformed("the query is badly escaped")
	}
	if len(query["customer_id"]) > 1 {
		return malformed("customer_id stands twice")
	}
	who, err := a.customer(wire.Text(query.Get("customer_id")))
	if err != nil {
		return err
	}
	if token, ok := c.Get(keyClaims); ok && token.(*claims).Subject != who.ID {
		return faultForeignToken
	}
	account, err := a.program.Account(c.Request.Context(), who)
	if err != nil {
		return err
	}
	return middleware.SendJSON(c, wire.Points{
		Status: true, CustomerID: account.Identifier.ID, PointsEarned: account.Card.EarnedTotal, BalancePoints: account.Available,
	})
}

// customer reads a customer_id.
func (a *api) customer(id wire.Text) (crm.Identifier, error) {
	if err := required("customer_id", id); err != nil {
		return crm.Identifier{}, err
	}
	return crm.ParseIdentifier(a.options.CustomersBy, string(id), a.options.Country)
}

// required refuses a field that is blank.
func required(field string, text wire.Text) error {
	if strings.TrimSpace(string(text)) == "" {
		return malformed(field + " is needed")
	}
	return nil
}

// masked shows two digits at either end of a phone and an X for each other. [C]
func masked(phone string) string {
	const shown = 2
	if len(phone) <= 2*shown {
		return strings.Repeat("X", len(phone))
	}
	return phone[:shown] + strings.Repeat("X", len(phone)-2*shown) + phone[len(phone)-shown:]
}
