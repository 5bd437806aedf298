package web

import (
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/conformance"
)

// functions are what the templates may use.
var functions = template.FuncMap{
	"sign": sign, "word": word, "mark": markName, "worst": worst, "pretty": pretty, "headers": headerLines, "when": when,
	"outcomes": conformance.Outcomes, "title": title, "count": count, "host": host, "broken": broken,
}

// title writes a verdict as a heading.
func title(v conformance.Verdict) string { return strings.ToUpper(string(v[:1])) + string(v[1:]) }

// sign is a shape for an outcome, so that colour is never all that tells.
func sign(o conformance.Outcome) string {
	switch o {
	case conformance.Pass:
		return "✓"
	case conformance.Fail:
		return "✕"
	case conformance.Warn:
		return "!"
	case conformance.Error:
		return "?"
	case conformance.Skip:
		return "–"
	case conformance.Disabled:
		return "○"
	}
	return "·"
}

// word names an outcome for people.
func word(o conformance.Outcome) string {
	switch o {
	case conformance.Pass:
		return "passed"
	case conformance.Fail:
		return "failed"
	case conformance.Warn:
		return "warning"
	case conformance.Error:
		return "error"
	case conformance.Skip:
		return "skipped"
	case conformance.Disabled:
		return "disabled"
	}
	return "not checked"
}

func markName(mark string) string {
	switch mark {
	case "C":
		return "published by Koshelek"
	case "3P":
		return "seen at a real partner"
	case "I":
		return "inferred"
	}
	return mark
}

// worst is the outcome that stands for a scenario.
func worst(checks []conformance.Check) conformance.Outcome {
	for _, o := range []conformance.Outcome{conformance.Fail, conformance.Error, conformance.Warn, conformance.Pass, conformance.Skip, conformance.Disabled} {
		if slices.ContainsFunc(checks, func(c conformance.Check) bool { return c.Outcome == o }) {
			return o
		}
	}
	return ""
}

func broken(checks []conformance.Check) (n int) {
	for _, c := range checks {
		if c.Outcome == conformance.Fail || c.Outcome == conformance.Error || c.Outcome == conformance.Warn {
			n++
		}
	}
	return n
}

func count(counts map[conformance.Outcome]int, o conformance.Outcome) int { return counts[o] }

// pretty indents a body that is JSON and leaves all others as they are.
func pretty(body string) string {
	var tree json.RawMessage
	if !strings.HasPrefix(strings.TrimSpace(body), "{") && !strings.HasPrefix(strings.TrimSpace(body), "[") || json.Unmarshal([]byte(body), &tree) != nil {
		return body
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if encoder.Encode(tree) != nil {
		return body
	}
	return strings.TrimSpace(text.String())
}

func headerLines(headers map[string]string) string {
	var lines []string
	for name, value := range headers {
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func when(t time.Time) string { return t.Format("2 Jan 2006, 15:04:05") }

// host shortens an address for a list.
func host(address string) string {
	return strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
}
