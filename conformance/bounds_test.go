package conformance

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counted is a connection that counts what is read from it.
type counted struct {
	net.Conn
	read *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// endless writes until nobody reads.
func endless(w io.Writer, text string) {
	for {
		if _, err := io.WriteString(w, text); err != nil {
			return
		}
	}
}

// taken takes the connection over, to say what no server of HTTP would.
func taken(w http.ResponseWriter, say func(io.Writer)) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = connection.Close() }()
	say(connection)
}

// TestLittleOfAnAnswerIsRead: whatever a host sends, one call reads a body of
// 1 MiB, headers of 64 KiB and what fits into buffers besides, and it ends.
func TestLittleOfAnAnswerIsRead(t *testing.T) {
	const most = 1<<20 + 1<<17
	for name, c := range map[string]struct {
		host                  func(w http.ResponseWriter, r *http.Request)
		answered, cut, isLong bool
	}{
		"a body without end": {func(w http.ResponseWriter, _ *http.Request) { endless(w, strings.Repeat("x", 1<<16)) }, true, false, true},
		"a body of a gigabyte": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1073741824")
			endless(w, strings.Repeat(" ", 1<<16))
		}, true, false, true},
		"a million keys": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 1_000_000 {
				if _, err := fmt.Fprintf(w, `{"key%d":"",`[min(i, 1):], i); err != nil {
					return
				}
			}
		}, true, false, true},
		"packed zeros that were not asked for": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "\x1f\x8b\b\x00\x00\x00\x00\x00\x00\xff"+strings.Repeat("\x00", 1000))
		}, true, false, false},
		"a header without end": {func(w http.ResponseWriter, _ *http.Request) {
			taken(w, func(c io.Writer) {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
				endless(c, strings.Repeat("x", 1<<12))
			})
		}, false, false, false},
		"headers without end": {func(w http.ResponseWriter, _ *http.Request) {
			taken(w, func(c io.Writer) {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
				endless(c, "X: "+strings.Repeat("x", 1<<10)+"\r\n")
			})
		}, false, false, false},
		"answers to come without end": {func(w http.ResponseWriter, _ *http.Request) {
			taken(w, func(c io.Writer) { endless(c, "HTTP/1.1 103 Early Hints\r\nX: "+strings.Repeat("x", 1<<10)+"\r\n\r\n") })
		}, false, false, false},
		"chunks with endless names": {func(w http.ResponseWriter, _ *http.Request) {
			taken(w, func(c io.Writer) {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;")
				endless(c, strings.Repeat("x", 1<<10))
			})
		}, true, true, false},
		"redirects without end": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, true, false, false},
		"a body that drips": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(c.host))
			defer server.Close()
			patience := time.Minute
			if c.cut {
				patience = 2 * time.Second
			}
			client, err := newClient(Target{URL: server.URL, User: "u", Password: "p", Patience: patience}, time.Second)
			require.NoError(t, err)
			defer client.close()
			var read atomic.Int64
			client.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				connection, err := dialPatiently(ctx, network, address)
				return counted{connection, &read}, err
			}
			e := client.do(context.Background(), Request{Method: "GET", Path: "/"}, false)
			assert.LessOrEqual(t, read.Load(), int64(most))
			require.Equal(t, c.answered, e.Answer != nil, "%v", e.Trouble)
			if c.answered {
				assert.LessOrEqual(t, len(e.Answer.Body), maxAnswer)
				assert.Equal(t, []bool{c.cut, c.isLong}, []bool{e.Answer.Cut, e.Answer.Long}, "%v", e.Trouble)
			}
		})
	}
}
