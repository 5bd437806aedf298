package vendorhttp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// Options are what a vendor's client may be told about its HTTP. The zero value
// is good for production.
type Options struct {
	// Timeout bounds one call from its start to the last byte of the answer; 30 s
	// when 0. A context may end it earlier.
	Timeout time.Duration
	// MaxConnections bounds the connections to one host; 64 when 0.
	MaxConnections int
	// AllowHTTP permits http:// beyond this machine. Without it only loopback
	// addresses may go without TLS.
	AllowHTTP bool
	// Retry is for calls that may be repeated freely; see [Repeat].
	Retry Retry
	// Now is the clock of tokens and of Retry-After; time.Now when nil.
	Now func() time.Time
}

const (
	connectTimeout = 10 * time.Second
	maxHeaderBytes = 64 << 10
	maxAnswer      = 1 << 20
	// keptFor is for how long an unused connection is kept. It is short, because a
	// request on one that the other side has dropped without a word is lost, and
	// the loss cannot be told from a lost answer.
	keptFor = time.Second
)

// Client sends requests to one vendor. It is safe for concurrent use and keeps
// connections for the next request.
type Client struct {
	vendor    string
	options   Options
	transport *http.Transport
}

// New makes a client for the vendor of that name.
func New(vendor string, o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = 64
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &Client{vendor: vendor, options: o, transport: &http.Transport{
		DialContext:            (&net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConns:           o.MaxConnections,
		MaxIdleConnsPerHost:    o.MaxConnections,
		MaxConnsPerHost:        o.MaxConnections,
		IdleConnTimeout:        keptFor,
		MaxResponseHeaderBytes: maxHeaderBytes,
		Protocols:              protocols,
	}}
}

// Request is one call.
type Request struct {
	// Call names it in errors.
	Call string
	// Method and URL are as in HTTP; the URL is escaped already.
	Method, URL string
	// Header is sent as it is; Accept is added when missing, and Content-Type with
	// a body.
	Header http.Header
	// Body is sent as it is; nil sends none.
	Body []byte
	// Accept says which statuses are a success; the 2xx when nil.
	Accept func(status int) bool
	// Hide lists secrets of the body that no error and no Record may show. Those
	// of Authorization and X-API-KEY are known already.
	Hide []string
}

// Do sends a request and reads its answer. Every error is an [*Error]; an answer
// whose status is no success is one too. The request is not changed.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	if reason := CheckURL(r.URL, c.options.AllowHTTP); reason != "" {
		return nil, Refuse(c.vendor, r.Call, "the address "+reason)
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	var connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	req, err := r.build(traced)
	if err != nil {
		return nil, Refuse(c.vendor, r.Call, "the request cannot be built")
	}
	hide := r.secrets()
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		if ended := context.Cause(ctx); ended != nil {
			err = ended
		}
		return nil, &Error{
			Vendor: c.vendor, Call: r.Call, Kind: Unavailable, cause: err, causeText: redactText(err.Error(), hide), unsent: !connected.Load(),
		}
	}
	defer func() { _ = resp.Body.Close() }()
	return c.read(r, resp, hide)
}

func (c *Client) read(r Request, resp *http.Response, hide []string) (*Answer, error) {
	answer := &Answer{Status: resp.StatusCode, Header: resp.Header, client: c, call: r.Call, hide: hide}
	var err error
	answer.Body, err = readBounded(resp)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, answer.Malformed(err.Error())
	case err != nil:
		failed := answer.fail(Unavailable, "the answer broke off")
		failed.cause, failed.causeText = err, redactText(err.Error(), hide)
		return nil, failed
	case r.Accept == nil && resp.StatusCode/100 != 2, r.Accept != nil && !r.Accept(resp.StatusCode):
		return nil, answer.Failure()
	}
	return answer, nil
}

func (r Request) build(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, body)
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		req.Header[name] = values
	}
	for name, value := range map[string]string{"Accept": "application/json", "User-Agent": "koshelek-adapter", "Content-Type": "application/json"} {
		if req.Header.Get(name) == "" && (name != "Content-Type" || r.Body != nil) {
			req.Header.Set(name, value)
		}
	}
	return req, nil
}

// secrets lists what the request itself must keep to itself.
func (r Request) secrets() []string {
	hide := append([]string{r.Header.Get("X-Api-Key")}, r.Hide...)
	if _, credentials, found := strings.Cut(r.Header.Get("Authorization"), " "); found {
		hide = append(hide, credentials)
	}
	return hide
}

var errTooLarge = errors.New("the answer is larger than allowed")

func readBounded(resp *http.Response) ([]byte, error) {
	if resp.ContentLength > maxAnswer {
		return nil, errTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		return nil, errTooLarge
	}
	return body, err
}

// CloseIdleConnections drops the kept connections; the client stays usable.
func (c *Client) CloseIdleConnections() { c.transport.CloseIdleConnections() }

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.options.Now() }
