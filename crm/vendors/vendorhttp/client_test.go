package vendorhttp_test

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

	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestAnAnswerIsReadWhole(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(body)
	})
	c := vendorhttp.New("vendor", vendorhttp.Options{})
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
	c := vendorhttp.New("vendor", vendorhttp.Options{})
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
		c := vendorhttp.New("vendor", vendorhttp.Options{})
		for _, verb := range []string{"GET", "POST"} {
			calls.Store(0)
			_, err := do(t, c, vendorhttp.Request{Call: "x", Method: verb, URL: server.URL, Body: []byte("{}")})
			assert.ErrorIs(t, err, vendorhttp.Redirected)
			assert.Equal(t, status, failure(t, err).Status)
			assert.False(t, vendorhttp.NeverSent(err))
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
		c := vendorhttp.New("vendor", vendorhttp.Options{})
		_, err := do(t, c, post(server.URL, "{}"))
		require.ErrorIs(t, err, vendorhttp.Malformed, name)
		assert.Equal(t, 200, failure(t, err).Status)
		assert.False(t, vendorhttp.NeverSent(err))
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
	_, err := do(t, vendorhttp.New("vendor", vendorhttp.Options{}), vendorhttp.Request{Call: "x", Method: "GET", URL: server.URL})
	require.ErrorIs(t, err, vendorhttp.Malformed)
}

func TestStatusesBecomeKinds(t *testing.T) {
	kinds := map[int]vendorhttp.Kind{
		400: vendorhttp.Rejected, 401: vendorhttp.Unauthorized, 402: vendorhttp.Rejected, 403: vendorhttp.Forbidden, 404: vendorhttp.NotFound,
		405: vendorhttp.Rejected, 408: vendorhttp.Unavailable, 409: vendorhttp.Conflict, 410: vendorhttp.NotFound, 413: vendorhttp.Rejected,
		422: vendorhttp.Rejected, 429: vendorhttp.RateLimited, 500: vendorhttp.Unavailable, 502: vendorhttp.Unavailable, 503: vendorhttp.Unavailable,
		504: vendorhttp.Unavailable, 304: vendorhttp.Redirected, 299: "", 600: vendorhttp.Malformed,
	}
	refused := map[vendorhttp.Kind]bool{vendorhttp.Rejected: true, vendorhttp.Unauthorized: true, vendorhttp.Forbidden: true, vendorhttp.NotFound: true, vendorhttp.RateLimited: true}
	for status, kind := range kinds {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
		})
		_, err := do(t, vendorhttp.New("vendor", vendorhttp.Options{}), post(server.URL, "{}"))
		if kind == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, kind, "%d", status)
		e := failure(t, err)
		assert.Equal(t, refused[kind], vendorhttp.Refused(e), "%d", status)
		assert.False(t, vendorhttp.NeverSent(e), "%d", status)
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
		c := vendorhttp.New("vendor", vendorhttp.Options{Now: func() time.Time { return now }})
		_, err := do(t, c, post(server.URL, "{}"))
		assert.Equal(t, want, failure(t, err).RetryAfter, "%q", value)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	c := vendorhttp.New("vendor", vendorhttp.Options{})
	for _, url := range []string{
		"", "/relative", "api.example.test/v1", "http://api.example.test/", "ftp://127.0.0.1/", "https://u:p@127.0.0.1/",
		"https://127.0.0.1/#x", "mailto:a@b.c", "https://", "http://127.0.0.1.example.test/", "http://%zz/",
	} {
		_, err := do(t, c, post(url, "{}"))
		require.ErrorIs(t, err, vendorhttp.Invalid, url)
		assert.True(t, vendorhttp.NeverSent(err))
	}
	assert.Empty(t, vendorhttp.CheckURL("https://api.example.test", false))
	assert.Empty(t, vendorhttp.CheckURL("http://localhost:1", false))
	assert.Empty(t, vendorhttp.CheckURL("http://[::1]:1", false))
	assert.Empty(t, vendorhttp.CheckURL("http://api.example.test", true))
}

func TestSegmentsCannotLeaveTheirPlace(t *testing.T) {
	for _, id := range []string{"", ".", ".."} {
		_, ok := vendorhttp.Segment(id)
		assert.False(t, ok, "%q", id)
	}
	for id, want := range map[string]string{"a/b": "a%2Fb", "../x": "..%2Fx", "a?b#c": "a%3Fb%23c", "пёс": "%D0%BF%D1%91%D1%81", "a b": "a%20b"} {
		got, ok := vendorhttp.Segment(id)
		assert.True(t, ok)
		assert.Equal(t, want, got)
	}
}

// timedOut gives the error of a call whose time was over as late as far says: with
// more and more time, since a busy machine may be slow to connect.
func timedOut(t *testing.T, url string, far func(error) bool) error {
	for limit := 30 * time.Millisecond; ; limit *= 2 {
		_, err := do(t, vendorhttp.New("vendor", vendorhttp.Options{Timeout: limit}), post(url, "{}"))
		require.Error(t, err)
		if far(err) || limit > time.Minute {
			return err
		}
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
	err := timedOut(t, server.URL, func(err error) bool { return failure(t, err).Status != 0 })
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, 200, failure(t, err).Status)
	assert.False(t, vendorhttp.NeverSent(err))
	assert.True(t, strings.Contains(err.Error(), "broke off"), err)
}
