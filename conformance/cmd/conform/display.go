package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"koshelek-adapter/conformance"
)

// display shows a run while it goes on: a line that moves on a terminal, else a
// line for every scenario. What is broken stays to be read either way.
type display struct {
	out             io.Writer
	terminal, quiet bool
	counts          map[conformance.Outcome]int
	drawn           bool
}

func newDisplay(out io.Writer, f *runFlags) *display {
	return &display{out: out, terminal: isTerminal(out) && !f.plain, quiet: f.quiet}
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

// Signs of outcomes, with the colours of a terminal.
var signs = map[conformance.Outcome][2]string{
	conformance.Pass: {"✓", "32"}, conformance.Fail: {"✕", "31"}, conformance.Error: {"?", "35"}, conformance.Warn: {"!", "33"},
	conformance.Skip: {"–", "90"}, conformance.Disabled: {"○", "90"},
}

func (d *display) sign(o conformance.Outcome) string {
	if d.terminal {
		return "\x1b[" + signs[o][1] + "m" + signs[o][0] + "\x1b[0m"
	}
	return signs[o][0]
}

func (d *display) event(e conformance.Event) {
	if d.quiet {
		return
	}
	switch e.Kind {
	case conformance.EventScenarioStarted:
		d.counts = map[conformance.Outcome]int{}
		d.draw(e.Scenario.Title, "", e)
	case conformance.EventCheckStarted:
		d.draw(e.Scenario.Title, e.Check.Rule, e)
	case conformance.EventCheckFinished:
		d.counts[e.Check.Outcome]++
		if o := e.Check.Outcome; o == conformance.Fail || o == conformance.Error || o == conformance.Warn {
			d.end()
			fmt.Fprintf(d.out, "  %s %s: %s\n    %s\n", d.sign(o), e.Check.Rule, e.Check.Text, e.Check.Message)
			if e.Check.Excuse != "" {
				fmt.Fprintf(d.out, "    If that is agreed with Koshelek, the profile may say: %s\n", e.Check.Excuse)
			}
		}
	case conformance.EventScenarioFinished:
		d.end()
		fmt.Fprintf(d.out, "%s %-26s %s\n", d.sign(d.worst()), e.Scenario.Title, d.tally())
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

func (d *display) worst() conformance.Outcome {
	for _, o := range conformance.Outcomes() {
		if d.counts[o] > 0 && (o != conformance.Skip && o != conformance.Disabled || d.counts[conformance.Pass] == 0) {
			return o
		}
	}
	return conformance.Pass
}

func (d *display) tally() string {
	var parts []string
	for _, o := range []conformance.Outcome{conformance.Pass, conformance.Fail, conformance.Error, conformance.Warn, conformance.Skip, conformance.Disabled} {
		if n := d.counts[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	return strings.Join(parts, ", ")
}

// sum prints the result of a run.
func (p *program) sum(r conformance.Report) {
	c := r.Counts
	is := " is"
	if r.Verdict == conformance.NoVerdict {
		is = ":"
	}
	p.say("\n%s%s %s: %s, version %s\n", r.Target.URL, is, strings.ToUpper(string(r.Verdict)), r.Profile, r.Version)
	p.say("%s\n", r.Statement())
	for _, why := range r.Partial() {
		p.say("  %s\n", why)
	}
	for _, c := range r.Checks(conformance.Warn) {
		p.say("  warning: %s\n", c.Rule)
	}
	p.say("%d pass, %d fail, %d error, %d warn, %d skip, %d disabled; %d calls in %s; seed %d\n", c.Pass, c.Fail, c.Error, c.Warn, c.Skip, c.Disabled, r.Requests, r.Took, r.Seed)
	for _, note := range r.Notes {
		p.say("%s\n", note)
	}
	if c.Skip > 0 {
		p.say("What the skipped checks need:\n")
		for _, line := range needs(r) {
			p.say("  %s\n", line)
		}
	}
	for _, line := range r.TestData.Cleanup {
		p.say("%s\n", line)
	}
}

// needs lists why checks were skipped, each reason once.
func needs(r conformance.Report) []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range r.Scenarios {
		for _, c := range s.Checks {
			if c.Outcome == conformance.Skip && !seen[c.Message] {
				seen[c.Message] = true
				all = append(all, c.Message)
			}
		}
	}
	return all
}
