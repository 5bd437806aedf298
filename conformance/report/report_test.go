package report_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/report"
)

// sample has a check of every outcome, and texts that try to break out of each
// form.
func sample() conformance.Report {
	until := time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	step := conformance.Step{
		Title: "search <b>by</b> phone", Request: conformance.StepRequest{Method: "GET", Path: "/v1/card?msisdn=7&x=<script>", Headers: map[string]string{"Authorization": "Basic (hidden)"}},
		Answer: &conformance.StepAnswer{Status: 404, Headers: map[string]string{"Content-Type": "text/html"}, Body: "</pre><script>alert(1)</script>]]>\x00|", Bytes: 40},
		Wrong:  "the status is 404", Expected: "status 422", Curl: "curl -sS 'https://shop.example/v1/card'",
	}
	check := func(rule, mark string, o conformance.Outcome) conformance.Check {
		return conformance.Check{Rule: rule, Text: "A rule | in `words`.", Mark: mark, Source: "somewhere", Since: "1.0.0", Severity: "major", Outcome: o,
			Message: "about " + rule + " <i>", Steps: []conformance.Step{step}, Took: conformance.Duration(time.Millisecond)}
	}
	return conformance.Report{
		Schema: conformance.ReportSchema, Suite: "1.0.0", Target: conformance.TargetInfo{URL: "https://shop.example", TLS: "TLS 1.3", Fingerprint: "ab", CertificateUntil: &until},
		Profile: "Shop <&>", Version: "1.3.0", Verdict: conformance.NotConformant, Seed: 7, Started: time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC),
		Counts: conformance.Counts{Pass: 1, Fail: 1, Warn: 1, Skip: 1, Disabled: 1, Error: 1}, Took: conformance.Duration(2400 * time.Millisecond), Requests: 12,
		Scenarios: []conformance.ScenarioResult{{ID: "find", Title: "Existing card", About: "About.", Checks: []conformance.Check{
			check("find.pass", "C", conformance.Pass), check("find.fail", "3P", conformance.Fail), check("find.warn", "I", conformance.Warn),
			check("find.skip", "C", conformance.Skip), check("find.disabled", "C", conformance.Disabled), check("find.error", "C", conformance.Error),
		}}},
		Timings:    []conformance.Timing{{Method: "findCard", Calls: 3, Median: conformance.Duration(time.Millisecond)}},
		Deviations: []conformance.DeviationNote{{Rule: "find.warn", Reason: "later", Until: "2027-01-31", State: "active"}},
		Notes:      []string{"A note."},
	}
}

func TestEveryFormTellsEverything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	require.NoError(t, report.Write(dir, sample()))
	for name, words := range map[string][]string{
		report.JSONName:     {`"rule": "find.fail"`, `"outcome": "warn"`, `"took": 2400`},
		report.JUnitName:    {`tests="6" failures="1" errors="1" skipped="2"`, "about find.fail", "warning: about find.warn"},
		report.HTMLName:     {"Not conformant", "about find.fail", "about find.warn", "about find.error", "about find.skip", "A note.", "2.4 s", "status 422", "curl -sS"},
		report.MarkdownName: {"# Not conformant", "| 1 | 1 | 1 | 1 | 1 | 1 |", "`find.fail`", `A rule \| in 'words'.`},
		report.BadgeName:    {"2 fail · 1 pass", "#b3261e"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		for _, word := range words {
			assert.Contains(t, string(text), word, name)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, report.JSONName))
	require.NoError(t, err)
	again, err := report.Read(text)
	require.NoError(t, err)
	assert.Equal(t, sample(), again)
	_, err = report.Read([]byte(`{"schema":"other"}`))
	assert.Error(t, err)
}

// TestPageIsSafe: what a host answers is shown and never carried out, and the
// page asks nobody for anything.
func TestPageIsSafe(t *testing.T) {
	var page bytes.Buffer
	require.NoError(t, report.HTML(&page, sample()))
	text := page.String()
	assert.NotContains(t, text, "<script")
	assert.NotContains(t, text, "<b>by")
	assert.Contains(t, text, "&lt;script&gt;")
	for _, outside := range []string{"src=", "@import", "url(", "<link", "ZgotmplZ"} {
		assert.NotContains(t, text, outside)
	}
}

func TestJUnitIsXML(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, report.JUnit(&out, sample()))
	decoder := xml.NewDecoder(&out)
	elements := 0
	for {
		token, err := decoder.Token()
		if token == nil {
			require.ErrorContains(t, err, "EOF")
			break
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	assert.Greater(t, elements, 8)
}

func TestBadgeColours(t *testing.T) {
	r := sample()
	for want, change := range map[string]func(){
		"#b3261e": func() {}, "#8a6100": func() { r.Counts.Fail, r.Counts.Error = 0, 0 }, "#1a7f4b": func() { r.Counts = conformance.Counts{Pass: 3} },
	} {
		r = sample()
		change()
		var out strings.Builder
		require.NoError(t, report.Badge(&out, r))
		assert.Contains(t, out.String(), want)
	}
}
