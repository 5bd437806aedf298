package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"koshelek-adapter/server/app/importer"
)

// progressLines is how often a line tells how far an import has come when
// nobody sits at a terminal.
const progressLines = 5 * time.Second

// progress shows how far an import has come: a bar that stays in its line on a
// terminal, else a line now and then.
type progress struct {
	out   io.Writer
	bar   bool
	now   func() time.Time
	start time.Time
	told  time.Time
	shown bool
}

func newProgress(out io.Writer, now func() time.Time) *progress {
	start := now()
	return &progress{out: out, bar: isTerminal(out), now: now, start: start, told: start}
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

func (p *progress) show(at importer.Progress) {
	now := p.now()
	pause := progressLines
	if p.bar {
		pause = 100 * time.Millisecond
	}
	if now.Sub(p.told) < pause {
		return
	}
	p.told, p.shown = now, true
	rate := float64(at.Rows-at.Continued) / now.Sub(p.start).Seconds()
	text := fmt.Sprintf("%d rows, %d refused, %.0f rows/s", at.Rows, at.Refused, rate)
	if !p.bar {
		fmt.Fprintln(p.out, percent(at)+text)
		return
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s%s", drawn(at), text)
}

// done leaves the line of the bar.
func (p *progress) done() {
	if p.bar && p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func percent(at importer.Progress) string {
	if at.Size == 0 {
		return ""
	}
	return fmt.Sprintf("%d %%: ", 100*min(at.Read, at.Size)/at.Size)
}

func drawn(at importer.Progress) string {
	if at.Size == 0 {
		return ""
	}
	const width = 30
	full := int(width * min(at.Read, at.Size) / at.Size)
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", width-full) + "] " + percent(at)
}
