package wallet

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLongAnswers: more than the bound is not read, and lists of users have a
// higher one.
func TestLongAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, times := strings.Repeat("x", 1<<16), 1<<14
		if r.URL.Path == "/list" {
			times = 20
		}
		for range times {
			if _, err := io.WriteString(w, text); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	o, err := Options{URL: server.URL, User: "u", Password: "p", Users: 100}.WithDefaults()
	require.NoError(t, err)
	h, err := newHost(o)
	require.NoError(t, err)
	defer h.close()
	for _, c := range []struct {
		request request
		want    error
	}{
		{request{verb: "GET", path: "/"}, errLong}, {request{verb: "GET", path: "/list"}, errLong},
		{request{verb: "GET", path: "/list", listing: true}, nil}, {request{verb: "GET", path: "/", listing: true}, errLong},
	} {
		a, err := h.send(t.Context(), c.request, 0)
		assert.Equal(t, c.want, err, "%s", c.request.path)
		assert.LessOrEqual(t, len(a.body), 2<<20)
	}
}
