package sqlmap

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connecttest"
)

// TestPromises: every check of a connector, over the reference tables on both engines,
// with connections that are cut before and after the database's commit.
func TestPromises(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		connecttest.Run(t, func(t *testing.T) *connecttest.Subject {
			between := newCutter(t, e.address())
			e.writer = strings.Replace(e.writer, e.address(), between.Addr().String(), 1)
			e.run(t, "INSERT INTO wallet_codes (code, points) VALUES ('SPRING', 50);")
			return &connecttest.Subject{
				Connector: e.connector(t), Code: "SPRING", Cut: between.cut,
				Block: func(_ context.Context, number string) error {
					e.run(t, "UPDATE wallet_cards SET state = 'blocked' WHERE number = '"+number+"';")
					return nil
				},
				Bought: func(_ context.Context, number string, line crm.Purchase) error {
					e.run(t, fmt.Sprintf("INSERT INTO wallet_purchases (card, day, item, amount, quantity, points) VALUES ('%s', '%s', '%s', 1, 1, 0);", number, line.Date, line.Item))
					return nil
				},
			}
		})
	})
}

// cutter passes connections to a database, and cuts one that commits when it is told to.
type cutter struct {
	net.Listener
	to   string
	next atomic.Pointer[bool]
}

func newCutter(t *testing.T, to string) *cutter {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cutter{Listener: listener, to: to}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go c.pass(from) // pgx leaves some open for a while that it has given up
		}
	}()
	return c
}

// cut has the next commit lose its connection, before the database has it or after.
func (c *cutter) cut(after bool) { c.next.Store(&after) }

func (c *cutter) pass(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	var deaf atomic.Bool // what the database says is not passed any more
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		chunk := make([]byte, 64<<10)
		for {
			n, err := to.Read(chunk)
			if err != nil || deaf.Load() {
				return
			}
			if _, err := from.Write(chunk[:n]); err != nil {
				return
			}
		}
	}()
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		if err != nil {
			_ = to.Close()
			<-answered
			return
		}
		var after *bool
		if bytes.Contains(bytes.ToUpper(chunk[:n]), []byte("COMMIT")) {
			after = c.next.Swap(nil)
		}
		if after != nil {
			deaf.Store(true)
			if *after {
				_, _ = io.Copy(to, bytes.NewReader(chunk[:n]))
				<-answered
			}
			return
		}
		if _, err := to.Write(chunk[:n]); err != nil {
			return
		}
	}
}
