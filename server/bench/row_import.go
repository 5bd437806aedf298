package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
)

const importName = "import of cards"

// rowImport lets the program's own command import the largest store into an
// empty one, export it and import the export, when this build has such a command.
func (b *bench) rowImport(ctx context.Context) error {
	if !b.o.wants("import") {
		return nil
	}
	f := report.Figure{Name: importName, Engine: stock.SQLite, Cards: b.o.largest(), Unit: report.PerSecond}
	if !b.canImport(ctx) {
		f.Missing = "this build has no command for it"
		b.figure(f)
		return nil
	}
	b.say("importing %d cards", b.o.largest())
	dir, err := os.MkdirTemp(b.scratch, "import-")
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "cards.csv")
	if err := writeCSV(file, stock.Keys{Cards: b.o.largest()}); err != nil {
		return err
	}
	env := append(foreign(os.Environ()), "ADAPTER_DATA_DIR="+dir, "ADAPTER_DATABASE=sqlite:"+filepath.Join(dir, "adapter.db"))
	rate, peak, err := b.importFile(ctx, env, dir, file)
	if err != nil {
		f.Faults = []string{err.Error()}
		b.figure(f)
		return nil
	}
	f.Value, f.Goal = report.Exact(rate), report.Goal{Relation: report.AtLeast, Bound: 50_000}
	b.figure(f)
	b.memoryFigure(importName+": memory", stock.SQLite, b.o.largest(), peak, 200, "")
	return b.roundTrip(ctx, env, dir, file)
}

// canImport asks the program's help: an unknown command is answered with that
// of the whole program.
func (b *bench) canImport(ctx context.Context) bool {
	help, err := exec.CommandContext(ctx, b.binary, "import", "cards", "--help").Output()
	return err == nil && strings.Contains(string(help), "import cards")
}

// peakTick is how often the memory of an import is looked at.
const peakTick = 20 * time.Millisecond

// importFile makes an empty store, imports into it, and gives cards per second
// and the most memory that it took.
func (b *bench) importFile(ctx context.Context, env []string, dir, file string) (rate float64, peak int64, err error) {
	log := filepath.Join(dir, "import.log")
	if err := b.command(ctx, env, "migrate"); err != nil {
		return 0, 0, err
	}
	start := time.Now()
	child, err := proc.Start(proc.Command{Path: b.binary, Args: []string{"import", "cards", file}, Env: env, Log: log})
	if err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case err := <-ended:
			took := time.Since(start)
			if err != nil {
				said, _ := os.ReadFile(log) // the error is told without it too
				return 0, 0, fmt.Errorf("import: %w: %.300s", err, said)
			}
			return float64(b.o.largest()) / took.Seconds(), peak, nil
		case <-ctx.Done():
			return 0, 0, errors.Join(ctx.Err(), child.Stop())
		case <-time.After(peakTick):
			_, now := proc.Memory(child.PID())
			peak = max(peak, now)
		}
	}
}

// csvHeader names the columns of an import of cards that writeCSV fills.
const csvHeader = "card_number,state,phone,email,surname,firstname,birth_date,balance"

// writeCSV writes a file like a partner's.
func writeCSV(path string, k stock.Keys) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriterSize(file, 1<<20)
	if _, err := io.WriteString(out, csvHeader+"\n"); err != nil {
		return err
	}
	for i := range k.Cards {
		if _, err := fmt.Fprintf(out, "%s,active,%s,%s,Ivanova,Anna,1990-05-17,%d\n", k.Number(i), k.Phone(i), k.Email(i), 100+i%900); err != nil {
			return err
		}
	}
	return out.Flush()
}
