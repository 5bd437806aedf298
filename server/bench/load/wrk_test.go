package load

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFiguresOfWrkAreParsed(t *testing.T) {
	got, err := parseWrk("Running 1s test\n  2 threads\nfigures 1000 2000000 3 2\n")
	require.NoError(t, err)
	assert.Equal(t, 997, got.Requests)
	assert.Equal(t, 5, got.Failures)
	assert.Equal(t, 2*time.Second, got.Elapsed)
	assert.NotEmpty(t, got.Fault())
	for _, odd := range []string{"", "figures 1 2", "figures a b c d"} {
		_, err := parseWrk(odd)
		assert.Error(t, err)
	}
}

func TestWrkRuns(t *testing.T) {
	wrk, err := FindWrk("wrk", 2)
	if err != nil {
		t.Skip("wrk is not installed")
	}
	if testing.Short() {
		t.Skip("takes a second")
	}
	var seen atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1); r.URL.Path != "/x" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	target, err := NewTarget(server.URL, "", "")
	require.NoError(t, err)
	got, err := wrk.Run(t.Context(), target, `wrk.path = "/x"`, 2, time.Second)
	require.NoError(t, err)
	assert.Empty(t, got.Fault())
	assert.LessOrEqual(t, int64(got.Requests), seen.Load())
	_, err = wrk.Run(t.Context(), target, `this is not Lua`, 2, time.Second)
	assert.Error(t, err)
}

func TestTargets(t *testing.T) {
	target, err := NewTarget("https://127.0.0.1:1/ignored", "user", "password")
	require.NoError(t, err)
	assert.Equal(t, "https://127.0.0.1:1", target.URL)
	assert.Equal(t, "Basic dXNlcjpwYXNzd29yZA==", target.Authorization)
	for _, odd := range []string{"ftp://x", "::"} {
		_, err := NewTarget(odd, "", "")
		assert.Error(t, err)
	}
}
