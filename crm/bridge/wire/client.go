package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"
)

// Client sends requests to one vendor. It is safe for concurrent use and keeps
// connections for the next request.
type Client struct {
	vendor    string
	options   Options
	transport *http.Transport
	sensitive keys
}

// New makes a client for the vendor of that name. The names of sensitive are
// JSON fields of this vendor that must not stand in a [Record], beside those
// that never may.
func New(vendor string, options Options, sensitive ...string) *Client {
	options = options.withDefaults()
	return &Client{vendor: vendor, options: options, transport: newTransport(options), sensitive: sensitiveKeys(sensitive)}
}

// Request is one call.
type Request struct {
	// Call names it in errors and metrics.
	Call string
	// Method and URL are as in HTTP; the URL is escaped already.
	Method, URL string
	// Header is sent as it is; Accept and User-Agent are added when missing.
	Header http.Header
	// Body is sent as it is; nil sends none.
	Body []byte
	// Once marks a request that must not be repeated after a lost answer. It gets
	// no connection that was idle for longer than Options.FreshFor.
	Once bool
	// Accept says which statuses are a success; the 2xx when nil.
	Accept func(status int) bool
	// Hide lists secrets of the body that no error and no Record may show. Those
	// of Authorization and X-API-KEY are known already.
	Hide []string
}

// maxTries bounds how many dead connections a request may meet.
const maxTries = 4

// Do sends a request and reads its answer. Every error is an [*Error]; an answer
// whose status is no success is one too. The method and header of the request are
// not changed, so a Request may be used again.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	start := c.options.Now()
	answer, err := c.do(ctx, r)
	if c.options.Observe != nil {
		exchange := Exchange{Vendor: c.vendor, Call: r.Call, Duration: c.options.Now().Sub(start)}
		var e *Error
		if errors.As(err, &e) {
			exchange.Status, exchange.Kind, exchange.NeverSent = e.Status, e.Kind, e.unsent
		} else if answer != nil {
			exchange.Status = answer.Status
		}
		c.options.Observe(exchange)
	}
	return answer, err
}

func (c *Client) do(ctx context.Context, r Request) (*Answer, error) {
	if err := c.checkURL(r); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	for try := 1; ; try++ {
		answer, stale, err := c.try(ctx, r)
		switch {
		case err == nil:
			if accepted(r, answer.Status) {
				return answer, nil
			}
			return nil, answer.Failure()
		case !stale || try == maxTries || ctx.Err() != nil:
			return nil, err
		case try == maxTries-1:
			c.transport.CloseIdleConnections()
		}
	}
}

func accepted(r Request, status int) bool {
	if r.Accept != nil {
		return r.Accept(status)
	}
	return status >= 200 && status < 300
}

// try sends the request once. stale reports that a kept connection was dead
// before anything was written to it.
func (c *Client) try(ctx context.Context, r Request) (answer *Answer, stale bool, err error) {
	a := &attempt{}
	if r.Once {
		a.maxIdle = c.options.FreshFor
	}
	hide := secretsOf(r)
	req, err := c.request(httptrace.WithClientTrace(ctx, a.trace()), r)
	if err != nil {
		return nil, false, Refuse(c.vendor, r.Call, "the request cannot be built")
	}
	if err := ctx.Err(); err != nil {
		return nil, false, c.broken(r, hide, err, true)
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		neverSent, stale := a.giveUp()
		if ctxErr := context.Cause(ctx); ctxErr != nil {
			err = ctxErr
		}
		return nil, stale, c.broken(r, hide, err, neverSent)
	}
	defer func() { _ = resp.Body.Close() }()
	answer = &Answer{Status: resp.StatusCode, Header: resp.Header, client: c, call: r.Call, hide: hide}
	answer.Body, err = readBounded(resp, c.options.MaxAnswer)
	if err == nil {
		return answer, false, nil
	}
	failed := answer.fail(Malformed, err.Error())
	if !errors.Is(err, errTooLarge) {
		failed = answer.fail(Unavailable, "the answer broke off")
		failed.cause, failed.causeText = err, redactText(err.Error(), hide)
	}
	return nil, false, failed
}

// request makes net/http's request. Without GetBody net/http cannot send a body
// a second time by itself.
func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, err
	}
	req.GetBody = nil
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", c.options.UserAgent)
	}
	return req, nil
}

func (c *Client) broken(r Request, hide []string, cause error, neverSent bool) *Error {
	return &Error{
		Vendor: c.vendor, Call: r.Call, Kind: Unavailable,
		cause: cause, causeText: redactText(cause.Error(), hide), unsent: neverSent,
	}
}

var errTooLarge = errors.New("the answer is larger than allowed")

func readBounded(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, errTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, errTooLarge
	}
	return body, nil
}

// secretsOf lists what the request itself must keep to itself.
func secretsOf(r Request) []string {
	hide := append([]string(nil), r.Hide...)
	hide = append(hide, r.Header.Get("X-Api-Key"))
	if _, credentials, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		hide = append(hide, credentials)
	}
	return hide
}

// CloseIdleConnections drops the kept connections; the client stays usable.
func (c *Client) CloseIdleConnections() { c.transport.CloseIdleConnections() }

// Vendor is the name that the client was made with.
func (c *Client) Vendor() string { return c.vendor }

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.options.Now() }
