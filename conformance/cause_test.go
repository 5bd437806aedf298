package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
)

// spoilt is a good host behind a handler that spoils it, without TLS.
func spoilt(t *testing.T, spoil func(w http.ResponseWriter, r *http.Request, good http.Handler)) conformance.Target {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Data: faultyhost.Sample(faultyhost.Plain(), noon), Now: clock})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { spoil(w, r, host) }))
	t.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, User: testUser, Password: testPassword}
}

// TestOneReasonIsOneFinding: what fails for one reason is named once, on top, and
// each check that it explains points to it.
func TestOneReasonIsOneFinding(t *testing.T) {
	wallet := func(r *http.Request) bool { user, _, ok := r.BasicAuth(); return ok && user == testUser }
	reads := func(r *http.Request) bool {
		return r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/card/2")
	}
	for name, c := range map[string]struct {
		spoil func(w http.ResponseWriter, r *http.Request, good http.Handler)
		text  string
	}{
		"5xx": {func(w http.ResponseWriter, r *http.Request, good http.Handler) {
			if reads(r) && wallet(r) {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			good.ServeHTTP(w, r)
		}, "status 502"},
		"429": {func(w http.ResponseWriter, r *http.Request, good http.Handler) {
			if r.Method == http.MethodPost && wallet(r) {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			good.ServeHTTP(w, r)
		}, "429"},
		"broken JSON": {func(w http.ResponseWriter, r *http.Request, good http.Handler) {
			if reads(r) && wallet(r) {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				_, _ = w.Write([]byte("<!-- shop -->"))
				return
			}
			good.ServeHTTP(w, r)
		}, "not JSON"},
		"no customer": {func(w http.ResponseWriter, r *http.Request, good http.Handler) {
			if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/v1/card/anonymous") && wallet(r) {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				w.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = w.Write([]byte(`{"code":"7","description":"region"}`))
				return
			}
			good.ServeHTTP(w, r)
		}, "could not make a customer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, spoilt(t, c.spoil), conformance.Options{Only: []string{"find", "holder", "receipt", "typed", "answer"}})
			require.NotEmpty(t, r.Causes)
			first := r.Causes[0]
			assert.Contains(t, first.Text, c.text)
			assert.NotNil(t, first.Step)
			assert.Equal(t, conformance.NotConformant, r.Verdict)
			broken := r.Checks(conformance.Fail, conformance.Error, conformance.Warn)
			alone := 0
			for _, check := range broken {
				if check.Cause == "" {
					alone++
				}
			}
			assert.Less(t, alone, len(broken)/3, "most broken checks have a cause")
			for _, cause := range r.Causes {
				for _, rule := range cause.Rules {
					assert.Equal(t, cause.ID, checkOf(r, rule).Cause)
				}
			}
		})
	}
}

// TestPreparationThatFailsIsNotTriedAgain: a host on which no customer can be made
// is asked a few times and not for each check.
func TestPreparationThatFailsIsNotTriedAgain(t *testing.T) {
	target := spoilt(t, func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		good.ServeHTTP(w, r)
	})
	whole := run(t, started(t, ""), conformance.Options{Only: []string{"holder", "receipt", "balance"}})
	r := run(t, target, conformance.Options{Only: []string{"holder", "receipt", "balance"}})
	assert.Less(t, r.Requests, whole.Requests/3)
	for _, check := range r.Checks(conformance.Error) {
		assert.NotEmpty(t, check.Cause, check.Rule)
	}
}

// TestCheckStandsOnItsOwn: a single check finds its fault without those before it.
func TestCheckStandsOnItsOwn(t *testing.T) {
	for rule, fault := range map[string]string{"injection.no-harm": "sql-drops", "answer.status": "issue-201", "timing.keep-alive": "closes-every-connection"} {
		r := run(t, started(t, fault), conformance.Options{Only: []string{rule}})
		assert.True(t, checkOf(r, rule).Broke(), "%s: %+v", rule, checkOf(r, rule))
	}
}
