package remotecrm

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/connect/remote/remotetest"
)

func judged(t *testing.T, host *remotetest.Host, only ...string) Report {
	t.Helper()
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	host.Token = "token"
	report, err := Run(context.Background(), Options{
		Remote: remote.Options{URL: server.URL, Secrets: []string{remotetest.Secret}, Token: "token"}, Only: only, Seed: 7,
	}, func(Result) {})
	require.NoError(t, err)
	return report
}

func TestAGoodServicePasses(t *testing.T) {
	report := judged(t, remotetest.New())
	for _, r := range report.Results {
		assert.Equal(t, conformance.Pass, r.Outcome, "%s: %s", r.Rule, r.Message)
	}
	assert.Equal(t, conformance.Conformant, report.Verdict)
	assert.Empty(t, report.Losses)

	bare := remotetest.New()
	bare.Offers = []string{}
	report = judged(t, bare)
	assert.Equal(t, conformance.Conformant, report.Verdict)
	assert.Len(t, report.Losses, 10)
}

// faults are what a service does wrong, with the rule that must see it.
var faults = map[string]string{
	"clock-off": "ping.clock", "searchable-without-lookup": "ping.lookup", "no-guarantees": "ping.writes",
	"unsigned": "caller.unsigned", "any-signature": "caller.other-secret", "body-not-signed": "caller.other-body", "old-moments": "caller.old",
	"future-moments": "caller.future", "one-signature": "caller.two-secrets", "token-not-asked": "caller.login", "unknown-fields-refused": "caller.new-fields", "torn-bodies-taken": "caller.torn",
	"somebody-found": "find.nobody", "card-twice": "find.phone", "nothing-for-nobody": "find.nobody", "email-not-found": "find.email", "foreign-cards-found": "find.phone",
	"any-card": "member.unknown", "not-found-without-code": "member.unknown", "refusals-in-200": "member.unknown", "card-alone-unknown": "member.card",
	"keys-forgotten": "enroll.repeated", "repetition-differs": "enroll.repeated", "conflicts-unseen": "enroll.conflict", "races": "enroll.race", "twins-refused": "enroll.twins",
	"numbers-taken-twice": "enroll.number-race", "numbers-refused-and-made": "enroll.number-taken", "email-opens-accounts": "enroll.email", "customer-a-card": "enroll.second-card", "own-numbers": "enroll.card",
	"lost-calls-remembered": "enroll.lost",
	"updates-lost":          "update.stores", "updates-replace": "update.stores", "update-again": "update.repeated", "update-conflicts-unseen": "update.conflict", "phones-taken-twice": "update.phone-taken",
	"texts-in-ascii": "text.kept", "zeros-cut": "text.zeros",
	"points-again": "points.credit", "points-lost": "points.both", "points-conflicts-unseen": "points.conflict", "below-zero": "points.insufficient", "points-twins": "points.twins", "lost-calls-forgotten": "points.lost",
	"lookup-says-no": "lookup.done", "lookup-says-yes": "lookup.never",
	"fractions": "balance.card", "another-balance": "balance.card", "days-not-asked": "purchases.page", "offers-without-id": "offers.card", "offers-without-channels": "channels.set",
	"receipt-again": "receipt.repeated", "any-code": "code.unknown", "pages-repeat": "members.pages", "cards-apart": "members.pages", "pages-too-long": "members.pages", "erasure-forgets": "erase.gone", "erasure-once": "erase.gone",
	"more-than-offered": "offers.truth",
}

// TestEveryFaultIsSeen: a service with one fault breaks the rule of that fault.
func TestEveryFaultIsSeen(t *testing.T) {
	for fault, rule := range faults {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			host := remotetest.New()
			host.Fault = fault
			if fault == "more-than-offered" {
				host.Offers = []string{"balance"}
			}
			report := judged(t, host, rule)
			assert.Contains(t, []conformance.Outcome{conformance.Fail, conformance.Warn}, report.Results[0].Outcome, "%+v", report.Results)
		})
	}
}

// TestEveryRuleCanFail: each rule has a fault.
func TestEveryRuleCanFail(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range faults {
		seen[rule] = true
		assert.True(t, slices.Contains(Rules(), rule), rule)
	}
	for _, rule := range Rules() {
		assert.True(t, seen[rule], "no fault breaks %s", rule)
	}
}

func TestNothingToJudge(t *testing.T) {
	host := remotetest.New()
	host.Fault = "version"
	server := httptest.NewServer(host)
	defer server.Close()
	for name, o := range map[string]Options{
		"another version": {Remote: remote.Options{URL: server.URL, Secrets: []string{remotetest.Secret}}},
		"nobody":          {Remote: remote.Options{URL: "http://127.0.0.1:1", Secrets: []string{remotetest.Secret}}},
	} {
		_, err := Run(context.Background(), o, func(Result) {})
		assert.ErrorIs(t, err, ErrUnreachable, name)
	}
	host.Fault = ""
	_, err := Run(context.Background(), Options{Only: []string{"none.such"}, Remote: remote.Options{URL: server.URL, Secrets: []string{remotetest.Secret}}}, func(Result) {})
	assert.Error(t, err)
	partial := judged(t, remotetest.New(), "ping")
	assert.Equal(t, conformance.NoVerdict, partial.Verdict)
	assert.Len(t, partial.Results, 3)
}

// TestBothLanguages: each text is there twice.
func TestBothLanguages(t *testing.T) {
	for _, rule := range rules() {
		assert.NotEmpty(t, rule.text.en, rule.id)
		assert.Regexp(t, `\p{Cyrillic}`, rule.text.ru, rule.id)
	}
	host := remotetest.New()
	host.Fault = "clock-off"
	server := httptest.NewServer(host)
	defer server.Close()
	report, err := Run(context.Background(), Options{
		Language: language.Russian, Only: []string{"ping.clock"}, Remote: remote.Options{URL: server.URL, Secrets: []string{remotetest.Secret}},
	}, func(Result) {})
	require.NoError(t, err)
	assert.Contains(t, report.Results[0].Message, "расхождение 10m")
}
