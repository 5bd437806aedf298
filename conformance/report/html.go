package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
)

var (
	//go:embed report.html.tmpl
	pageText string
	//go:embed report.css
	bodyStyle string
	//go:embed page.css
	pageStyle string
)

// Style is the style sheet of what [Body] writes: colours, light and dark, and
// the report's parts, on a screen, a phone and paper.
func Style() string { return bodyStyle }

// HTML writes one page that needs nothing else: no scripts, fonts or pictures
// from elsewhere. It can be read on a screen, a phone, by a screen reader and on
// paper.
func HTML(w io.Writer, r conformance.Report, l language.Language) error {
	return pages(l, own{}).ExecuteTemplate(w, "page", newView(r))
}

// Body writes the report's parts for a page that has the frame and the style
// sheet. Links gives the address of a check by its rule.
func Body(r conformance.Report, l language.Language, links func(rule string) string) (template.HTML, error) {
	return part("body", r, pages(l, own{links: links}))
}

// Live writes what a run under way has found so far, without calls and without
// what is known at the end.
func Live(r conformance.Report, l language.Language, links func(rule string) string) (template.HTML, error) {
	return part("findings", r, pages(l, own{links: links, live: true}))
}

// Facts writes what was run.
func Facts(r conformance.Report, l language.Language) (template.HTML, error) {
	return part("facts", r, pages(l, own{}))
}

func part(name string, r conformance.Report, from *template.Template) (template.HTML, error) {
	var text bytes.Buffer
	err := from.ExecuteTemplate(&text, name, newView(r))
	return template.HTML(text.String()), err // written by the templates, which escape
}

// parsed is the templates before they know a language.
var parsed = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Funcs(Functions(language.English)).Funcs(own{}.functions()).Parse(pageText))
})

// pages is the templates in a language.
func pages(l language.Language, o own) *template.Template {
	return template.Must(parsed().Clone()).Funcs(Functions(l)).Funcs(o.functions())
}

// Functions are what templates need to show a report in a language: t says a
// text, s a sentence of the report, capital begins it with a capital letter, n
// counts things; the others show the parts of
// a report.
func Functions(l language.Language) template.FuncMap {
	return template.FuncMap{
		"lang": func() string { return string(l) }, "t": l.Say, "s": l.Sentence, "a": l.Answer, "capital": capital, "n": l.Count, "rule": l.Rule,
		"title": func(s conformance.ScenarioResult) string {
			title, _ := l.Scenario(s.ID, s.Title, s.About)
			return title
		},
		"about": func(s conformance.ScenarioResult) string {
			_, about := l.Scenario(s.ID, s.Title, s.About)
			return about
		},
		"word":      func(o conformance.Outcome) string { return Word(l, o) },
		"sign":      Sign,
		"outcome":   func(name string) conformance.Outcome { return conformance.Outcome(name) },
		"verdict":   func(v conformance.Verdict) string { return Heading(l, v) },
		"statement": func(r conformance.Report) string { return capital(l.Sentence(r.Statement())) },
		"class":     Class,
		"mark":      func(mark string) string { return Mark(l, mark) },
		"severity":  l.Say,
		"day":       func(t *time.Time) string { return l.Day(t.UTC()) },
		"moment":    func(t time.Time) string { return l.Moment(t.UTC()) },
		"find": func(c conformance.Check) string {
			return strings.ToLower(c.Rule + " " + l.Rule(c.Rule, c.Text) + " " + l.Sentence(c.Message) + " " + l.Say(c.Severity) + " " + l.Say(marks[c.Mark]))
		},
	}
}

// own is how the report's own templates are asked to write.
type own struct {
	// links gives the addresses of checks; nil for checks that open in place.
	links func(rule string) string
	// live leaves out what is long or comes at the end.
	live bool
}

func (o own) functions() template.FuncMap {
	link := o.links
	if link == nil {
		link = func(string) string { return "" }
	}
	return template.FuncMap{
		"link": link, "live": func() bool { return o.live }, "sorted": sorted, "short": short, "wrong": wrongSteps, "status": statusText, "bars": barsOf,
		"join": strings.Join, "tally": tallyOf, "counts": countsOf, "worst": worstFirst, "bad": bad,
		"more": func(s []conformance.Step) int { return len(s) - 1 },
	}
}

var words = map[conformance.Outcome]string{
	conformance.Pass: "passed", conformance.Fail: "broken", conformance.Warn: "warning", conformance.Skip: "skipped", conformance.Disabled: "disabled", conformance.Error: "error",
}

// Word names an outcome for people.
func Word(l language.Language, o conformance.Outcome) string {
	if word, known := words[o]; known {
		return l.Say(word)
	}
	return l.Say("not checked")
}

var signs = map[conformance.Outcome]string{
	conformance.Pass: "✓", conformance.Fail: "✕", conformance.Warn: "!", conformance.Skip: "–", conformance.Disabled: "○", conformance.Error: "?",
}

