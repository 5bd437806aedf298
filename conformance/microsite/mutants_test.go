package microsite

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
)

// judgeHost runs the suite, or a part of it, against a host.
func judgeHost(t *testing.T, fault fault, only ...string) conformance.Report {
	t.Helper()
	h := newHost(fault, 1000, "shopper-1001", "shopper-1002")
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	report, err := Run(t.Context(), Target{URL: server.URL, User: hostUser, Password: hostPassword}, Options{
		Customers: [2]string{"shopper-1001", "shopper-1002"}, Only: only,
		OTP: func(_ context.Context, id string) (string, error) { return h.OTP(id), nil },
		Expire: func(context.Context) error {
			h.Late(5 * time.Minute)
			return nil
		},
	})
	require.NoError(t, err)
	return report
}

func outcomes(report conformance.Report) map[string]conformance.Check {
	all := map[string]conformance.Check{}
	for _, scenario := range report.Scenarios {
		for _, check := range scenario.Checks {
			all[check.Rule] = check
		}
	}
	return all
}

func TestGoodHostIsAccusedOfNothing(t *testing.T) {
	report := judgeHost(t, Good)
	for id, check := range outcomes(report) {
		assert.Equal(t, conformance.Pass, check.Outcome, "%s: %s", id, check.Message)
	}
	assert.Equal(t, conformance.Conformant, report.Verdict)
	assert.Equal(t, len(Rules()), report.Counts.Pass)
	raw, err := json.Marshal(report)
	require.NoError(t, err)
	for _, secret := range []string{"shopper-1001", "shopper-1002", hostPassword, "eyJ"} {
		// Forged tokens are made of true ones, but stand in headers, which no report has.
		assert.NotContains(t, string(raw), secret)
	}
	assert.Contains(t, string(raw), "CUSTOMER-1")
}

// TestMutants tests the suite: each fault is caught by the rule that it breaks.
// Only the rules of the same kind are tried, and all of them on a fault that
// shows in every answer.
func TestMutants(t *testing.T) {
	var caught atomic.Int64
	t.Run("each", func(t *testing.T) {
		for fault, rule := range caughtBy {
			t.Run(string(fault), func(t *testing.T) {
				t.Parallel()
				kind, _, _ := strings.Cut(rule, ".")
				only := []string{kind + "."}
				switch {
				case kind == "answer":
					only = nil
				case strings.Contains(rule, "race"):
					only = []string{rule} // such a host holds up every lone caller for a moment
				}
				report := judgeHost(t, fault, only...)
				check := outcomes(report)[rule]
				if assert.Equal(t, conformance.Fail, check.Outcome, "%s: %s", rule, check.Message) {
					caught.Add(1)
				}
				assert.Equal(t, conformance.NotConformant, report.Verdict)
				t.Logf("%s: %s", rule, check.Message)
			})
		}
	})
	fmt.Printf("microsite: %d of %d mutants caught\n", caught.Load(), len(caughtBy))
}

func TestEveryRuleHasAMutant(t *testing.T) {
	broken := map[string]bool{}
	for _, rule := range caughtBy {
		broken[rule] = true
	}
	// These are broken by faults of other rules too, and are there for their own
	// messages.
	spared := map[string]bool{"token.points": true, "reversal.race-redeem": true}
	for _, rule := range Rules() {
		assert.True(t, broken[rule.ID] != spared[rule.ID], rule.ID)
	}
}
