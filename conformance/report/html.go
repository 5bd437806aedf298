package report

import (
	_ "embed"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/conformance"
)

//go:embed report.html.tmpl
var pageText string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"word": func(o conformance.Outcome) string { return words[o] }, "sign": func(o conformance.Outcome) string { return signs[o] },
	"verdict": verdict, "moment": func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
	"day": func(t *time.Time) string { return t.UTC().Format("2 January 2006") }, "sorted": sorted, "short": short,
	"wrong": func(c conformance.Check) []conformance.Step { return wrongSteps(c) }, "status": statusText,
	"mark": func(mark string) string { return marks[mark] }, "pct": percent, "join": strings.Join, "tally": tallyOf,
	"bad": func(s conformance.ScenarioResult) bool {
		return slices.ContainsFunc(s.Checks, func(c conformance.Check) bool { return c.Broke() || c.Outcome == conformance.Error })
	},
	"seconds": func(d conformance.Duration) string { return d.String() },
}).Parse(pageText))

var words = map[conformance.Outcome]string{
	conformance.Pass: "pass", conformance.Fail: "fail", conformance.Warn: "warn", conformance.Skip: "skip", conformance.Disabled: "disabled", conformance.Error: "error",
}

// signs tell outcomes apart without colour.
var signs = map[conformance.Outcome]string{
	conformance.Pass: "✓", conformance.Fail: "✕", conformance.Warn: "!", conformance.Skip: "–", conformance.Disabled: "○", conformance.Error: "?",
}

var marks = map[string]string{"C": "published by Koshelek", "3P": "seen at a real partner", "I": "inferred"}

// HTML writes one page that needs nothing else: no scripts, fonts or pictures
// from elsewhere. It can be read on a screen, by a screen reader and on paper.
func HTML(w io.Writer, r conformance.Report) error {
	return page.Execute(w, map[string]any{
		"R": r, "Fails": worstFirst(r.Checks(conformance.Fail)), "Errors": r.Checks(conformance.Error), "Warns": worstFirst(r.Checks(conformance.Warn)),
		"Skips": grouped(r.Checks(conformance.Skip)), "Disabled": grouped(r.Checks(conformance.Disabled)),
	})
}

func worstFirst(checks []conformance.Check) []conformance.Check {
	rank := map[string]int{"critical": 0, "major": 1, "minor": 2}
	slices.SortStableFunc(checks, func(a, b conformance.Check) int { return rank[a.Severity] - rank[b.Severity] })
	return checks
}

// group is checks that were left out for one reason.
type group struct {
	Message string
	Rules   []string
}

func grouped(checks []conformance.Check) []group {
	var all []group
	for _, c := range checks {
		i := slices.IndexFunc(all, func(g group) bool { return g.Message == c.Message })
		if i < 0 {
			all = append(all, group{Message: c.Message})
			i = len(all) - 1
		}
		all[i].Rules = append(all[i].Rules, c.Rule)
	}
	return all
}

type pair struct{ Name, Value string }

func sorted(headers map[string]string) []pair {
	var all []pair
	for name, value := range headers {
		all = append(all, pair{name, value})
	}
	slices.SortFunc(all, func(a, b pair) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// short cuts a body that is only there for completeness.
func short(text string) string {
	const most = 900
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// wrongSteps are the steps to look at: those with something wrong, else the last.
func wrongSteps(c conformance.Check) []conformance.Step {
	var all []conformance.Step
	for _, s := range c.Steps {
		if s.Wrong != "" || s.Trouble != "" {
			all = append(all, s)
		}
	}
	if len(all) == 0 && len(c.Steps) > 0 {
		all = c.Steps[len(c.Steps)-1:]
	}
	return all
}

func statusText(code int) string {
	return strings.TrimSpace(strconv.Itoa(code) + " " + http.StatusText(code))
}

func percent(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) * 100 / float64(whole)
}

// tallyOf counts the outcomes of a scenario, the worst first.
func tallyOf(s conformance.ScenarioResult) []outcomeCount {
	var all []outcomeCount
	for _, o := range conformance.Outcomes() {
		n := 0
		for _, c := range s.Checks {
			if c.Outcome == o {
				n++
			}
		}
		if n > 0 {
			all = append(all, outcomeCount{o, n})
		}
	}
	return all
}

type outcomeCount struct {
	Outcome conformance.Outcome
	N       int
}
