package qiibee

import (
	"context"
	"net/http"

	"koshelek-adapter/crm/bridge/wire"
)

// maxID bounds identifiers and names that are sent, in bytes.
const maxID = 255

// Client calls the qiibee Loyalty API. It is safe for concurrent use.
type Client struct {
	config Config
	base   string
	http   *wire.Client
}

// New makes a client; the error lists every fault of the configuration.
func New(config Config) (*Client, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	return &Client{config: config, base: wire.Base(config.BaseURL), http: wire.New(Vendor, config.HTTP, "code")}, nil
}

// request makes a request for a path below the base address, with a body when
// there is one.
func (c *Client) request(call, method, path string, body any) (wire.Request, error) {
	r := wire.Request{
		Call: call, Method: method, URL: c.base + path, Header: http.Header{"X-Api-Key": {c.config.APIKey.Reveal()}},
		Once: method == http.MethodPost,
	}
	if body == nil {
		return r, nil
	}
	out, err := wire.Marshal(body)
	if err != nil {
		return r, wire.Refuse(Vendor, call, "the request cannot be written as JSON")
	}
	r.Body = out
	r.Header.Set("Content-Type", "application/json")
	return r, nil
}

// once sends a request and reads its answer; a success that calls itself an
// error is one.
func once[T any](ctx context.Context, c *Client, r wire.Request, read func(*wire.Answer) (T, error)) (T, error) {
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
func freely[T any](ctx context.Context, c *Client, r wire.Request, read func(*wire.Answer) (T, error)) (T, error) {
	r.Once = false
	return wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (T, error) { return once(ctx, c, r, read) })
}

// userPath is the path of a user, "" when the identifier cannot be in one.
func userPath(authID string) string {
	segment, ok := wire.Segment(authID)
	if !ok || !wire.Plain(authID, maxID) {
		return ""
	}
	return "/users/" + segment
}

func refuse(call, reason string) error { return wire.Refuse(Vendor, call, reason) }

const badAuthID = "auth_id is empty, too long or cannot stand in a path"
