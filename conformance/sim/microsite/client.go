package microsite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"koshelek-adapter/conformance/sim/bigcity"
)

// ErrLost is the error of a call whose answer was thrown away: the partner has
// done its work.
var ErrLost = errors.New("the answer was lost on purpose")

const maxAnswer = 1 << 20

// Client calls a partner's endpoints as the microsite does. Safe for concurrent
// use.
type Client struct {
	BaseURL        string // without /api/v1
	User, Password string
	HTTP           *http.Client // nil: one with a time-out of 10 s; never follows redirects
	lossy          bool
}

// Losing returns a client that throws every answer away.
func (c Client) Losing() Client {
	c.lossy = true
	return c
}

// Answer is what a partner answered.
type Answer struct {
	Status  int            // 0: there was no answer
	OK      bool           // the body says "status":true
	Message string         // of the body
	Fields  map[string]any // the body; numbers are [json.Number]
	Err     error          // why there was no answer, or that it is no JSON object
}

// Number returns a field that is a whole JSON number; false otherwise.
func (a Answer) Number(name string) (int64, bool) {
	n, isNumber := a.Fields[name].(json.Number)
	if !isNumber {
		return 0, false
	}
	v, err := n.Int64()
	return v, err == nil
}

// Text returns a field that is a string, or "".
func (a Answer) Text(name string) string {
	text, _ := a.Fields[name].(string)
	return text
}

// GenerateOTP asks for a one-time password.
func (c Client) GenerateOTP(ctx context.Context, customer string) Answer {
	return c.post(ctx, "auth/generate-otp", map[string]any{"customer_id": customer})
}

// VerifyOTP trades a one-time password for a token.
func (c Client) VerifyOTP(ctx context.Context, customer, otp, reference string) Answer {
	return c.post(ctx, "auth/verify-otp", map[string]any{"customer_id": customer, "otp": otp, "reference_id": reference})
}

// Points asks for a customer's points, with the customer's token or, when it is
// empty, with the microsite's own login.
func (c Client) Points(ctx context.Context, customer, token string) Answer {
	return c.send(ctx, http.MethodGet, "customer/points?"+url.Values{"customer_id": {customer}}.Encode(), token, nil)
}

// Redeem deducts the points of an order.
func (c Client) Redeem(ctx context.Context, r bigcity.Redemption) Answer {
	return c.post(ctx, "orders/redeem", map[string]any{"order_id": r.OrderID, "customer_id": r.CustomerID,
		"points_consumed": r.Points, "transaction_date": r.At.Format(time.RFC3339)})
}

// Reverse gives the points of an order back.
func (c Client) Reverse(ctx context.Context, r bigcity.Redemption) Answer {
	return c.post(ctx, "orders/reverse", map[string]any{"order_id": r.OrderID, "customer_id": r.CustomerID,
		"points_reversed": r.Points, "reason": r.Reason})
}

func (c Client) post(ctx context.Context, endpoint string, body any) Answer {
	raw, err := json.Marshal(body)
	if err != nil {
		return Answer{Err: err}
	}
	return c.send(ctx, http.MethodPost, endpoint, "", raw)
}

var plainClient = &http.Client{Timeout: 10 * time.Second}

func (c Client) send(ctx context.Context, method, endpoint, token string, body []byte) Answer {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.BaseURL, "/")+"/api/v1/"+endpoint, bytes.NewReader(body))
	if err != nil {
		return Answer{Err: err}
	}
	r.Header.Set("User-Agent", "microsite simulator (test only)")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	switch {
	case token != "":
		r.Header.Set("Authorization", "Bearer "+token)
	case c.User != "":
		r.SetBasicAuth(c.User, c.Password)
	}
	h := plainClient
	if c.HTTP != nil {
		h = c.HTTP
	}
	quiet := *h
	quiet.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := quiet.Do(r)
	if err != nil {
		return Answer{Err: err}
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if c.lossy {
		return Answer{Err: ErrLost}
	}
	return read(answer.StatusCode, raw, err)
}

func read(status int, raw []byte, err error) Answer {
	a := Answer{Status: status, Err: err}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&a.Fields); err != nil {
		a.Err = errors.New("the body is no JSON object")
	}
	a.OK, _ = a.Fields["status"].(bool)
	a.Message = a.Text("message")
	return a
}
