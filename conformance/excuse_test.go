//go:build !race

package conformance_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/schema/koshelek"
)

// otherwise is the host that makes every choice differently.
func otherwise(t *testing.T) conformance.Target {
	t.Helper()
	style := faultyhost.Different()
	host, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Style: &style, Data: faultyhost.Sample(style, noon), Now: clock})
	require.NoError(t, err)
	server, err := faultyhost.Start(host, "127.0.0.1:0", true)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return conformance.Target{URL: server.URL, User: testUser, Password: testPassword, CA: server.CA}
}

// TestFailuresSayWhatWouldExcuseThem judges a host by the contract alone that
// makes its own choices: each is named by the line that makes it one, and the
// lines can be put into a profile.
func TestFailuresSayWhatWouldExcuseThem(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	p.Semicolon = contract.SemicolonNever
	n := faultyhost.Different().Numbers()
	p.Data.Card = &contract.KnownCard{CardNumber: n.Known, Phone: faultyhost.KnownPhone, Email: faultyhost.KnownEmail}
	p.ChannelParams = map[string]string{"sms": "given name", "email": "notify.email"}
	r := run(t, otherwise(t), conformance.Options{Profile: p})
	for rule, line := range map[string]string{
		"auth.status":               `"unauthorizedStatus": 422`,
		"reserve.form":              `"reserveForm": "digits"`,
		"answer.strings":            `"reserveForm": "digits"`,
		"answer.content-type-exact": `"semicolon": "either"`,
		"offers.list":               `"offersPath": "…", or "off": ["listCampaigns"]`,
		"channels.effect":           `"channelValues": {"allow": "…", "deny": "…"}`,
	} {
		assert.Equal(t, line, checkOf(r, rule).Excuse, rule)
	}
	for _, s := range r.Scenarios {
		for _, c := range s.Checks {
			assert.Equal(t, c.Broke(), c.Excuse != "", c.Rule)
			if strings.HasPrefix(c.Excuse, `"deviations"`) {
				assert.Contains(t, c.Excuse, c.Rule)
			}
			for _, line := range strings.Split(c.Excuse, ", or ") {
				line = strings.Replace(line, unknownText, "x", 1)
				_, err := conformance.ParseProfile([]byte("{" + line + "}"))
				assert.NoError(t, err, "%s: %s", c.Rule, line)
			}
		}
	}
}

const unknownText = "…"

// TestAbsentMethodsAreNamed: a method that no call gets through to is one to
// switch off, or to call by another verb or other names.
func TestAbsentMethodsAreNamed(t *testing.T) {
	inner, err := faultyhost.New(faultyhost.Options{User: testUser, Password: testPassword, Data: faultyhost.Sample(faultyhost.Plain(), noon), Now: clock})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		words := strings.Split(r.URL.Path, "/")
		if r.Method == http.MethodPost && len(words) == 4 && words[2] == "card" && words[3] != "anonymous" {
			http.Error(w, "", http.StatusMethodNotAllowed)
			return
		}
		refusal := map[string]int{"GET /v1/card/getAllUsers": 404, "POST /v1/card/anonymous": 405, "POST /v1/promo/code": 422}[r.Method+" "+r.URL.Path]
		if refusal > 0 && r.Header.Get("Authorization") != "" {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(refusal)
			_, _ = w.Write([]byte(`{"code":"9","description":"no"}`)) // the suite tells when it is gone
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	r := run(t, conformance.Target{URL: server.URL, User: testUser, Password: testPassword}, conformance.Options{})
	assert.Equal(t, `"off": ["listUsers"]`, checkOf(r, "users.phones").Excuse)
	assert.Equal(t, `"off": ["issueCard"]`, checkOf(r, "issue.card").Excuse)
	assert.Equal(t, `"promoFields": {"code": "…"}, or "off": ["submitPromoCode"]`, checkOf(r, "promo.accepted").Excuse)
	assert.Equal(t, `"verbs": {"updateUser": "PUT"}`, checkOf(r, "holder.update").Excuse)
	assert.Contains(t, checkOf(r, "tls.https").Excuse, `"deviations"`)
}

func TestLastingDeviation(t *testing.T) {
	p := sampleProfile()
	p.Deviations = []contract.Deviation{{Rule: "reserve.form", Reason: "agreed"}, {Rule: "find.or", Reason: "agreed", Until: noon.Add(-48 * time.Hour)}}
	r := run(t, started(t, "reserved-bare"), conformance.Options{Profile: p, Only: []string{"reserve.form", "find.or"}})
	check := checkOf(r, "reserve.form")
	assert.Equal(t, conformance.Warn, check.Outcome)
	assert.Contains(t, check.Message, "(known: agreed)")
	assert.Empty(t, check.Excuse, "it is excused")
	assert.Equal(t, []conformance.DeviationNote{
		{Rule: "find.or", Reason: "agreed", Until: "2026-09-04", State: "unneeded"}, {Rule: "reserve.form", Reason: "agreed", State: "active"},
	}, r.Deviations)
}

// TestKnownMethodIsNotExcusedAsAbsent: another check's call of the method was
// processed, so that no line about its verb would help.
func TestKnownMethodIsNotExcusedAsAbsent(t *testing.T) {
	r := run(t, started(t, "update-refused"), conformance.Options{Only: []string{"holder"}})
	broken := r.Checks(conformance.Fail)
	assert.NotEmpty(t, broken)
	for _, c := range broken {
		assert.True(t, strings.HasPrefix(c.Excuse, `"deviations"`), "%s: %s", c.Rule, c.Excuse)
	}
}
