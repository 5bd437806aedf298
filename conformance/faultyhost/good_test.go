package faultyhost_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
)

// TestGoodHostsAreNotAccused runs the whole suite over hosts that keep every
// rule: nothing fails, nothing warns, nothing is left out.
func TestGoodHostsAreNotAccused(t *testing.T) {
	for _, style := range []faultyhost.Style{faultyhost.Plain(), faultyhost.Different()} {
		t.Run(style.Name, func(t *testing.T) {
			t.Parallel()
			report, err := trial{style: style, profile: profileOf(t, style), late: time.Second}.run()
			require.NoError(t, err)
			acquitted(t, "the "+style.Name+" host", report)
		})
	}
}

// acquitted fails the test for every check that accuses, and counts.
func acquitted(t *testing.T, host string, report conformance.Report) {
	t.Helper()
	alarms := len(accusations(report))
	score.add(func(s *tally) { s.good, s.alarms = append(s.good, host), s.alarms+alarms })
	for _, check := range accusations(report) {
		t.Errorf("%s (%s): %s %s", check.Rule, check.Text, check.Outcome, check.Message)
		for _, step := range check.Steps {
			if step.Wrong != "" {
				t.Logf("%s %s %s -> %+v", step.Request.Method, step.Request.Path, step.Request.Body, step.Answer)
			}
		}
	}
	assert.Equal(t, conformance.Conformant, report.Verdict)
	t.Logf("%d requests in %s, %+v", report.Requests, report.Took, report.Counts)
}
