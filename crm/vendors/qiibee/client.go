package qiibee

import (
	"context"
	"net/http"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// Client calls the qiibee Loyalty API. It is safe for concurrent use.
type Client struct {
	base string
	key  setting.Secret
	http *vendorhttp.Client
}

// New makes a client for settings that Check has found no fault with.
func New(s Settings, o vendorhttp.Options) *Client {
	return &Client{base: vendorhttp.Base(s.URL), key: s.APIKey, http: vendorhttp.New(Name, o)}
}

// request makes a request for a path below the base address, with a body when
// there is one.
func (c *Client) request(call, method, path string, body any) vendorhttp.Request {
	r := vendorhttp.Request{Call: call, Method: method, URL: c.base + path, Header: http.Header{"X-Api-Key": {c.key.Reveal()}}}
	if body != nil {
		r.Body = vendorhttp.Marshal(body)
	}
	return r
}

// once sends a request and reads its answer; a success that calls itself an
// error is one.
func once[T any](ctx context.Context, c *Client, r vendorhttp.Request, read func(*vendorhttp.Answer) (T, error)) (T, error) {
	var none T
	answer, err := c.http.Do(ctx, r)
	if err != nil {
		return none, err
	}
	if _, isError := answer.Problem(); isError {
		return none, answer.Failure()
	}
	return read(answer)
}

// freely is once for a request that may arrive more than once.
func freely[T any](ctx context.Context, c *Client, r vendorhttp.Request, read func(*vendorhttp.Answer) (T, error)) (T, error) {
	return vendorhttp.Repeat(ctx, c.http, func(ctx context.Context) (T, error) { return once(ctx, c, r, read) })
}

// nothing is for answers of which nothing is needed.
func nothing(*vendorhttp.Answer) (struct{}, error) { return struct{}{}, nil }

// userPath is the path of a user, "" when the identifier cannot be in one.
func userPath(authID string) string {
	segment, ok := vendorhttp.Segment(authID)
	if !ok {
		return ""
	}
	return "/users/" + segment
}

func refuse(call, reason string) error { return vendorhttp.Refuse(Name, call, reason) }

const badAuthID = "auth_id is empty, too long or cannot stand in a path"
