package conformance

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// wire is one connection to the host, on which a check writes HTTP byte for byte.
type wire struct {
	check *check
	conn  net.Conn
	in    *bufio.Reader
}

// wire makes a connection. Close it.
func (c *check) wire() *wire {
	stopIf(c.client.transport == nil, &lacking{"it needs a connection of its own to the host"})
	ctx, cancel := context.WithTimeout(c.ctx, dialLimit)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.client.address())
	if err != nil {
		panic(stop{notReady("no connection: %v", err)})
	}
	if c.client.base.Scheme == "https" {
		secure := tls.Client(conn, &tls.Config{ServerName: c.client.base.Hostname(), RootCAs: c.client.roots, InsecureSkipVerify: c.client.insecure})
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			panic(stop{notReady("no connection: %v", err)})
		}
		conn = secure
	}
	_ = conn.SetDeadline(time.Now().Add(c.client.http.Timeout)) // a connection without deadlines answers all the same
	return &wire{check: c, conn: conn, in: bufio.NewReader(conn)}
}

// close ends the connection.
func (w *wire) close() { _ = w.conn.Close() } // nothing hangs on it

// head writes down a request without its body.
func (w *wire) head(r Request, name func(string) string) string {
	base := w.check.client.base
	lines := []string{
		r.Method + " " + strings.TrimSuffix(base.EscapedPath(), "/") + target(r) + " HTTP/1.1",
		name("Host") + ": " + base.Host, name("User-Agent") + ": " + userAgent,
	}
	var names []string
	for key := range r.Header {
		names = append(names, key)
	}
	slices.Sort(names)
	for _, key := range names {
		for _, value := range r.Header[key] {
			lines = append(lines, name(key)+": "+value)
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// errHungUp is the trouble of a connection that the host has closed in place of an
// answer.
var errHungUp = errors.New("the host has closed the connection")

// plainNames leaves the names of headers as they are.
func plainNames(name string) string { return name }

// send writes a call with its length, the names of its headers spelled as name
// does, and reads the answer. It stops with errHungUp when the host had closed the
// connection before.
func (w *wire) send(out call, name func(string) string) *reply {
	return w.sendAs(out, func(r Request) []string {
		r.Header = r.Header.Clone()
		if r.Body != nil {
			r.Header.Set("Content-Length", fmt.Sprint(len(r.Body)))
		}
		return []string{w.head(r, name) + string(r.Body)}
	})
}

// next sends another call on the connection, and gives nil when the host has closed
// it in between.
func (w *wire) next(out call) (r *reply) {
	err := attempt(func() { r = w.send(out, plainNames) })
	if err != nil && !errors.Is(err, errHungUp) {
		panic(stop{err})
	}
	return r
}

// stillFinds sends a search after a call that was answered; no rest of that call's
// body must be taken for a part of it. The host may close the connection in between.
func (w *wire) stillFinds(p *customer, answered *reply) {
	if strings.EqualFold(answered.Answer.Header.Get("Connection"), "close") {
		return
	}
	if r := w.next(w.check.findCall("the next call on the same connection", "msisdn", p.phone)); r != nil {
		r.hasCard(p.number)
	}
}

// sendAs writes the pieces of a call, each by itself, and reads the answer.
func (w *wire) sendAs(out call, pieces func(Request) []string) *reply {
	request, authorized := w.check.prepared(out)
	started := time.Now()
	w.check.client.calls.Add(1)
	for _, piece := range pieces(request) {
		if _, err := io.WriteString(w.conn, piece); err != nil {
			break // the host may have answered all the same
		}
	}
	e := Exchange{Request: request, Authorized: authorized}
	if _, err := w.in.Peek(1); err != nil {
		if e.Trouble = err; errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || isReset(err) {
			panic(stop{&noAnswer{errHungUp}})
		}
		return w.check.received(out, e)
	}
	response, err := http.ReadResponse(w.in, &http.Request{Method: out.method})
	if err != nil {
		e.Took, e.Trouble = time.Since(started), err
		return w.check.received(out, e)
	}
	defer func() { _ = response.Body.Close() }() // the connection is closed apart
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	e.Took, e.Trouble = time.Since(started), err
	e.Answer = &Answer{Status: response.StatusCode, Header: response.Header, Body: body, Cut: err != nil || len(body) > maxAnswer}
	return w.check.received(out, e)
}
