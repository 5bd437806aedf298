package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/server/bench/proc"
)

// report is one run.
type report struct {
	Started   time.Time
	Took      time.Duration
	Command   string
	Machine   proc.Machine
	Databases []string
	Rows      []row
}

// row is one figure of the program beside the baseline's. Ratio is ours divided
// by the baseline's, taken within each turn.
type row struct {
	Name                  string
	Engine                string
	Cards                 int
	Unit                  unit
	Ours, Baseline, Ratio spread
	Goal                  goal
	// Faults are runs that went wrong: the figure is not to be trusted.
	Faults []string
}

// unit says how a value is written.
type unit string

const (
	perSecond unit = "/s"
	millis    unit = " ms"
	micros    unit = " µs"
	mib       unit = " MiB"
	count     unit = ""
)

// spread is what several turns gave.
type spread struct{ Median, Min, Max float64 }

func spreadOf(turns []float64) spread {
	if len(turns) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(turns))
	n := len(sorted)
	return spread{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Min: sorted[0], Max: sorted[n-1]}
}

// pairs are the figures of both sides, turn by turn.
type pairs struct{ ours, base, ratio []float64 }

func (p *pairs) add(ours, base float64) {
	ratio := 0.0
	if base > 0 {
		ratio = ours / base
	}
	p.ours, p.base, p.ratio = append(p.ours, ours), append(p.base, base), append(p.ratio, ratio)
}

func (p *pairs) row(name string, u unit, g goal) row {
	return row{Name: name, Unit: u, Goal: g, Ours: spreadOf(p.ours), Baseline: spreadOf(p.base), Ratio: spreadOf(p.ratio)}
}

// goal is a bound that the value or the ratio has to keep; the zero value is none.
type goal struct {
	Of      string // "ratio" or "value"
	AtLeast bool   // below the bound otherwise
	Bound   float64
}

func ratioFrom(bound float64) goal  { return goal{"ratio", true, bound} }
func valueFrom(bound float64) goal  { return goal{"value", true, bound} }
func valueBelow(bound float64) goal { return goal{"value", false, bound} }

func (g goal) text(u unit) string {
	if g.Of == "" {
		return "reported"
	}
	bound := strconv.FormatFloat(g.Bound, 'f', -1, 64)
	if g.Of == "value" {
		bound += string(u)
	}
	if g.AtLeast {
		return g.Of + " ≥ " + bound
	}
	return g.Of + " < " + bound
}

// verdict tells whether the row reaches its goal.
func (r row) verdict() string {
	value := r.Ours.Median
	if r.Goal.Of == "ratio" {
		value = r.Ratio.Median
	}
	switch {
	case len(r.Faults) > 0:
		return "**faulty run**"
	case r.Goal.Of == "":
		return "–"
	case (value >= r.Goal.Bound) == r.Goal.AtLeast:
		return "yes"
	}
	return "**no**"
}

func (r row) measured() string {
	return fmt.Sprintf("%s, baseline %s, ratio %.2f", number(r.Ours.Median, r.Unit), number(r.Baseline.Median, r.Unit), r.Ratio.Median)
}

const explanation = `## How to read this

The baseline is a bare net/http server without credentials, validation, log and metrics that runs the same statements through
database/sql and prints the same bytes; what it writes it writes with one transaction per request, one statement at a time. For
an import it is plain inserts of many rows. Both are measured in turns in the same run; a ratio is the program's figure ÷ the
baseline's, taken within each turn; medians are quoted with the smallest and the largest. Requests come from vegeta on the same
machine, which takes its share of the processors: compare ratios, and processor time per request, before requests per second.
`

// markdown writes the whole report.
func (r *report) markdown() string {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "# Measured: koshelek-adapter beside its baseline\n\n%s, %s. %s, %d cores, %d MiB of memory, %s, %s, %s. Load average at the start: %s.\n\n    %s\n\n",
		r.Started.Format(time.DateOnly), r.Took.Round(time.Second), m.CPU, m.Cores, m.Memory>>20, m.Kernel, m.Go,
		strings.Join(r.Databases, ", "), m.Load, r.Command)
	b.WriteString("| figure | engine | cards | program | baseline | ratio | reach | reached |\n|---|---|---|---|---|---|---|---|\n")
	for _, w := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s | %s | %s |\n", w.Name, w.Engine, w.Cards, w.Ours.text(w.Unit),
			w.Baseline.text(w.Unit), w.Ratio.text(count), w.Goal.text(w.Unit), w.verdict())
	}
	for _, w := range r.Rows {
		for _, fault := range w.Faults {
			fmt.Fprintf(&b, "\nFaulty: %s, %s: %s\n", w.Name, w.Engine, strings.ReplaceAll(fault, "\n", " "))
		}
	}
	return b.String() + "\n" + explanation
}

// text writes "0.91 (0.88..0.93)", or the value alone when there was one turn.
func (s spread) text(u unit) string {
	if s == (spread{}) {
		return "–"
	}
	text := number(s.Median, u)
	if s.Min != s.Max {
		text += " (" + number(s.Min, count) + ".." + number(s.Max, count) + ")"
	}
	return text
}

// number writes three digits that matter.
func number(value float64, u unit) string {
	digits := 2
	switch {
	case value >= 100:
		digits = 0
	case value >= 10:
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + string(u)
}

// write writes report.md and results.json into a folder, which is made.
func (r *report) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	figures, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"report.md": []byte(r.markdown()), "results.json": append(figures, '\n')} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
