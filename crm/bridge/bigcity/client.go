package bigcity

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"koshelek-adapter/crm/bridge/token"
	"koshelek-adapter/crm/bridge/wire"
)

// Client calls the BigCity Rewards API. It is safe for concurrent use.
type Client struct {
	config    Config
	http      *wire.Client
	company   *token.Cache
	customers *token.Keyed

	mu      sync.Mutex
	details Company
}

// New makes a client; the error lists every fault of the configuration.
func New(config Config) (*Client, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, err
	}
	c := &Client{config: config, http: wire.New(Vendor, config.HTTP)}
	options := token.Options{Margin: config.TokenMargin, Now: c.http.Now}
	c.company = token.NewCache(c.loginCompany, options)
	c.customers = token.NewKeyed(config.Customers, options)
	return c, nil
}

// Health reports whether the vendor says that it is up.
func (c *Client) Health(ctx context.Context) error {
	_, err := wire.Repeat(ctx, c.config.Retry, func(ctx context.Context) (*wire.Answer, error) {
		return c.http.Do(ctx, wire.Request{
			Call: "health", Method: http.MethodGet, URL: c.config.HealthURL,
			Accept: func(status int) bool { return status == http.StatusOK },
		})
	})
	return err
}

// send makes one request with an Authorization and reads its answer as a success,
// or as the error that it says it is.
func (c *Client) send(ctx context.Context, call, method, path, authorization string, body []byte, once bool) (*wire.Answer, error) {
	r := wire.Request{
		Call: call, Method: method, URL: c.config.BaseURL + path, Body: body, Once: once,
		Header: http.Header{"Authorization": {authorization}},
		Hide:   []string{c.config.Secret.Reveal()},
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return classified(c.http.Do(ctx, r))
}

// classified turns a success that is an error into one, and gives errors that the
// vendor tells apart by their text alone their kind.
func classified(answer *wire.Answer, err error) (*wire.Answer, error) {
	if err == nil {
		if _, isError := answer.Problem(); !isError {
			return answer, nil
		}
		err = answer.Failure()
	}
	var e *Error
	if errors.As(err, &e) && (e.Kind == wire.Rejected || e.Kind == wire.Malformed) {
		e.Kind = kindByText(e)
	}
	return nil, err
}

// kindByText knows the texts and codes of the manual, for a status that says less
// than they do: a 400 for bad credentials, a 200 with an error.
func kindByText(e *Error) wire.Kind {
	has := func(texts ...string) bool {
		message := strings.ToLower(e.Message)
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(message, text) })
	}
	switch {
	case e.Code == "32", has("could not authenticate you", "invalid company token", "invalid customer token"):
		return wire.Unauthorized
	case e.Code == "37", e.Code == "43", has("validation failed", "enter valid input"):
		return wire.Rejected
	}
	return e.Kind
}

// withToken makes a call with a token of the source and renews a refused one once.
func withToken[T any](ctx context.Context, source token.Source, call string, do func(context.Context, string) (T, error)) (T, error) {
	return token.Use(ctx, source,
		func(err error) bool { return errors.Is(err, wire.Unauthorized) && !wire.NeverSent(err) },
		func(err error) error { return wire.Before(Vendor, call, err) },
		func(ctx context.Context, t token.Token) (T, error) { return do(ctx, "Bearer "+t.Reveal()) })
}

func refuse(call, reason string) error { return wire.Refuse(Vendor, call, reason) }
