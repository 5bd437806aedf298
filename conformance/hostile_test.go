//go:build !race

package conformance_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
)

// spoiled is a good host whose answers to some calls are replaced.
func spoiled(t *testing.T, hits func(*http.Request) bool, do http.HandlerFunc) conformance.Target {
	t.Helper()
	good, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Data: faultyhost.Sample(faultyhost.Plain(), noon), Now: func() time.Time { return noon }})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hits(r) {
			do(w, r)
			return
		}
		good.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, User: testUser, Password: testPassword}
}

// TestHostileAnswersAreSurvived: the run ends, is of bounded size, and names what
// it could not read.
func TestHostileAnswersAreSurvived(t *testing.T) {
	text := func(body func(io.Writer)) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			body(w)
		}
	}
	keys := func(w io.Writer, n int) {
		_, _ = io.WriteString(w, `{"card":{"cardNumber":"1"`)
		for i := range n {
			_, _ = fmt.Fprintf(w, `,"%d":""`, i)
		}
		_, _ = io.WriteString(w, "}}")
	}
	card := func(r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, "/v1/card/") && strings.Count(r.URL.Path, "/") == 3
	}
	for name, do := range map[string]http.HandlerFunc{
		"deep":           text(func(w io.Writer) { _, _ = io.WriteString(w, strings.Repeat("[", 100_000)) }),
		"deep objects":   text(func(w io.Writer) { _, _ = io.WriteString(w, strings.Repeat(`{"a":`, 100_000)) }),
		"many keys":      text(func(w io.Writer) { keys(w, 90_000) }),
		"a million keys": text(func(w io.Writer) { keys(w, 1_000_000) }),
		"a long key": text(func(w io.Writer) {
			_, _ = io.WriteString(w, `{"`+strings.Repeat("k", 500_000)+`":[`+strings.Repeat(`"",`, 90_000)+`""]}`)
		}),
		"a long number": text(func(w io.Writer) { _, _ = io.WriteString(w, `"`+strings.Repeat("7", 1<<19)+`"`) }),
		"a long code": text(func(w io.Writer) {
			w.(http.ResponseWriter).WriteHeader(422)
			keys(w, 0)
			_, _ = io.WriteString(w, strings.Repeat(" ", 1<<19))
		}),
		"a body of a gigabyte": text(func(w io.Writer) {
			for range 1 << 14 {
				if _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err != nil {
					return
				}
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, spoiled(t, card, do), conformance.Options{Only: []string{"balance", "answer"}})
			assert.Equal(t, conformance.NotConformant, r.Verdict)
			written, err := json.Marshal(r)
			require.NoError(t, err)
			assert.Less(t, len(written), 2<<20)
		})
	}
}

// TestLongListsAccuseNobody: of a list that is longer than the suite reads nothing
// is said but that.
func TestLongListsAccuseNobody(t *testing.T) {
	lists := func(r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, "/v1/card/getAllUsers") && r.Header.Get("Authorization") != ""
	}
	r := run(t, spoiled(t, lists, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, `["`+strings.Repeat(`70000000001","`, 100_000)+`70000000001"]`)
	}), conformance.Options{Only: []string{"users", "answer"}})
	skipped := 0
	for _, c := range r.Checks() {
		assert.False(t, c.Broke() || c.Outcome == conformance.Error, "%s: %s", c.Rule, c.Message)
		if c.Outcome != conformance.Skip {
			continue
		}
		if skipped++; strings.HasPrefix(c.Rule, "users.") {
			assert.Contains(t, c.Message, "an answer is longer than 1 MiB, and the suite reads no more of one: judge a test installation that has fewer users")
			assert.True(t, c.Steps[len(c.Steps)-1].Answer.More)
		}
	}
	assert.Positive(t, skipped)
}
