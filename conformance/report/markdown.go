package report

import (
	"fmt"
	"io"
	"strings"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/inert"
	"koshelek-adapter/conformance/language"
)

// Markdown writes a summary for a pull request or a chat.
func Markdown(w io.Writer, r conformance.Report, l language.Language) error {
	m := &markdown{l: l}
	v := newView(r)
	m.head(v)
	m.causes(v.Causes)
	for _, part := range []struct {
		title  string
		checks []conformance.Check
	}{{"Broken", v.Fails}, {"Not carried out", v.Errors}, {"Warnings", v.Warns}} {
		m.table(part.title, part.checks)
	}
	m.skipped(v.Skips)
	for _, note := range r.Notes {
		m.line("\n%s", cell(l.Sentence(note)))
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type markdown struct {
	strings.Builder
	l language.Language
}

func (m *markdown) line(format string, values ...any) { fmt.Fprintf(m, format+"\n", values...) }

func (m *markdown) head(v view) {
	r, l := v.R, m.l
	m.line("# %s: %s\n", Heading(l, r.Verdict), cell(r.Target.URL))
	m.line("%s.\n", capital(l.Sentence(r.Statement())))
	if r.Verdict == conformance.NoVerdict {
		for _, why := range v.Partial {
			m.line("* %s", l.Sentence(why))
		}
		m.line("")
	}
	m.line("%s\n", l.Say("%s, version %s, suite %s, %s. %d checks and %d calls in %s; seed %d.", cell(r.Profile), r.Version, r.Suite,
		r.Started.Format("2006-01-02 15:04 MST"), r.Counts.Total(), r.Requests, r.Took, r.Seed))
	var names, rules, numbers []string
	for _, count := range countsOf(r.Counts) {
		names, rules, numbers = append(names, Word(l, count.Outcome)), append(rules, "---"), append(numbers, fmt.Sprint(count.N))
	}
	for _, row := range [][]string{names, rules, numbers} {
		m.line("| %s |", strings.Join(row, " | "))
	}
}

// causes writes each cause once, with the checks that it explains.
func (m *markdown) causes(causes []explained) {
	if len(causes) == 0 {
		return
	}
	m.line("\n## %s\n", m.l.Say("Causes"))
	for _, cause := range causes {
		var rules []string
		for _, c := range cause.Checks {
			rules = append(rules, fmt.Sprintf("`%s` (%s)", c.Rule, m.l.Say(marks[c.Mark])))
		}
		m.line("* **%s** %s %s", inert.Markdown(m.l.Sentence(cause.Text)), m.l.Say("Checks that did not hold for this reason: %d.", len(rules)), strings.Join(rules, ", "))
	}
}

func (m *markdown) table(title string, checks []conformance.Check) {
	if len(checks) == 0 {
		return
	}
	l := m.l
	m.line("\n## %s\n\n| %s | %s | %s | %s |\n| --- | --- | --- | --- |", l.Say(title), l.Say("rule"), l.Say("mark"), l.Say("severity"), l.Say("what"))
	for _, c := range checks {
		m.line("| `%s`<br>%s | %s | %s | %s |", c.Rule, cell(l.Rule(c.Rule, c.Text)), l.Say(marks[c.Mark]), l.Say(c.Severity), inert.Markdown(l.Sentence(c.Message))+m.excuse(c))
	}
}

// skipped writes each reason once.
func (m *markdown) skipped(groups []group) {
	if len(groups) == 0 {
		return
	}
	l := m.l
	m.line("\n## %s\n\n| %s | %s |\n| --- | --- |", l.Say("Not checked"), l.Say("why"), l.Say("rules"))
	for _, g := range groups {
		m.line("| %s | `%s` |", inert.Markdown(l.Sentence(g.Message)), strings.Join(g.Rules, "`, `"))
	}
}

// excuse says which line of a profile would make a choice of what is broken.
func (m *markdown) excuse(c conformance.Check) string {
	if c.Excuse == "" {
		return ""
	}
	return "<br>" + m.l.Say("If that is agreed with Koshelek, the profile may say:") + " " + inert.Markdown(c.Excuse)
}

// cell makes a text of the suite's own fit for a cell of a table; what may hold
// words of the host's goes through [inert.Markdown].
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "`", "'").Replace(text)
}
