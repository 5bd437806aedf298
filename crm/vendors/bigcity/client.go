package bigcity

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Client calls the BigCity Rewards API. It is safe for concurrent use.
type Client struct {
	settings  Settings
	base      string
	http      *vendorhttp.Client
	company   *vendorhttp.Tokens
	customers *vendorhttp.KeyedTokens
}

const (
	// tokenMargin is how long before its end a token is renewed.
	tokenMargin = 5 * time.Minute
	// customerTokens bounds the customers' tokens that are kept.
	customerTokens = 10_000
)

// New makes a client for settings that Check has found no fault with.
func New(s Settings, o vendorhttp.Options) *Client {
	c := &Client{settings: s, base: vendorhttp.Base(s.URL), http: vendorhttp.New(Name, o)}
	c.company = vendorhttp.NewTokens(c.http, tokenMargin, c.loginCompany)
	c.customers = vendorhttp.NewKeyedTokens(c.http, tokenMargin, customerTokens)
	return c
}

// post makes one request with an Authorization and reads its answer as a success,
// or as the error that it says it is.
func (c *Client) post(ctx context.Context, call, path, authorization string, body []byte) (*vendorhttp.Answer, error) {
	return classified(c.http.Do(ctx, vendorhttp.Request{
		Call: call, Method: http.MethodPost, URL: c.base + path, Body: body,
		Header: http.Header{"Authorization": {authorization}},
		Hide:   []string{c.settings.Secret.Reveal()},
	}))
}

// classified turns a success that is an error into one, and gives errors that the
// vendor tells apart by their text alone their kind.
func classified(answer *vendorhttp.Answer, err error) (*vendorhttp.Answer, error) {
	if err == nil {
		if _, isError := answer.Problem(); !isError {
			return answer, nil
		}
		err = answer.Failure()
	}
	var e *Error
	if errors.As(err, &e) && (e.Kind == vendorhttp.Rejected || e.Kind == vendorhttp.Malformed) {
		e.Kind = kindByText(e)
	}
	return nil, err
}

// kindByText knows the texts and codes of the manual, for a status that says less
// than they do: a 400 for bad credentials, a 200 with an error.
func kindByText(e *Error) vendorhttp.Kind {
	has := func(texts ...string) bool {
		message := strings.ToLower(e.Message)
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(message, text) })
	}
	switch {
	case e.Code == "32", has("could not authenticate you", "invalid company token", "invalid customer token"):
		return vendorhttp.Unauthorized
	case e.Code == "37", e.Code == "43", has("validation failed", "enter valid input"):
		return vendorhttp.Rejected
	}
	return e.Kind
}

func refuse(call, reason string) error { return vendorhttp.Refuse(Name, call, reason) }
