package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/report"
)

// display shows a run while it goes on: a line that moves on a terminal, and a
// line for every scenario that is over; every check that does not hold besides
// when all is asked for.
type display struct {
	out                      io.Writer
	terminal, quiet, verbose bool
	lang                     language.Language
	// counts are by scenario: several go on at once.
	counts map[string]map[conformance.Outcome]int
	drawn  bool
}

func newDisplay(out io.Writer, f *runFlags) *display {
	return &display{
		out: out, terminal: isTerminal(out) && !f.plain, quiet: f.quiet, verbose: f.verbose, lang: f.lang.Language, counts: map[string]map[conformance.Outcome]int{},
	}
}

// isTerminal reports whether a person looks at the output.
func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colours of outcomes on a terminal.
var colours = map[conformance.Outcome]string{
	conformance.Pass: "32", conformance.Fail: "31", conformance.Error: "35", conformance.Warn: "33", conformance.Skip: "90", conformance.Disabled: "90",
}

func (d *display) sign(o conformance.Outcome) string {
	if d.terminal {
		return "\x1b[" + colours[o] + "m" + report.Sign(o) + "\x1b[0m"
	}
	return report.Sign(o)
}

func (d *display) event(e conformance.Event) {
	if d.quiet {
		return
	}
	title, _ := d.lang.Scenario(e.Scenario.ID, e.Scenario.Title, e.Scenario.About)
	switch e.Kind {
	case conformance.EventScenarioStarted:
		d.counts[e.Scenario.ID] = map[conformance.Outcome]int{}
		d.draw(title, "", e)
	case conformance.EventCheckStarted:
		d.draw(title, e.Check.Rule, e)
	case conformance.EventCheckFinished:
		d.counts[e.Scenario.ID][e.Check.Outcome]++
		if d.verbose && (e.Check.Broke() || e.Check.Outcome == conformance.Error) {
			d.end()
			d.trouble(e.Check)
			d.excuse(e.Check)
		}
	case conformance.EventScenarioFinished:
		d.end()
		counts := d.counts[e.Scenario.ID]
		fmt.Fprintf(d.out, "%s %-32s %s\n", d.sign(worst(counts)), title, d.tally(counts))
	}
}

// trouble shows a check that did not hold.
func (d *display) trouble(c *conformance.Check) {
	fmt.Fprintf(d.out, "  %s %s: %s (%s)\n    %s\n", d.sign(c.Outcome), c.Rule, d.lang.Rule(c.Rule, c.Text), report.Mark(d.lang, c.Mark), d.lang.Sentence(c.Message))
}

// excuse shows the line of a profile that would make a choice of it.
func (d *display) excuse(c *conformance.Check) {
	if c.Excuse != "" {
		fmt.Fprintf(d.out, "    %s %s\n", d.lang.Say("If that is agreed with Koshelek, the profile may say:"), c.Excuse)
	}
}

// draw moves the line on a terminal.
func (d *display) draw(scenario, rule string, e conformance.Event) {
	if !d.terminal {
		return
	}
	const width = 24
	full := 0
	if e.Total > 0 {
		full = width * e.Done / e.Total
	}
	fmt.Fprintf(d.out, "\r\x1b[K%s%s %3d/%d  %s  \x1b[90m%s\x1b[0m", strings.Repeat("█", full), strings.Repeat("░", width-full), e.Done, e.Total, scenario, rule)
	d.drawn = true
}

// end leaves the line.
func (d *display) end() {
	if d.drawn {
		fmt.Fprint(d.out, "\r\x1b[K")
		d.drawn = false
	}
}

func worst(counts map[conformance.Outcome]int) conformance.Outcome {
	for _, o := range conformance.Outcomes() {
		if counts[o] > 0 && (o != conformance.Skip && o != conformance.Disabled || counts[conformance.Pass] == 0) {
			return o
		}
	}
	return conformance.Pass
}

func (d *display) tally(counts map[conformance.Outcome]int) string {
	var parts []string
	for _, o := range []conformance.Outcome{conformance.Pass, conformance.Fail, conformance.Error, conformance.Warn, conformance.Skip, conformance.Disabled} {
		if n := counts[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", report.Word(d.lang, o), n))
		}
	}
	return strings.Join(parts, ", ")
}

// few is how many checks of their own, rules of a cause and needs a result names
// unless all are asked for.
const few = 10

// some cuts a list off, and tells how much of it is left.
func some[T any](all []T, verbose bool) (shown []T, left int) {
	if verbose || len(all) <= few {
		return all, 0
	}
	return all[:few], len(all) - few
}

// sum prints the result of a run: the verdict, causes, and what is broken for a
// reason of its own, the gravest first.
func (p *program) sum(r conformance.Report, d *display) {
	l := d.lang
	p.say("\n%s: %s (%s, %s)\n", r.Target.URL, strings.ToUpper(l.Say(string(r.Verdict))), l.Sentence(r.Profile), l.Say("version %s", r.Version))
	p.say("%s\n", l.Sentence(r.Statement()))
	if r.Verdict == conformance.NoVerdict {
		for _, why := range r.Partial() {
			p.say("  %s\n", l.Sentence(why))
		}
	}
	p.causes(r, d)
	p.alone(r, d)
	var counts []string
	for _, o := range conformance.Outcomes() {
		counts = append(counts, fmt.Sprintf("%s %d", report.Word(l, o), len(r.Checks(o))))
	}
	p.say("%s\n", l.Say("%s; %d calls in %s; seed %d", strings.Join(counts, ", "), r.Requests, r.Took, r.Seed))
	for _, note := range r.Notes {
		p.say("%s\n", l.Sentence(note))
	}
	if r.Counts.Skip > 0 {
		p.say("%s\n", l.Say("What the skipped checks need:"))
		shown, left := some(needs(r), d.verbose)
		for _, line := range shown {
			p.say("  %s\n", l.Sentence(line))
		}
		p.more(left, l)
	}
	for _, line := range r.TestData.Cleanup {
		p.say("%s\n", l.Sentence(line))
	}
}

// more tells that a list goes on.
func (p *program) more(left int, l language.Language) {
	if left > 0 {
		p.say("  %s\n", l.Say("… and %d more: --verbose prints all, --report keeps all", left))
	}
}

// causes prints each cause once, with what it explains.
func (p *program) causes(r conformance.Report, d *display) {
	for i, cause := range r.Causes {
		if i == 0 {
			p.say("%s:\n", d.lang.Say("Causes"))
		}
		p.say("  %s\n", d.lang.Sentence(cause.Text))
		shown, left := some(cause.Rules, d.verbose)
		rules := strings.Join(shown, ", ")
		if left > 0 {
			rules += ", …"
		}
		p.say("    %s %s\n", d.lang.Say("Checks that did not hold for this reason: %d.", len(cause.Rules)), rules)
	}
}

// alone prints the checks that did not hold for a reason of their own.
func (p *program) alone(r conformance.Report, d *display) {
	shown, left := some(report.Alone(r, conformance.Fail, conformance.Error, conformance.Warn), d.verbose)
	for i := range shown {
		if i == 0 {
			p.say("%s:\n", d.lang.Say("What did not hold for a reason of its own"))
		}
		d.trouble(&shown[i])
	}
	p.more(left, d.lang)
}

// needs lists why checks were skipped, each reason once.
func needs(r conformance.Report) []string {
	var all []string
	for _, c := range r.Checks(conformance.Skip) {
		if !slices.Contains(all, c.Message) {
			all = append(all, c.Message)
		}
	}
	return all
}
