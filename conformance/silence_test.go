package conformance_test

import (
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
)

// hanging lets calls time out, without the wait for it.
type hanging func(*http.Request) bool

func (h hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	if h(r) {
		return nil, os.ErrDeadlineExceeded
	}
	return http.DefaultTransport.RoundTrip(r)
}

// TestHostThatHangsStopsTheRun: one cause is named, and nobody waits for the calls
// of all the checks that are left.
func TestHostThatHangsStopsTheRun(t *testing.T) {
	for _, parallel := range []int{1, 14} {
		var calls, late atomic.Int64
		target := spoilt(t, func(w http.ResponseWriter, r *http.Request, good http.Handler) { good.ServeHTTP(w, r) })
		target.Transport = hanging(func(*http.Request) bool {
			if calls.Add(1) < 60 {
				return false
			}
			late.Add(1)
			return true
		})
		r := run(t, target, conformance.Options{Parallel: parallel, Only: []string{"find", "holder", "issue", "receipt", "answer"}})
		assert.Equal(t, conformance.NotConformant, r.Verdict)
		require.NotEmpty(t, r.Causes)
		assert.Contains(t, r.Causes[0].Text, "The host has stopped answering")
		assert.Greater(t, len(r.Causes[0].Rules), 30)
		assert.LessOrEqual(t, late.Load(), int64(6+2*parallel))
		for _, rule := range r.Causes[0].Rules {
			assert.Equal(t, conformance.Error, checkOf(r, rule).Outcome, "%s is not broken, it was not judged", rule)
		}
	}
}

// TestMethodThatHangsIsItsRulesFault: the run goes on, for the host answers others.
func TestMethodThatHangsIsItsRulesFault(t *testing.T) {
	for method, c := range map[string]struct {
		hangs        func(path string) bool
		broken, kept string
	}{
		"all but search": {func(path string) bool { return path != "/v1/card" }, "typed.words", "find.unknown-empty"},
		"search":         {func(path string) bool { return path == "/v1/card" }, "find.no-stranger", "typed.words"},
	} {
		var calls atomic.Int64
		target := spoilt(t, func(w http.ResponseWriter, r *http.Request, good http.Handler) { good.ServeHTTP(w, r) })
		target.Transport = hanging(func(r *http.Request) bool {
			path, _, _ := strings.Cut(r.URL.RequestURI(), "?")
			return calls.Add(1) > 4 && c.hangs(path)
		})
		r := run(t, target, conformance.Options{Parallel: 1, Only: []string{"find", "paths", "typed.words"}})
		assert.Equal(t, conformance.Fail, checkOf(r, c.broken).Outcome, method)
		assert.Equal(t, conformance.Pass, checkOf(r, c.kept).Outcome, method)
		for _, cause := range r.Causes {
			assert.NotContains(t, cause.Text, "stopped answering", method)
		}
	}
}
