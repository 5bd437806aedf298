package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
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
	require.NoError(t, report.Write(dir, sample(), language.English))
	for name, words := range map[string][]string{
		report.JSONName:     {`"rule": "find.fail"`, `"outcome": "warn"`, `"took": 2400`},
		report.JUnitName:    {`tests="7" failures="2" errors="1" skipped="3"`, "about find.fail", "warning: about find.warn"},
		report.HTMLName:     {"Not conformant", "about find.fail", "about find.warn", "about find.error", "about find.skip", "A note.", "2.4 s", "status 422", "curl -sS"},
		report.MarkdownName: {"# Not conformant", "| 1 | 1 | 1 | 1 | 1 | 1 |", "`find.fail`", `A rule \| in 'words'.`},
		report.BadgeName:    {"not conformant · 2 broken", "#b3261e"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		for _, word := range words {
			assert.Contains(t, string(text), word, name)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, report.JSONName))
	require.NoError(t, err)
	var again conformance.Report
	require.NoError(t, json.Unmarshal(text, &again))
	assert.Equal(t, sample(), again)
}

// TestPageIsSafe: what a host answers is shown and never carried out, and the
// page asks nobody for anything.
func TestPageIsSafe(t *testing.T) {
	var page bytes.Buffer
	require.NoError(t, report.HTML(&page, sample(), language.English))
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
	require.NoError(t, report.JUnit(&out, sample(), language.English))
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

// TestEachVerdictLooksItsOwnWay: no two verdicts share words or colour, in any
// form.
func TestEachVerdictLooksItsOwnWay(t *testing.T) {
	for _, l := range language.All() {
		colours, headings := map[string]bool{}, map[string]bool{}
		for _, verdict := range []conformance.Verdict{conformance.Conformant, conformance.ConformantWithWarnings, conformance.NotConformant, conformance.NoVerdict} {
			r := sample()
			r.Verdict = verdict
			var badge, page, summary, junit strings.Builder
			require.NoError(t, report.Badge(&badge, r, l))
			require.NoError(t, report.HTML(&page, r, l))
			require.NoError(t, report.Markdown(&summary, r, l))
			require.NoError(t, report.JUnit(&junit, r, l))
			colours[regexp.MustCompile(`width="\d+" height="20" fill="(#[0-9a-f]+)"/>\s+</g>`).FindStringSubmatch(badge.String())[1]] = true
			heading := report.Heading(l, verdict)
			headings[heading] = true
			assert.Contains(t, page.String(), "<title>"+heading)
			assert.Contains(t, page.String(), `class="verdict `+report.Class(verdict))
			assert.Contains(t, summary.String(), "# "+heading)
			assert.Contains(t, junit.String(), `name="verdict" value="`+string(verdict)+`"`)
		}
		assert.Len(t, colours, 4)
		assert.Len(t, headings, 4)
	}
}

// TestACauseStandsBeforeItsSymptoms: a cause is told once with one call, and the
// checks that it explains are a line each.
func TestACauseStandsBeforeItsSymptoms(t *testing.T) {
	r := sample()
	checks := r.Scenarios[0].Checks
	checks[1].Cause, checks[5].Cause = "numbers", "numbers"
	step := checks[1].Steps[0]
	step.Title = "the call that shows it"
	r.Causes = []conformance.Cause{{ID: "numbers", Text: "Leading zeros are lost.", Rules: []string{"find.fail", "find.error"}, Step: &step}}
	var page, summary, junit strings.Builder
	require.NoError(t, report.HTML(&page, r, language.English))
	text := page.String()
	assert.Equal(t, 1, strings.Count(text, "Leading zeros are lost."))
	assert.Equal(t, 1, strings.Count(text, "the call that shows it"))
	assert.Contains(t, text, "for this reason: 2.")
	assert.Less(t, strings.Index(text, "Leading zeros"), strings.Index(text, "id=\"warnings\""))
	assert.NotContains(t, text, `id="broken"`, "nothing is broken for another reason")
	assert.Equal(t, 6, strings.Count(text, `class="step bad"`), "one of the cause; of what it does not explain, one in a card and four in rows")
	require.NoError(t, report.Markdown(&summary, r, language.English))
	assert.Contains(t, summary.String(), "* **`Leading zeros are lost.`** Checks that did not hold for this reason: 2. `find.fail` (seen at a real partner), `find.error` (published by Koshelek)")
	require.NoError(t, report.JUnit(&junit, r, language.English))
	assert.Equal(t, 2, strings.Count(junit.String(), "cause: Leading zeros are lost."))
}

// TestAWarningIsNoPass: a build server shows it.
func TestAWarningIsNoPass(t *testing.T) {
	var junit strings.Builder
	require.NoError(t, report.JUnit(&junit, sample(), language.English))
	assert.Contains(t, junit.String(), `<skipped message="warning: about find.warn`)
	assert.Contains(t, junit.String(), `<property name="outcome" value="warn">`)
	assert.Contains(t, junit.String(), `tests="7" failures="2" errors="1" skipped="3"`)
}

// TestReportsSpeakRussian: each form but the JSON, with nothing left in English
// that the report itself says.
func TestReportsSpeakRussian(t *testing.T) {
	r := sample()
	r.Only = []string{"find"}
	for _, form := range report.Forms() {
		var out strings.Builder
		require.NoError(t, form.Write(&out, r, language.Russian))
		russian := strings.ContainsAny(out.String(), "абвгдежзиклмнопрстуфхцчшщэюя")
		assert.Equal(t, form.Name != report.JSONName, russian, form.Name)
		if russian {
			assert.NotContains(t, out.String(), "ot conformant:", form.Name)
		}
	}
}
