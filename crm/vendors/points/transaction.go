package points

import (
	"context"
	"net/http"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// The calls that move points.
const (
	Earn   = "earn"
	Redeem = "redeem"
)

// maxPoints is the largest whole number that every reader of JSON keeps exactly.
const maxPoints = 1<<53 - 1

// Transaction asks for points to be earned or redeemed (contract: "earn / redeem").
type Transaction struct {
	UserID string
	RuleID string
	// Points is positive.
	Points int64
	// RequestID is the key by which the vendor knows a repetition.
	RequestID string
	// CallbackURL is where the result will be told; make it unguessable.
	CallbackURL string
}

// body has the fields in the order in which the manual prints them.
type body struct {
	UserID      string `json:"userId"`
	RuleID      string `json:"ruleId"`
	Amount      int64  `json:"amount"`
	RequestID   string `json:"requestId"`
	CallbackURL string `json:"callbackUrl"`
}

// prepare checks a transaction and marshals it. The error is of kind Invalid.
func (c *Client) prepare(call string, t Transaction) ([]byte, error) {
	refuse := func(reason string) ([]byte, error) { return nil, vendorhttp.Refuse(Name, call, reason) }
	if c.address(call) == "" {
		return refuse("no address is configured for this call")
	}
	for name, value := range map[string]string{"userId": t.UserID, "ruleId": t.RuleID, "requestId": t.RequestID} {
		if !vendorhttp.Plain(value, vendorhttp.MaxID) {
			return refuse(name + " is empty, too long or has control characters")
		}
	}
	if t.Points <= 0 || t.Points > maxPoints {
		return refuse("the amount is not a positive whole number that JSON keeps")
	}
	if reason := vendorhttp.CheckURL(t.CallbackURL, c.options.AllowHTTP); reason != "" || len(t.CallbackURL) > 2048 {
		return refuse("callbackUrl " + reason)
	}
	return vendorhttp.Marshal(body{t.UserID, t.RuleID, t.Points, t.RequestID, t.CallbackURL}), nil
}

// Accepted says that the vendor has the transaction; its end comes by callback.
type Accepted struct {
	// Known reports that the vendor had this requestId before (409). That is what a
	// repetition after a lost answer looks like.
	Known bool
	// Record is the redacted answer.
	Record vendorhttp.Record
}

// Send asks for a transaction once, by Earn or Redeem; a refused token is renewed
// and the same bytes are sent again. Sending it again later is safe: the same
// transaction gives the same bytes, and the vendor takes a requestId once. Kinds
// Invalid, Rejected (400), Unauthorized and Forbidden are final; after any error for
// which Refused does not hold it may be under way.
func (c *Client) Send(ctx context.Context, call string, t Transaction) (Accepted, error) {
	body, err := c.prepare(call, t)
	if err != nil {
		return Accepted{}, err
	}
	address := c.address(call)
	return vendorhttp.WithToken(ctx, c.tokens, call, func(ctx context.Context, bearer string) (Accepted, error) {
		header := http.Header{"Authorization": {bearer}}
		if err := c.sign(header, call, address, body); err != nil {
			return Accepted{}, err
		}
		answer, err := c.http.Do(ctx, vendorhttp.Request{
			Call: call, Method: http.MethodPost, URL: address, Header: header, Body: body, Hide: c.hide(),
			Accept: func(status int) bool { return status/100 == 2 || status == http.StatusConflict },
		})
		if err != nil {
			return Accepted{}, err
		}
		if answer.Status == http.StatusConflict {
			return Accepted{Known: true, Record: answer.Record()}, nil
		}
		if err := answer.Accepted(); err != nil {
			return Accepted{}, err
		}
		return Accepted{Record: answer.Record()}, nil
	})
}

func (c *Client) sign(header http.Header, call, address string, body []byte) error {
	if c.signer == nil {
		return nil
	}
	signed, err := c.signer.Sign(http.MethodPost, address, body)
	if err != nil {
		return vendorhttp.Refuse(Name, call, "the request cannot be signed")
	}
	for name, values := range signed {
		header[name] = values
	}
	return nil
}

func (c *Client) address(call string) string {
	switch call {
	case Earn:
		return c.settings.EarnURL
	case Redeem:
		return c.settings.RedeemURL
	}
	return ""
}
