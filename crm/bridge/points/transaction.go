package points

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/shopspring/decimal"

	"koshelek-adapter/crm/bridge/lenient"
	"koshelek-adapter/crm/bridge/wire"
)

// The calls that move points.
const (
	Earn   = "earn"
	Redeem = "redeem"
)

const maxID = 255

// maxAmount is the largest whole number that every reader of JSON keeps exactly.
var maxAmount = decimal.NewFromInt(1<<53 - 1)

// Transaction asks for points to be earned or redeemed (contract: "earn / redeem").
type Transaction struct {
	UserID string
	RuleID string
	// Amount is a positive whole number of points.
	Amount decimal.Decimal
	// RequestID is the key by which the vendor knows a repetition.
	RequestID string
	// CallbackURL is where the result will be told; make it unguessable.
	CallbackURL string
}

// body has the fields in the order in which the manual prints them.
type body struct {
	UserID      string      `json:"userId"`
	RuleID      string      `json:"ruleId"`
	Amount      json.Number `json:"amount"`
	RequestID   string      `json:"requestId"`
	CallbackURL string      `json:"callbackUrl"`
}

// Prepare checks a transaction and marshals it once, for [Client.Send]. The call is
// Earn or Redeem. The error is of kind Invalid.
func (c *Client) Prepare(call string, t Transaction) (wire.Prepared, error) {
	if c.address(call) == "" {
		return wire.Prepared{}, wire.Refuse(Vendor, call, "no address is configured for this call")
	}
	for name, value := range map[string]string{"userId": t.UserID, "ruleId": t.RuleID, "requestId": t.RequestID} {
		if !wire.Plain(value, maxID) {
			return wire.Prepared{}, wire.Refuse(Vendor, call, name+" is empty, too long or has control characters")
		}
	}
	digits, ok := lenient.Whole(t.Amount)
	if !ok || t.Amount.GreaterThan(maxAmount) {
		return wire.Prepared{}, wire.Refuse(Vendor, call, "the amount is not a positive whole number")
	}
	if reason := wire.CheckURL(t.CallbackURL, c.config.HTTP); reason != "" || len(t.CallbackURL) > 2048 {
		return wire.Prepared{}, wire.Refuse(Vendor, call, "callbackUrl is no good: "+reason)
	}
	out, err := wire.Marshal(body{t.UserID, t.RuleID, json.Number(digits), t.RequestID, t.CallbackURL})
	if err != nil {
		return wire.Prepared{}, wire.Refuse(Vendor, call, "the transaction cannot be written as JSON")
	}
	return wire.Prepared{Call: call, Body: out}, nil
}

// Accepted says that the vendor has the transaction; its end comes by callback.
type Accepted struct {
	// Known reports that the vendor had this requestId before (409). That is what a
	// repetition after a lost answer looks like.
	Known bool
	// Record is the redacted answer.
	Record wire.Record
}

// Send sends a prepared transaction once; a refused token is renewed and the
// same bytes are sent again. Sending it again later is safe: the vendor takes a
// requestId once. Kind Rejected (400), Unauthorized, and Forbidden are final; after
// any error for which neither NeverSent nor Refused holds it may be under way.
func (c *Client) Send(ctx context.Context, p wire.Prepared) (Accepted, error) {
	address := c.address(p.Call)
	if address == "" || !json.Valid(p.Body) {
		return Accepted{}, wire.Refuse(Vendor, p.Call, "this was not prepared by this client")
	}
	return authorized(ctx, c, p.Call, func(ctx context.Context, bearer string) (Accepted, error) {
		header := http.Header{"Content-Type": {"application/json"}, "Authorization": {bearer}}
		if err := c.sign(header, address, p); err != nil {
			return Accepted{}, err
		}
		answer, err := c.http.Do(ctx, wire.Request{
			Call: p.Call, Method: http.MethodPost, URL: address, Header: header, Body: p.Body, Once: true, Hide: c.hide(),
			Accept: func(status int) bool { return status/100 == 2 || status == http.StatusConflict },
		})
		if err != nil {
			return Accepted{}, err
		}
		return readAccepted(answer)
	})
}

// readAccepted takes any body with a 202, since none is documented. One that calls
// itself an error contradicts its status, and nobody knows what was done.
func readAccepted(answer *wire.Answer) (Accepted, error) {
	problem, isError := answer.Problem()
	switch {
	case answer.Status == http.StatusConflict:
		return Accepted{Known: true, Record: answer.Record()}, nil
	case isError && answer.Status == http.StatusAccepted:
		return Accepted{}, answer.Malformed("accepted and an error at once: " + problem.Message)
	case isError:
		return Accepted{}, answer.Failure()
	case answer.Status != http.StatusAccepted && problem.Message == "an HTML page":
		return Accepted{}, answer.Malformed("the answer is HTML")
	}
	return Accepted{Record: answer.Record()}, nil
}

func (c *Client) sign(header http.Header, address string, p wire.Prepared) error {
	if c.config.Signer == nil {
		return nil
	}
	signed, err := c.config.Signer.Sign(http.MethodPost, address, p.Body)
	if err != nil {
		return wire.Refuse(Vendor, p.Call, "the request cannot be signed")
	}
	for name, values := range signed {
		header[name] = values
	}
	return nil
}

func (c *Client) address(call string) string {
	switch call {
	case Earn:
		return c.config.EarnURL
	case Redeem:
		return c.config.RedeemURL
	}
	return ""
}
