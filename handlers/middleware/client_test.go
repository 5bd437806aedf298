package middleware

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
)

// TestClientAddress: only a proxy that is trusted may say who the client is, and
// also of what it passes on only what trusted proxies added counts.
func TestClientAddress(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		proxies              []netip.Prefix
		peer, header, client string
	}{
		"nobody is trusted":       {nil, "10.0.0.1:5000", "203.0.113.9", "10.0.0.1"},
		"a stranger":              {trusted, "203.0.113.7:5000", "203.0.113.9", "203.0.113.7"},
		"a proxy":                 {trusted, "10.0.0.1:5000", "203.0.113.9", "203.0.113.9"},
		"what the client made up": {trusted, "10.0.0.1:5000", "198.51.100.1, 203.0.113.9, 10.2.3.4", "203.0.113.9"},
		"no header":               {trusted, "10.0.0.1:5000", "", "10.0.0.1"},
		"IPv6":                    {trusted, "[fd00::1]:5000", "2001:db8::1", "2001:db8::1"},
		"no address":              {trusted, "10.0.0.1:5000", "79216668899", "10.0.0.1"},
	} {
		var log bytes.Buffer
		router := NewRouter(API{Name: "test", ContentType: "text/plain"}, Options{TrustedProxies: c.proxies, Log: zerolog.New(&log)}.WithDefaults())
		router.Handle(Endpoint{Verb: http.MethodGet, Path: "/", Serve: func(c *gin.Context) error { return SendEmpty(c) }})
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.header != "" {
			r.Header.Set("X-Forwarded-For", c.header)
		}
		router.ServeHTTP(httptest.NewRecorder(), r)
		assert.Contains(t, log.String(), `"client":"`+c.client+`"`, name)
	}
}
