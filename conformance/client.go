package conformance

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"koshelek-adapter/version"
)

// How much of an answer is read. No answer of the contract is as long, but for the
// lists of all users, which are then not judged.
const (
	maxAnswer = 1 << 20
	maxHeader = 64 << 10
)

// userAgent tells a partner's log who calls.
const userAgent = "koshelek-conformance/" + version.Number

// largeBody is how many bytes a request may have that keeps its connection.
const largeBody = 64 << 10

// client makes the calls of a run.
type client struct {
	base           *url.URL
	user, password string
	http           *http.Client
	transport      *http.Transport // nil when the target brings its own
	roots          *x509.CertPool
	insecure       bool
	// calling is told of each call before it is sent; nil for nobody to tell.
	calling func(Request) (ended func())
	// calls and connections count, for the report and for timing.keep-alive.
	calls, connections atomic.Int64
	// first is how long the first call took.
	first atomic.Int64
	// alone makes a connection for each call; repeats counts the calls that it made.
	alone   *http.Client
	repeats atomic.Int64
	// silence is asked before each call; probes are what the host is then asked,
	// none before the run has begun.
	silence silence
	probes  []Request
}

// ErrTarget is the error of a target that cannot be one.
var ErrTarget = errors.New("conformance: bad target")

func newClient(t Target, limit time.Duration) (*client, error) {
	base, err := url.Parse(t.URL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: the address cannot be read", ErrTarget)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("%w: the address must be like https://host:port", ErrTarget)
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("%w: the address holds more than scheme, host, port and path; credentials go apart", ErrTarget)
	case addedPath(base):
		return nil, &Mistake{MistakePath, "the address ends with " + base.Path + ", which the calls add themselves", "give " + base.Scheme + "://" + base.Host}
	case t.User == "" || strings.Contains(t.User, ":"):
		return nil, fmt.Errorf("%w: the login is empty or has a colon", ErrTarget)
	case t.Password == "":
		return nil, fmt.Errorf("%w: the password is empty", ErrTarget)
	}
	c := &client{base: base, user: t.User, password: t.Password, insecure: t.Insecure}
	if c.roots, err = rootsWith(t.CA); err != nil {
		return nil, err
	}
	var transport = t.Transport
	if transport == nil {
		c.transport = &http.Transport{
			Proxy:           http.ProxyFromEnvironment,
			TLSClientConfig: &tls.Config{RootCAs: c.roots, InsecureSkipVerify: t.Insecure, MinVersion: tls.VersionTLS10},
			DialContext:     dialPatiently, ExpectContinueTimeout: time.Second,
			DisableCompression: true, MaxResponseHeaderBytes: maxHeader, MaxIdleConnsPerHost: 64, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: false,
			TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1: twins need a connection each
		}
		transport = c.transport
	}
	c.http = &http.Client{Transport: transport, Timeout: patience(t, limit),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if c.transport != nil {
		alone := *c.http
		single := c.transport.Clone()
		single.DisableKeepAlives = true
		alone.Transport = single
		c.alone = &alone
	}
	return c, nil
}

// dialPatiently makes connections that do not mind when the host stops reading
// before all was sent: the host may have answered, and the answer counts.
func dialPatiently(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := (&net.Dialer{Timeout: dialLimit}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &patient{connection}, nil
}

// patient is a connection on which writing never fails; reading tells soon
// enough when it is gone.
type patient struct{ net.Conn }

func (p *patient) Write(data []byte) (int, error) {
	n, err := p.Conn.Write(data)
	if isReset(err) {
		return len(data), nil
	}
	return n, err
}

// isReset reports whether the other side has closed a connection.
func isReset(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// rootsWith is the system's authorities and those in pem; nil for the system's alone.
func rootsWith(pem []byte) (*x509.CertPool, error) {
	if len(pem) == 0 {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: the authorities hold no certificate in PEM", ErrTarget)
	}
	return roots, nil
}

func (c *client) close() {
	if c.transport != nil {
		c.transport.CloseIdleConnections()
	}
}

// basic is the value of an Authorization header.
func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// do makes one call. What goes wrong stands in the exchange. A host that hangs is
// called no more.
func (c *client) do(ctx context.Context, request Request, authorized bool) Exchange {
	if c.silence.hangs() {
		return Exchange{Request: request, Authorized: authorized, Trouble: errHangs}
	}
	e := c.exchange(ctx, request, authorized)
	if len(c.probes) > 0 && c.silence.suspects(e) {
		c.silence.settle(!slices.ContainsFunc(c.probes, func(probe Request) bool { return !timedOut(c.exchange(ctx, probe, true).Trouble) }))
	}
	return e
}

// exchange makes one call, whatever was before.
func (c *client) exchange(ctx context.Context, request Request, authorized bool) (e Exchange) {
	e = Exchange{Request: request, Authorized: authorized}
	out, err := c.request(ctx, request)
	if err != nil {
		e.Trouble = err
		return e
	}
	if c.calling != nil {
		defer c.calling(request)()
	}
	if c.calls.Add(1) == 1 {
		defer func() { c.first.Store(int64(e.Took)) }()
	}
	started := time.Now()
	response, err := c.http.Do(out)
	if c.mayRepeat(out, err) {
		if out, err = c.request(ctx, request); err == nil {
			response, err = c.alone.Do(out)
		}
	}
	if err != nil {
		e.Took, e.Trouble = time.Since(started), withoutAddress(err)
		return e
	}
	defer func() { _ = response.Body.Close() }() // nothing hangs on it
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	e.Took = time.Since(started)
	e.Answer = &Answer{Status: response.StatusCode, Header: response.Header, Body: body[:min(len(body), maxAnswer)], Cut: err != nil, Long: len(body) > maxAnswer}
	if err != nil {
		e.Trouble = withoutAddress(err)
	}
	return e
}

// connection is what is known of the connection of a call.
type connection struct{ used, answered atomic.Bool }

type connectionKey struct{}

// mostRepeats is how often in a run a host may close a connection under a call.
const mostRepeats = 3

// mayRepeat reports whether a call went out on a connection that the host was about
// to close because nobody had used it, as it may at any time. A host that does so
// again and again has another reason.
func (c *client) mayRepeat(out *http.Request, err error) bool {
	on, known := out.Context().Value(connectionKey{}).(*connection)
	closed := errors.Is(err, io.EOF) || isReset(err)
	return closed && known && on.used.Load() && !on.answered.Load() && c.alone != nil && c.repeats.Add(1) <= mostRepeats
}

// request makes a request whose path goes over the wire letter for letter.
func (c *client) request(ctx context.Context, r Request) (*http.Request, error) {
	on := &connection{}
	ctx = httptrace.WithClientTrace(context.WithValue(ctx, connectionKey{}, on), &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if on.used.Store(info.Reused); !info.Reused {
				c.connections.Add(1)
			}
		},
		GotFirstResponseByte: func() { on.answered.Store(true) },
	})
	var body io.Reader
	if r.Body != nil {
		body = bytes.NewReader(r.Body)
	}
	out, err := http.NewRequestWithContext(ctx, r.Method, c.base.String(), body)
	if err != nil {
		return nil, err
	}
	out.URL = c.literal(r)
	for name, values := range r.Header {
		out.Header[name] = values
	}
	// A host that has read enough of a large body may end the connection without a
	// word: no other call may be waiting on it.
	out.Close = len(r.Body) > largeBody
	out.Header.Set("User-Agent", userAgent)
	if host := r.Header.Get("Host"); host != "" {
		out.Host = host
	}
	return out, nil
}

// literal is the address of a request whose path is written letter for letter.
func (c *client) literal(r Request) *url.URL {
	at := &url.URL{Scheme: c.base.Scheme, Host: c.base.Host, RawQuery: r.Query}
	path := strings.TrimSuffix(c.base.EscapedPath(), "/") + r.Path
	if !strings.HasPrefix(path, "//") {
		at.Opaque = path
		return at
	}
	// An opaque address that begins with two slashes would name a host.
	at.Path, at.RawPath = path, path
	if plain, err := url.PathUnescape(path); err == nil {
		at.Path = plain
	}
	return at
}

// withoutAddress drops the address from an error of net/http: its query may hold
// personal data.
func withoutAddress(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		return outer.Err
	}
	return err
}
