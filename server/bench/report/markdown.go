package report

import (
	"fmt"
	"strings"
	"time"
)

// Markdown writes the whole report.
func (r Report) Markdown() string {
	var b strings.Builder
	b.WriteString("# Measured: koshelek-adapter beside its floor\n\n")
	r.writeHead(&b)
	b.WriteString("\n## What it must reach\n\n")
	r.writeFigures(&b)
	r.writeOperations(&b)
	r.writeDays(&b)
	r.writeFaults(&b)
	b.WriteString("\n" + explanation)
	return b.String()
}

const explanation = `## How to read this

The floor is a bare net/http server without credentials, validation, log and metrics that runs the same statements through
database/sql and prints the same bytes; what it writes it writes with one transaction per request, one statement at a time.
Server and floor are measured in turns, a ratio is taken within each turn, and the median of the turns is quoted with the
smallest and the largest. CPU is processor time of the server + of the database per request, in microseconds. Latencies are
those of an open-loop generator at a fixed rate, counted from the moment at which a request should have been sent, in
milliseconds. Generator, server and database share the machine.
`

func (r Report) writeHead(b *strings.Builder) {
	m := r.Machine
	fmt.Fprintf(b, "%s, %s. %s, %d cores, %s of memory, %s, %s", r.Started.Format(time.DateOnly), r.Took.Round(time.Second),
		m.CPU, m.Cores, Mebibytes.write(float64(m.Memory>>20)), m.Kernel, m.Go)
	if len(r.Databases) > 0 {
		fmt.Fprintf(b, ", %s", strings.Join(r.Databases, ", "))
	}
	b.WriteString(".\n")
	if m.Load != "" {
		fmt.Fprintf(b, "Load average at the start: %s.\n", m.Load)
	}
	fmt.Fprintf(b, "\n    %s\n", r.Command)
	if r.Hello.Median > 0 {
		fmt.Fprintf(b, "\nRaw net/http \"hello\": %s. Raw 4 KiB + fdatasync on the same disk: %s.\n",
			spread(r.Hello, PerSecond.write), spread(r.Syncs, PerSecond.write))
	}
}

func (r Report) writeFigures(b *strings.Builder) {
	row(b, "figure", "engine", "cards", "measured", "reach", "reached")
	row(b, "---", "---", "---", "---", "---", "---")
	for _, f := range r.Figures {
		row(b, f.Name, engineName(f.Engine), cards(f.Cards), f.measured(), f.Goal.in(f.Unit), f.Verdict())
	}
}

func (f Figure) measured() string {
	if f.Missing != "" {
		return f.Missing
	}
	text := spread(f.Value, f.Unit.write)
	if f.Note != "" {
		text += "; " + f.Note
	}
	return text
}

// writeOperations writes a table for each engine and size.
func (r Report) writeOperations(b *strings.Builder) {
	last := ""
	for _, op := range r.Operations {
		if store := fmt.Sprintf("%s with %s cards", engineName(op.Engine), cards(op.Cards)); store != last {
			fmt.Fprintf(b, "\n## %s\n\n", store)
			row(b, "operation", "connections", "req/s", "floor", "ratio", "ratio, own generator", "CPU µs", "CPU µs, floor",
				"CPU ratio", "allocations, bytes", "of the floor", "p50 / p99 / p99.9 ms at req/s", "of the floor", "resident MiB")
			row(b, strings.Split(strings.Repeat("--- ", 14), " ")[:14]...)
			last = store
		}
		op.write(b)
	}
}

func (op Operation) write(b *strings.Builder) {
	title := op.Title
	if len(op.Faults) > 0 {
		title += " ⚠ faulty"
	}
	row(b, title, fmt.Sprintf("%d, %s", op.Connections, op.Generator),
		spread(op.Server.PerSecond, whole), spread(op.Floor.PerSecond, whole), spread(op.Ratio, ratio), spread(op.OwnRatio, ratio),
		op.Server.cpu(), op.Floor.cpu(), spread(op.CPURatio, ratio), op.Server.allocated(), op.Floor.allocated(),
		op.Server.Paced.text(), op.Floor.Paced.text(), whole(float64(op.Server.Memory>>20)))
}

func (s Side) cpu() string {
	text := whole(s.CPU.Median)
	if s.DatabaseCPU.Median > 0 {
		text += " + " + whole(s.DatabaseCPU.Median)
	}
	return text
}

func (s Side) allocated() string { return whole(s.Objects.Median) + ", " + whole(s.Bytes.Median) }

func (p *Paced) text() string {
	if p == nil {
		return "–"
	}
	return fmt.Sprintf("%s / %s / %s at %s", millis(p.P50), millis(p.P99), millis(p.P999), whole(p.Rate))
}

func (r Report) writeDays(b *strings.Builder) {
	if len(r.Days) == 0 {
		return
	}
	b.WriteString("\n## The mixed day\n\n60 % find, 25 % card, 5 % history, 4 % issue, 3 % receipt, 3 % other, open loop, every answer checked.\n\n")
	row(b, "engine", "cards", "req/s", "for", "answers", "p50 ms", "p99 ms", "p99.9 ms", "longest ms", "faults")
	row(b, strings.Split(strings.Repeat("--- ", 10), " ")[:10]...)
	for _, d := range r.Days {
		row(b, engineName(d.Engine), cards(d.Cards), whole(d.Rate), d.Duration.String(), whole(float64(d.Requests)),
			millis(d.P50), millis(d.P99), millis(d.P999), millis(d.Max), orNone(d.Fault))
	}
}

// writeFaults lists what went wrong, so that nobody quotes it.
func (r Report) writeFaults(b *strings.Builder) {
	var lines []string
	for _, f := range r.Figures {
		for _, fault := range f.Faults {
			lines = append(lines, fmt.Sprintf("- %s, %s: %s", f.Name, engineName(f.Engine), fault))
		}
	}
	for _, op := range r.Operations {
		for _, fault := range op.Faults {
			lines = append(lines, fmt.Sprintf("- %s, %s, %s cards: %s", op.Title, engineName(op.Engine), cards(op.Cards), fault))
		}
	}
	if len(lines) > 0 {
		b.WriteString("\n## Faulty runs\n\n" + strings.Join(lines, "\n") + "\n")
	}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// row writes a line of a table; a cell cannot end early.
func row(b *strings.Builder, cells ...string) {
	for i, cell := range cells {
		cells[i] = strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell)
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}
