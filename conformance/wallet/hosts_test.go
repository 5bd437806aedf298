package wallet_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/schema/koshelek"
)

// TestHostsOfTheSuite plays the wallet against the hosts of the suite's mutants,
// which know nothing of it.
func TestHostsOfTheSuite(t *testing.T) {
	for fault, rule := range map[string]string{
		"": "", "second-card": "card.second", "users-twice": "card.second", "update-forgets": "profile.lost", "reading-earns": "award.doubled",
		"race-receipt-paid-twice": "award.doubled", "race-receipt-paid-to-two": "receipt.shared",
	} {
		t.Run("fault "+fault, func(t *testing.T) {
			t.Parallel()
			host, err := faultyhost.New(faultyhost.Options{User: login, Password: password, Fault: fault})
			require.NoError(t, err)
			server := httptest.NewServer(host)
			t.Cleanup(server.Close)
			calls := 400
			if strings.HasPrefix(fault, "race-") {
				calls = 900 // chance decides
			}
			report, err := wallet.Run(context.Background(), wallet.Options{
				URL: server.URL, User: login, Password: password, Seed: 5, Users: 12, Calls: calls,
				Repeat: 0.25, Lose: 0.1, Reorder: 0.15, Grace: 200 * time.Millisecond,
				Mix: map[koshelek.Version]int{koshelek.V100: 1, koshelek.V130: 2},
			})
			require.NoError(t, err)
			if fault == "" {
				assert.True(t, report.Conformant, "%+v", report.Faults)
				return
			}
			assert.False(t, report.Conformant)
			for _, r := range report.Rules {
				if r.ID == rule {
					assert.Positive(t, r.Broken, "%+v", report.Faults)
				}
			}
		})
	}
}

// profiled plays the wallet against a host that is not the plain one, held to a
// profile.
func profiled(t *testing.T, style faultyhost.Style, odd faultyhost.Odd, profile string, changes ...func(*wallet.Options)) *wallet.Report {
	t.Helper()
	p, err := contract.ParseProfile([]byte(profile), func(string) bool { return true })
	require.NoError(t, err)
	host, err := faultyhost.New(faultyhost.Options{User: login, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now())})
	require.NoError(t, err)
	server := httptest.NewServer(odd.Wrap(host))
	t.Cleanup(server.Close)
	o := wallet.Options{
		URL: server.URL, User: login, Password: password, Seed: 5, Users: 8, Calls: 400, Profile: p, Codes: []string{faultyhost.SampleCode},
		Repeat: 0.25, Lose: 0.1, Reorder: 0.15, Grace: 200 * time.Millisecond,
	}
	for _, change := range changes {
		change(&o)
	}
	report, err := wallet.Run(context.Background(), o)
	require.NoError(t, err)
	return report
}

// TestHostsWithProfilesAreNotAccused: what a profile agrees to costs nothing.
func TestHostsWithProfilesAreNotAccused(t *testing.T) {
	t.Run("different", func(t *testing.T) {
		t.Parallel()
		report := profiled(t, faultyhost.Different(), faultyhost.Odd{}, faultyhost.Different().Profile())
		assert.True(t, report.Conformant, "%+v", report.Faults)
		assert.Positive(t, report.Counts.Codes)
		assert.Positive(t, report.Counts.Calls[wallet.Offers])
		alone := profiled(t, faultyhost.Different(), faultyhost.Odd{}, `{}`, func(o *wallet.Options) { o.Skip = []wallet.Kind{wallet.Offers} })
		assert.False(t, alone.Conformant, "its bare digits are only good by its profile")
	})
	t.Run("odd", func(t *testing.T) {
		t.Parallel()
		odd := faultyhost.Odd{
			Names:  map[string]string{"cardState": "state", "email": "mail", "surname": "lastName", "allow": "yes", "code": "errorCode", "qrCode": "qr", "phone": "tel"},
			Query:  map[string]string{"msisdn": "telephone"},
			Values: map[string]string{"allow": "1", "deny": "0"}, Extra: true, Closes: true,
			Absent: map[string]int{"POST /v1/card/anonymous ": 404, "GET /v1/card/getAllUsers ": 404},
		}
		report := profiled(t, faultyhost.Plain(), odd, `{
			"off": ["issueCard", "listUsers"], "connections": "closed", "channelValues": {"allow": "1", "deny": "0"},
			"channelParams": {"sms": "sms", "email": "email", "call": "call", "push": "push"}, "promoFields": {"qrCode": "qr", "code": "errorCode"},
			"fields": {"card.cardState": "state", "user.email": "mail", "user.surname": "lastName", "user.phone": "tel", "setChannels.allow": "yes",
				"error.code": "errorCode", "listUsersExtended[].phone": "tel", "findCard.msisdn": "telephone"}}`)
		assert.True(t, report.Conformant, "%+v", report.Faults)
		assert.Zero(t, report.Counts.Calls[wallet.Issue])
		assert.Positive(t, report.Counts.Receipts)
		assert.Contains(t, report.Notes, "the profile does not offer issueCard, so it was not called")
	})
	t.Run("channels are seen", func(t *testing.T) {
		t.Parallel()
		wrong := `{"channelParams": {"sms": "sms", "email": "email", "call": "call", "push": "push"}, "channelValues": {"allow": "deny", "deny": "allow"}}`
		report := profiled(t, faultyhost.Plain(), faultyhost.Odd{}, wrong)
		assert.False(t, report.Conformant)
		report = profiled(t, faultyhost.Plain(), faultyhost.Odd{}, faultyhost.Plain().Profile())
		assert.True(t, report.Conformant, "%+v", report.Faults)
	})
	t.Run("a known deviation", func(t *testing.T) {
		t.Parallel()
		odd := faultyhost.Odd{Values: map[string]string{"active": "open"}}
		report := profiled(t, faultyhost.Plain(), odd, `{"deviations": [{"rule": "answer.card-state", "reason": "agreed", "lasting": true}]}`)
		for _, r := range report.Rules {
			if r.ID == "answer.card-state" {
				assert.Positive(t, r.Broken)
				assert.Equal(t, "answer.card-state: agreed", r.Excused)
			}
		}
		assert.Zero(t, report.OutsideContract, "%+v", report.Faults)
	})
}
