package connecttest

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Proxy passes connections to a database, and loses one that commits when it is told to.
// It is safe for concurrent use.
type Proxy struct {
	net.Listener
	to   string
	meet atomic.Pointer[func() Fault]
}

// NewProxy listens on this machine and passes connections to an address. Close ends it;
// connections that are open end with their clients.
func NewProxy(to string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{Listener: listener, to: to}
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go p.pass(from)
		}
	}()
	return p, nil
}

// Fail sets what commits meet from now on: Fine, CutBefore or CutAfter; nil for nothing.
// It must be safe for concurrent use.
func (p *Proxy) Fail(fault func() Fault) {
	if fault == nil {
		p.meet.Store(nil)
		return
	}
	p.meet.Store(&fault)
}

// Cut has the next commit lose its connection, before the database has it or after.
func (p *Proxy) Cut(after bool) {
	meets := CutBefore
	if after {
		meets = CutAfter
	}
	var once sync.Once
	p.Fail(func() (fault Fault) {
		once.Do(func() { fault = meets })
		return fault
	})
}

func (p *Proxy) meets(sent []byte) Fault {
	if fault := p.meet.Load(); fault != nil && bytes.Contains(bytes.ToUpper(sent), []byte("COMMIT")) {
		return (*fault)()
	}
	return Fine
}

// pass copies both ways. Errors are of connections that end, which is all there is to do.
func (p *Proxy) pass(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	var deaf atomic.Bool // what the database says is not passed any more
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		for chunk := make([]byte, 64<<10); ; {
			n, err := to.Read(chunk)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := from.Write(chunk[:n]); err != nil {
				return
			}
		}
	}()
	for chunk := make([]byte, 64<<10); ; {
		n, err := from.Read(chunk)
		if err != nil {
			return
		}
		switch p.meets(chunk[:n]) {
		case CutBefore:
			return
		case CutAfter:
			deaf.Store(true)
			if _, err := io.Copy(to, bytes.NewReader(chunk[:n])); err == nil {
				<-answered
			}
			return
		}
		if _, err := to.Write(chunk[:n]); err != nil {
			return
		}
	}
}
