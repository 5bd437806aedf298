package qiibee_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

const apiKey = "qiibee-key-4711"

var background = context.Background()

// reply is one answer; lost hangs up in its place, after the request was read.
type reply struct {
	status int
	body   string
	lost   bool
}

// vendor answers one reply after the other, the last one for ever, and keeps what
// was asked as "METHOD escaped-path?query body".
type vendor struct {
	server *httptest.Server
	mu     sync.Mutex
	asked  []string
	next   []reply
}

func newVendor(t testing.TB, replies ...reply) *vendor {
	v := &vendor{next: replies}
	v.server = httptest.NewServer(http.HandlerFunc(v.serve))
	t.Cleanup(v.server.Close)
	return v
}

func (v *vendor) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("X-API-KEY") != apiKey {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"Invalid API Key"}`)
		return
	}
	v.mu.Lock()
	line := r.Method + " " + r.RequestURI
	if len(body) > 0 {
		line += " " + string(body)
	}
	v.asked = append(v.asked, line)
	now := v.next[min(len(v.asked), len(v.next))-1]
	v.mu.Unlock()
	if now.lost {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(now.status)
	_, _ = io.WriteString(w, now.body)
}

func (v *vendor) seen() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.asked...)
}

func (v *vendor) client(t testing.TB, change ...func(*qiibee.Settings)) *qiibee.Client {
	t.Helper()
	settings := qiibee.Settings{URL: v.server.URL + "/api/admin/", APIKey: setting.NewSecret(apiKey)}
	for _, f := range change {
		f(&settings)
	}
	return qiibee.New(settings, vendorhttp.Options{Retry: vendorhttp.Retry{Attempts: 3, Delay: time.Millisecond, MaxDelay: 2 * time.Millisecond}})
}

func failure(t testing.TB, err error) *qiibee.Error {
	t.Helper()
	var e *qiibee.Error
	require.Truef(t, errors.As(err, &e), "%T: %v", err, err)
	return e
}
