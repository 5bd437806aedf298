package vendorhttp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

func countNew(opened *atomic.Int32) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
}

func TestWhatCertainlyNeverLeft(t *testing.T) {
	tlsServer := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(tlsServer.Close)
	closing := listen(t, func(c net.Conn) { _ = c.Close() })
	mute := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	over, cancel := context.WithCancel(context.Background())
	cancel()
	cases := map[string]struct {
		ctx context.Context
		url string
	}{
		"connection refused":          {context.Background(), "http://127.0.0.1:1/"},
		"no such host":                {context.Background(), "https://no-such-host.invalid/"},
		"certificate not trusted":     {context.Background(), tlsServer.URL},
		"TLS peer hangs up":           {context.Background(), "https" + closing[4:]},
		"TLS peer says nothing":       {context.Background(), "https" + mute[4:]},
		"context over from the start": {over, tlsServer.URL},
	}
	for name, tc := range cases {
		c := vendorhttp.New("vendor", vendorhttp.Options{Timeout: 300 * time.Millisecond})
		_, err := c.Do(tc.ctx, post(tc.url, "{}"))
		require.ErrorIs(t, err, vendorhttp.Unavailable, name)
		assert.True(t, vendorhttp.NeverSent(err), "%s: %v", name, err)
		assert.True(t, vendorhttp.Refused(err), name)
	}
}

func TestWaitingForAConnectionNeverLeft(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{})
	server := serve(t, func(http.ResponseWriter, *http.Request) { close(entered); <-release })
	c := vendorhttp.New("vendor", vendorhttp.Options{MaxConnections: 1})
	var first sync.WaitGroup
	first.Go(func() { _, err := do(t, c, post(server.URL, "{}")); assert.NoError(t, err) })
	<-entered
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Do(ctx, post(server.URL, "{}"))
	assert.True(t, vendorhttp.NeverSent(err), "%v", err)
	close(release)
	first.Wait()
}

func TestWhatMayHaveArrived(t *testing.T) {
	answers := map[string]string{
		"hang up after reading":  "",
		"garbage":                "no HTTP at all\r\n\r\n",
		"cut headers":            "HTTP/1.1 200 OK\r\nContent-Le",
		"cut body":               "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"vouchers\":[",
		"cut chunk":              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"vou",
		"two lengths":            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		"headers without an end": "HTTP/1.1 200 OK\r\nX: " + string(make([]byte, 1<<17)),
	}
	for name, answer := range answers {
		url := listen(t, func(c net.Conn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = io.WriteString(c, answer)
			_ = c.Close()
		})
		_, err := do(t, vendorhttp.New("vendor", vendorhttp.Options{}), post(url, "{}"))
		require.Error(t, err, name)
		assert.False(t, vendorhttp.NeverSent(err), "%s: %v", name, err)
		assert.False(t, vendorhttp.Refused(err), "%s: %v", name, err)
	}
}

func TestATimeOutMayHaveArrived(t *testing.T) {
	release := make(chan struct{})
	var came atomic.Bool
	server := serve(t, func(http.ResponseWriter, *http.Request) { came.Store(true); <-release })
	t.Cleanup(func() { close(release) })
	err := timedOut(t, server.URL, func(error) bool { return came.Load() })
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.False(t, vendorhttp.NeverSent(err))
}

var marks = regexp.MustCompile(`mark-[0-9]+-`)

// unkind is a server that hangs up at any point, and remembers every request of
// which it saw as much as the first line.
type unkind struct {
	mu   sync.Mutex
	seen map[string]int
}

func (u *unkind) handle(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	for {
		if rand.IntN(4) == 0 {
			return // maybe just when the next request is on its way
		}
		line, err := reader.ReadString('\n')
		u.saw(line)
		if err != nil || rand.IntN(6) == 0 {
			return
		}
		req, err := http.ReadRequest(bufio.NewReader(io.MultiReader(strings.NewReader(line), reader)))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		if rand.IntN(6) == 0 {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	}
}

func (u *unkind) saw(line string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if mark := marks.FindString(line); mark != "" {
		u.seen[mark]++
	}
}

// TestNeverSentIsNeverWrong races requests against a server that hangs up and
// contexts that end at any moment. Whatever is said never to have left must not
// have been seen, and nothing may be seen twice.
func TestNeverSentIsNeverWrong(t *testing.T) {
	u := &unkind{seen: map[string]int{}}
	url := listen(t, u.handle)
	c := vendorhttp.New("vendor", vendorhttp.Options{})
	var never, maybe, good atomic.Int32
	var claims sync.Map
	var callers sync.WaitGroup
	for worker := range 16 {
		callers.Go(func() {
			for i := range 150 {
				mark := fmt.Sprintf("mark-%d-", worker*1000+i)
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(4000))*time.Microsecond)
				_, err := c.Do(ctx, post(url+"/"+mark, `{"a":1}`))
				cancel()
				switch {
				case err == nil:
					good.Add(1)
				case vendorhttp.NeverSent(err):
					never.Add(1)
					claims.Store(mark, err)
				default:
					maybe.Add(1)
				}
			}
		})
	}
	callers.Wait()
	c.CloseIdleConnections()
	u.mu.Lock()
	defer u.mu.Unlock()
	claims.Range(func(mark, err any) bool {
		assert.Zero(t, u.seen[mark.(string)], "%v was said never to have left: %v", mark, err)
		return true
	})
	for mark, n := range u.seen {
		assert.Equal(t, 1, n, mark)
	}
	t.Logf("never sent %d, may have arrived %d, answered %d", never.Load(), maybe.Load(), good.Load())
	assert.Positive(t, never.Load())
	assert.Positive(t, maybe.Load())
	assert.Positive(t, good.Load())
}
