package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/bridge/wire"
)

func TestAnAnswerIsReadWhole(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(body)
	})
	c := wire.New("vendor", wire.Options{})
	r := post(server.URL+"/a%2Fb", `{"n":9007199254740993}`)
	r.Header = http.Header{"Content-Type": {"application/json"}}
	answer, err := do(t, c, r)
	require.NoError(t, err)
	assert.Equal(t, 201, answer.Status)
	assert.Equal(t, "application/json", answer.Header.Get("X-Seen"))
	assert.Equal(t, `{"n":9007199254740993}`, string(answer.Body))
	assert.NotContains(t, answer.String(), "9007")
}

func TestConnectionsAreReused(t *testing.T) {
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "{}")
	}))
	server.Config.ConnState = countNew(&opened)
	server.Start()
	t.Cleanup(server.Close)
	c := wire.New("vendor", wire.Options{FreshFor: time.Hour})
	for range 20 {
		_, err := do(t, c, post(server.URL, "{}"))
		require.NoError(t, err)
	}
	assert.EqualValues(t, 1, opened.Load())
}

func TestNoRedirectIsFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var calls atomic.Int32
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			http.Redirect(w, r, "/elsewhere", status)
		})
		c := wire.New("vendor", wire.Options{})
		for _, verb := range []string{"GET", "POST"} {
			calls.Store(0)
			_, err := do(t, c, wire.Request{Call: "x", Method: verb, URL: server.URL, Body: []byte("{}")})
			assert.ErrorIs(t, err, wire.Redirected)
			assert.Equal(t, status, failure(t, err).Status)
			assert.False(t, wire.NeverSent(err))
			assert.EqualValues(t, 1, calls.Load())
		}
	}
}

func TestALargeAnswerIsAnErrorAndNotMemory(t *testing.T) {
	chunk := bytes.Repeat([]byte(" "), 1<<16)
	written := make(chan int, 8)
	for name, header := range map[string]string{"announced": "10485760", "chunked": ""} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if header != "" {
				w.Header().Set("Content-Length", header)
			}
			n := 0
			for n < 10<<20 {
				m, err := w.Write(chunk)
				n += m
				if err != nil {
					break
				}
			}
			written <- n
		})
		c := wire.New("vendor", wire.Options{MaxAnswer: 1 << 18})
		_, err := do(t, c, post(server.URL, "{}"))
		require.ErrorIs(t, err, wire.Malformed, name)
		assert.Equal(t, 200, failure(t, err).Status)
		assert.False(t, wire.NeverSent(err))
		assert.Less(t, <-written, 10<<20, "%s: the client hung up", name)
	}
}

func TestACompressedBombIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 4<<20))
	_ = z.Close()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	_, err := do(t, wire.New("vendor", wire.Options{}), wire.Request{Call: "x", Method: "GET", URL: server.URL})
	require.ErrorIs(t, err, wire.Malformed)
}

func TestStatusesBecomeKinds(t *testing.T) {
	kinds := map[int]wire.Kind{
		400: wire.Rejected, 401: wire.Unauthorized, 402: wire.Rejected, 403: wire.Forbidden, 404: wire.NotFound,
		405: wire.Rejected, 408: wire.Unavailable, 409: wire.Conflict, 410: wire.NotFound, 413: wire.Rejected,
		422: wire.Rejected, 429: wire.RateLimited, 500: wire.Unavailable, 502: wire.Unavailable, 503: wire.Unavailable,
		504: wire.Unavailable, 304: wire.Redirected, 299: "", 600: wire.Malformed,
	}
	refused := map[wire.Kind]bool{wire.Rejected: true, wire.Unauthorized: true, wire.Forbidden: true, wire.NotFound: true, wire.RateLimited: true}
	for status, kind := range kinds {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
		})
		_, err := do(t, wire.New("vendor", wire.Options{}), post(server.URL, "{}"))
		if kind == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, kind, "%d", status)
		e := failure(t, err)
		assert.Equal(t, refused[kind], e.Refused(), "%d", status)
		assert.False(t, e.NeverSent(), "%d", status)
		assert.Equal(t, 7*time.Second, e.RetryAfter)
		assert.Equal(t, "vendor", e.Vendor)
		assert.Equal(t, "pay", e.Call)
	}
}

func TestRetryAfterAsADate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       0,
		"-5":    0,
		"soon":  0,
		"":      0,
		" 120 ": 2 * time.Minute,
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		c := wire.New("vendor", wire.Options{Now: func() time.Time { return now }})
		_, err := do(t, c, post(server.URL, "{}"))
		assert.Equal(t, want, failure(t, err).RetryAfter, "%q", value)
	}
}

func TestObserveHearsOfEveryExchange(t *testing.T) {
	var heard []wire.Exchange
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusConflict)
		}
	})
	c := wire.New("vendor", wire.Options{Observe: func(e wire.Exchange) { e.Duration = 0; heard = append(heard, e) }})
	_, _ = do(t, c, post(server.URL, "{}"))
	_, _ = do(t, c, post(server.URL+"/bad", "{}"))
	_, _ = do(t, c, post("http://127.0.0.1:1", "{}"))
	assert.Equal(t, []wire.Exchange{
		{Vendor: "vendor", Call: "pay", Status: 200},
		{Vendor: "vendor", Call: "pay", Status: 409, Kind: wire.Conflict},
		{Vendor: "vendor", Call: "pay", Kind: wire.Unavailable, NeverSent: true},
	}, heard)
}

func TestAddressesThatAreRefused(t *testing.T) {
	c := wire.New("vendor", wire.Options{})
	for _, url := range []string{
		"", "/relative", "api.example.test/v1", "http://api.example.test/", "ftp://127.0.0.1/", "https://u:p@127.0.0.1/",
		"https://127.0.0.1/#x", "mailto:a@b.c", "https://", "http://127.0.0.1.example.test/", "http://%zz/",
	} {
		_, err := do(t, c, post(url, "{}"))
		require.ErrorIs(t, err, wire.Invalid, url)
		assert.True(t, wire.NeverSent(err))
	}
	assert.Empty(t, wire.CheckURL("https://api.example.test", wire.Options{}))
	assert.Empty(t, wire.CheckURL("http://localhost:1", wire.Options{}))
	assert.Empty(t, wire.CheckURL("http://[::1]:1", wire.Options{}))
	assert.Empty(t, wire.CheckURL("http://api.example.test", wire.Options{AllowHTTP: true}))
}

func TestSegmentsCannotLeaveTheirPlace(t *testing.T) {
	for _, id := range []string{"", ".", ".."} {
		_, ok := wire.Segment(id)
		assert.False(t, ok, "%q", id)
	}
	for id, want := range map[string]string{"a/b": "a%2Fb", "../x": "..%2Fx", "a?b#c": "a%3Fb%23c", "пёс": "%D0%BF%D1%91%D1%81", "a b": "a%20b"} {
		got, ok := wire.Segment(id)
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
}

func TestTheTimeLimitCoversASlowBody(t *testing.T) {
	done := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		<-done
	})
	t.Cleanup(func() { close(done) })
	c := wire.New("vendor", wire.Options{Timeout: 30 * time.Millisecond})
	_, err := do(t, c, post(server.URL, "{}"))
	require.ErrorIs(t, err, wire.Unavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, 200, failure(t, err).Status)
	assert.False(t, wire.NeverSent(err))
	assert.True(t, strings.Contains(err.Error(), "broke off"), err)
}
