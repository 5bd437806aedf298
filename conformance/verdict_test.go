//go:build !race

package conformance_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// TestSameSeedSameReport runs twice over fresh hosts and compares all but times
// and what belongs to the connection. Side by side, the host's own values, such
// as card numbers, would differ; so does what wins a race.
func TestSameSeedSameReport(t *testing.T) {
	timeless := func() string {
		r := run(t, started(t, ""), conformance.Options{Parallel: 1, Skip: []string{"race"}})
		r.Target, r.Timings, r.Took = conformance.TargetInfo{}, nil, 0
		for i := range r.Scenarios {
			for j := range r.Scenarios[i].Checks {
				c := &r.Scenarios[i].Checks[j]
				c.Took = 0
				for k := range c.Steps {
					c.Steps[k].Took, c.Steps[k].Curl = 0, c.Steps[k].Curl[:strings.LastIndex(c.Steps[k].Curl, "127.0.0.1")]
				}
			}
		}
		text, err := json.MarshalIndent(r, "", " ")
		require.NoError(t, err)
		return string(text)
	}
	first, second := timeless(), timeless()
	one, two := strings.Split(first, "\n"), strings.Split(second, "\n")
	require.Len(t, two, len(one))
	for i := range one {
		require.Equal(t, one[i], two[i], "line %d", i+1)
	}
	assert.Contains(t, one, ` "verdict": "no verdict",`)
}

// TestSeverityDecides: the mark of a rule decides nothing. What is broken decides
// in a part of the checks, too.
func TestSeverityDecides(t *testing.T) {
	for fault, want := range map[string]conformance.Verdict{
		"one-code-for-contacts": conformance.ConformantWithWarnings, // minor
		"birth-date-finds":      conformance.NotConformant,          // critical and inferred
		"nobody-is-error":       conformance.NotConformant,          // major
	} {
		o := conformance.Options{}
		if want == conformance.NotConformant {
			o.Only = []string{"find"}
		}
		r := run(t, started(t, fault), o)
		assert.Equal(t, want, r.Verdict, fault)
		assert.Equal(t, len(conformance.Rules()), r.Rules)
	}
}

// TestLittleIsNoVerdict: what is left out says nothing, but what is broken does.
func TestLittleIsNoVerdict(t *testing.T) {
	good, bad := started(t, ""), started(t, "birth-date-finds")
	for name, o := range map[string]conformance.Options{
		"only": {Only: []string{"find"}}, "skip": {Skip: []string{"race", "auth", "injection", "receipt", "body"}}, "read-only": {ReadOnly: true, Only: []string{"find", "users"}},
		"without data": {Profile: contract.DefaultProfile(koshelek.V130), Only: []string{"blocked"}},
	} {
		r := run(t, good, o)
		assert.Equal(t, conformance.NoVerdict, r.Verdict, name)
		assert.NotEmpty(t, r.Partial(), name)
		assert.Contains(t, r.Statement(), "nothing broken in ", name)
		if name == "without data" {
			assert.Contains(t, r.Partial(), "5 critical checks were skipped")
		}
	}
	assert.Equal(t, conformance.NotConformant, run(t, bad, conformance.Options{Only: []string{"find"}}).Verdict)
}

// TestManyRunsOnOneHost: the phones of two runs are the same or have none in
// common, also in the shortest range, so that no run meets another's customers.
func TestManyRunsOnOneHost(t *testing.T) {
	target := started(t, "")
	for seed := uint64(1); seed <= 5; seed++ {
		r := run(t, target, conformance.Options{Seed: seed, PhonePrefix: "700011", Only: []string{"find", "issue", "holder"}})
		assert.Empty(t, r.Checks(conformance.Fail, conformance.Error), "seed %d", seed)
	}
}
