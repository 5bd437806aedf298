package microsite

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	wire "koshelek-adapter/schema/microsite"
)

// generateOTP sends a code to the customer's phone. [C]
func (s *surface) generateOTP(c *gin.Context) error {
	callOf(c).invalidStatus = s.options.InvalidCustomerStatus
	var in wire.GenerateOTP
	if err := decode(c, &in); err != nil {
		return err
	}
	who, err := s.customer(in.CustomerID)
	if err != nil {
		return err
	}
	reference, err := s.svc.SendOneTimeCode(c.Request.Context(), who)
	if err != nil {
		return err
	}
	s.send(c, http.StatusOK, wire.GeneratedOTP{Status: true, Message: wire.MessageOTPGenerated, ReferenceID: reference})
	return nil
}

// verifyOTP judges the code that the customer typed. Who is nobody is answered
// like a wrong code. [C]
func (s *surface) verifyOTP(c *gin.Context) error {
	var in wire.VerifyOTP
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := cmp.Or(required("otp", in.OTP), required("reference_id", in.ReferenceID)); err != nil {
		return err
	}
	who, err := s.customer(in.CustomerID)
	if crm.KindOf(err) == crm.ErrCustomerNotFound {
		return crm.ErrCodeWrong
	}
	if err != nil {
		return err
	}
	account, err := s.svc.UseOneTimeCode(c.Request.Context(), who, string(in.ReferenceID), strings.TrimSpace(string(in.OTP)))
	if err != nil {
		return err
	}
	token, err := s.tokens.issue(account.Identifier.ID)
	if err != nil {
		return err
	}
	s.send(c, http.StatusOK, wire.VerifiedOTP{
		Status: true, Token: token,
		Customer:     wire.Customer{CustomerID: account.Identifier.ID, Mobile: masked(account.Phone)},
		PointsEarned: account.Card.EarnedTotal, BalancePoints: account.Available,
	})
	return nil
}

// points tells a customer's points, to the customer's token or to the microsite. [C]
func (s *surface) points(c *gin.Context) error {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return malformed("the query is badly escaped")
	}
	who, err := s.customer(wire.Text(query.Get("customer_id")))
	if err != nil {
		return err
	}
	if token := callOf(c).token; token != nil && token.Subject != who.ID {
		return faultForeignToken
	}
	account, err := s.svc.Account(c.Request.Context(), who)
	if err != nil {
		return err
	}
	s.send(c, http.StatusOK, wire.Points{
		Status: true, CustomerID: account.Identifier.ID, PointsEarned: account.Card.EarnedTotal, BalancePoints: account.Available,
	})
	return nil
}

// customer reads a customer_id.
func (s *surface) customer(id wire.Text) (crm.Identifier, error) {
	if err := required("customer_id", id); err != nil {
		return crm.Identifier{}, err
	}
	return crm.ParseIdentifier(s.options.CustomersBy, string(id))
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