// Sign tells outcomes apart without colour.
func Sign(o conformance.Outcome) string {
	if sign, known := signs[o]; known {
		return sign
	}
	return "·"
}

var marks = map[string]string{"C": "published by Koshelek", "3P": "seen at a real partner", "I": "inferred"}

// Mark says how sure a rule is.
func Mark(l language.Language, mark string) string { return l.Say(marks[mark]) }

// Heading is a verdict as a heading.
func Heading(l language.Language, v conformance.Verdict) string { return capital(l.Say(string(v))) }

// capital begins a text with a capital letter.
func capital(text string) string {
	letters := []rune(text)
	if len(letters) == 0 {
		return text
	}
	return strings.ToUpper(string(letters[:1])) + string(letters[1:])
}

// Class is the look of a verdict in the style sheet.
func Class(v conformance.Verdict) string {
	switch v {
	case conformance.Conformant:
		return "good"
	case conformance.ConformantWithWarnings:
		return "some"
	case conformance.NotConformant:
		return "bad"
	case conformance.NoVerdict:
	}
	return "none"
}

// view is a report with its checks sorted by what became of them. Checks that a
// cause explains stand there alone.
type view struct {
	R                    conformance.Report
	Style                template.CSS
	Partial              []string
	Causes               []explained
	Fails, Errors, Warns []conformance.Check
	Skips, Disabled      []group
}

// explained is a cause with the checks that did not hold for it.
type explained struct {
	conformance.Cause
	Checks []conformance.Check
}

func newView(r conformance.Report) view {
	return view{
		R: r, Style: template.CSS(bodyStyle + pageStyle), Partial: r.Partial(), Causes: causesOf(r), // our own style sheets
		Fails: Alone(r, conformance.Fail), Errors: Alone(r, conformance.Error), Warns: Alone(r, conformance.Warn),
		Skips: grouped(Alone(r, conformance.Skip)), Disabled: grouped(r.Checks(conformance.Disabled)),
	}
}

// causesOf gives the causes with their checks, the worst check first.
func causesOf(r conformance.Report) []explained {
	var all []explained
	for _, cause := range r.Causes {
		e := explained{Cause: cause}
		for _, c := range r.Checks() {
			if c.Cause == cause.ID {
				e.Checks = append(e.Checks, c)
			}
		}
		e.Checks = worstFirst(e.Checks)
		all = append(all, e)
	}
	return all
}

// Alone are the checks of some outcomes that no cause explains, the gravest first.
func Alone(r conformance.Report, outcomes ...conformance.Outcome) []conformance.Check {
	return worstFirst(slices.DeleteFunc(r.Checks(outcomes...), func(c conformance.Check) bool { return c.Cause != "" }))
}

// worstFirst orders checks by outcome and severity, and leaves the order of the
// rules else.
func worstFirst(checks []conformance.Check) []conformance.Check {
	rank := map[string]int{"critical": 0, "major": 1, "minor": 2}
	outcomes := conformance.Outcomes()
	sorted := slices.Clone(checks)
	slices.SortStableFunc(sorted, func(a, b conformance.Check) int {
		if a.Outcome != b.Outcome {
			return slices.Index(outcomes, a.Outcome) - slices.Index(outcomes, b.Outcome)
		}
		if a.Outcome == conformance.Pass {
			return 0
		}
		return rank[a.Severity] - rank[b.Severity]
	})
	return sorted
}

// bad reports whether something in the scenario did not hold for a reason of its
// own.
func bad(s conformance.ScenarioResult) bool {
	return slices.ContainsFunc(s.Checks, func(c conformance.Check) bool {
		return (c.Broke() || c.Outcome == conformance.Error) && c.Cause == ""
	})
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

// short cuts a text that is only there for completeness.
func short(text string) string {
	const most = 600
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

// bar is an outcome's part of all checks, in percent.
type bar struct {
	Outcome     conformance.Outcome
	From, Width float64
}

func barsOf(c conformance.Counts) []bar {
	var all []bar
	from := 0.0
	for _, count := range countsOf(c) {
		if count.N > 0 {
			width := float64(count.N) * 100 / float64(c.Total())
			all = append(all, bar{count.Outcome, from, width})
			from += width
		}
	}
	return all
}

// outcomeCount is how many checks ended in an outcome.
type outcomeCount struct {
	Outcome conformance.Outcome
	N       int
}

// countsOf lists the counts in the order in which they are shown.
func countsOf(c conformance.Counts) []outcomeCount {
	return []outcomeCount{
		{conformance.Fail, c.Fail}, {conformance.Error, c.Error}, {conformance.Warn, c.Warn}, {conformance.Pass, c.Pass},
		{conformance.Skip, c.Skip}, {conformance.Disabled, c.Disabled},
	}
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
