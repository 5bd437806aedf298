package wire

import (
	"errors"
	"net"
	"net/http/httptrace"
	"sync"
	"time"
)

var errSealed = errors.New("wire: the connection was given up before anything was written")

// gate is a connection that knows whether anything was written since a request
// got it, and can be sealed: after that nothing is written any more. So the
// question "did it leave?" has one answer that does not change.
type gate struct {
	net.Conn
	mu     sync.Mutex
	wrote  bool
	sealed bool
}

// begin is called when a request gets the connection.
func (g *gate) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrote = false
}

// seal lets nothing pass any more, and reports whether something did.
func (g *gate) seal() (wrote bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sealed = true
	return g.wrote
}

// Write counts as written from the moment that it is allowed to begin.
func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	if g.sealed {
		g.mu.Unlock()
		return 0, errSealed
	}
	g.wrote = g.wrote || len(p) > 0
	g.mu.Unlock()
	return g.Conn.Write(p)
}

// gateOf finds the gate under what net/http calls the connection: itself, or
// below TLS when a proxy stands between.
func gateOf(conn net.Conn) *gate {
	for conn != nil {
		if g, ok := conn.(*gate); ok {
			return g
		}
		inner, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		conn = inner.NetConn()
	}
	return nil
}

// attempt follows one request through net/http.
type attempt struct {
	// maxIdle is for how long a connection may have been idle, 0 for ever.
	maxIdle time.Duration

	mu     sync.Mutex
	gate   *gate
	reused bool
	left   bool // something may have left on an earlier or an unknown connection
}

func (a *attempt) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: a.gotConn}
}

func (a *attempt) gotConn(info httptrace.GotConnInfo) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left = a.left || a.gate != nil && a.gate.seal()
	a.gate, a.reused = gateOf(info.Conn), info.Reused
	if a.gate == nil {
		a.left = true
		return
	}
	a.gate.begin()
	if a.maxIdle > 0 && info.WasIdle && info.IdleTime > a.maxIdle {
		// Not a byte goes out on a connection that the other side may have closed
		// meanwhile, since its loss could not be told from a lost answer.
		a.gate.seal()
	}
}

// giveUp seals what the request got and reports whether it certainly never
// left, and whether that was the fault of a kept connection.
func (a *attempt) giveUp() (neverSent, stale bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := a.gate != nil
	if got {
		a.left = a.gate.seal() || a.left
	}
	return !a.left, !a.left && got && a.reused
}
