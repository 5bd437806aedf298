package wallet

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/version"
)

// How much of one answer is read. Only lists of users may be longer, and of them
// what the run's own users may need several times over.
const (
	maxAnswer  = 1 << 20
	maxListing = 8 << 10 // and for each user
	maxHeader  = 64 << 10
)

// errLong is the error of an answer that is longer.
var errLong = errors.New("the answer is longer than the wallet reads")

// host sends requests to the host under test, whole or cut off.
type host struct {
	o      Options
	base   *url.URL
	client *http.Client
}

// request is one call in the form of HTTP.
type request struct {
	verb, path string
	body       []byte
	// listing tells that the answer lists all users.
	listing bool
}

// answer is what came back, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

func newHost(o Options) (*host, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		config = o.TLS.Clone()
	}
	return &host{o: o, base: base, client: &http.Client{
		Timeout: o.Timeout,
		// A redirect is an answer like any other, and outside the contract.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		// An idle connection is given up before a host is likely to close it: a call
		// that meets the close could not be told from a dropped answer.
		Transport: &http.Transport{
			TLSClientConfig: config, DisableCompression: true, IdleConnTimeout: time.Second,
			MaxIdleConnsPerHost: o.Parallel, MaxConnsPerHost: 2 * o.Parallel,
			TLSHandshakeTimeout: o.Timeout, MaxResponseHeaderBytes: maxHeader,
			DisableKeepAlives: o.Profile.Connections == contract.ConnectionsClosed,
		},
	}}, nil
}

func (h *host) close() { h.client.CloseIdleConnections() }

func (h *host) build(ctx context.Context, r request, body io.Reader) (*http.Request, error) {
	if len(r.body) == 0 {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, r.verb, h.o.URL+r.path, body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = int64(len(r.body))
	if body != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	req.Header.Set("User-Agent", "conform-wallet/"+version.Number)
	req.SetBasicAuth(h.o.User, h.o.Password)
	return req, nil
}

// send sends a request and reads the answer to its end. A slow body arrives in
// pieces.
func (h *host) send(ctx context.Context, r request, slow time.Duration) (answer, error) {
	var body io.Reader = bytes.NewReader(r.body)
	if slow > 0 {
		body = &slowly{ctx: ctx, rest: r.body, pause: slow / pieces}
	}
	req, err := h.build(ctx, r, body)
	if err != nil {
		return answer{}, err
	}
	begin := h.o.Clock()
	resp, err := h.client.Do(req)
	if err != nil {
		return answer{}, plain(err)
	}
	most := maxAnswer
	if r.listing {
		most += maxListing * h.o.Users
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, int64(most)+1))
	err = errors.Join(err, resp.Body.Close())
	if err == nil && len(text) > most {
		err = errLong
	}
	return answer{resp.StatusCode, resp.Header, text, h.o.Clock().Sub(begin)}, plain(err)
}

// plain takes the address out of an error: it holds phones.
func plain(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// cut sends a request over a connection of its own and hangs up where the fate
// says. The error tells that there was nothing to hang up on.
func (h *host) cut(ctx context.Context, r request, fate Fate, wait time.Duration) error {
	body := r.body
	if fate == CutBody {
		body = body[:len(body)/2]
	}
	req, err := h.build(ctx, r, io.NopCloser(bytes.NewReader(nil)))
	if err != nil {
		return err
	}
	req.Body, req.ContentLength = nil, 0
	conn, err := h.dial(ctx)
	if err != nil {
		return plain(err)
	}
	defer func() { _ = conn.Close() }() // hanging up is the purpose
	head := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.verb, req.URL.RequestURI(), req.URL.Host, len(r.body))
	var headers bytes.Buffer
	if err := req.Header.Write(&headers); err != nil {
		return err
	}
	message := append(append(append(head, headers.Bytes()...), "\r\n"...), body...)
	if _, err := conn.Write(message); err != nil {
		return plain(err)
	}
	if fate == CutHeaders {
		return readHeaders(conn)
	}
	return sleep(ctx, wait)
}

// readHeaders reads an answer up to the end of its headers.
func readHeaders(conn net.Conn) error {
	reader := bufio.NewReader(io.LimitReader(conn, 1<<20))
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return err
		}
		if line == "\r\n" || line == "\n" {
			return nil
		}
	}
}

func (h *host) dial(ctx context.Context) (net.Conn, error) {
	address := h.base.Host
	if h.base.Port() == "" {
		address = net.JoinHostPort(h.base.Hostname(), map[string]string{"http": "80", "https": "443"}[h.base.Scheme])
	}
	dialer := &net.Dialer{Timeout: h.o.Timeout}
	var conn net.Conn
	var err error
	if h.base.Scheme == "https" {
		config := h.client.Transport.(*http.Transport).TLSClientConfig.Clone()
		config.NextProtos = []string{"http/1.1"}
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", address)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(h.o.Timeout))
}

// pieces is in how many parts a slow body arrives.
const pieces = 4

// slowly gives a body in pieces with a pause before each.
type slowly struct {
	ctx   context.Context
	rest  []byte
	sent  int
	pause time.Duration
}

func (s *slowly) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	if err := sleep(s.ctx, s.pause); err != nil {
		return 0, err
	}
	s.sent++
	n := len(s.rest)/(pieces-min(s.sent, pieces)+1) + 1
	n = copy(p, s.rest[:min(n, len(s.rest))])
	s.rest = s.rest[n:]
	return n, nil
}

// sleep waits, or gives the error of a context that ends before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
