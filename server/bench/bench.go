package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/scenario"
)

// bench is one run.
type bench struct {
	o       options
	report  *report
	say     func(format string, args ...any)
	binary  string
	scratch string // folder for logs and data of the servers
}

func newBench(o options, stderr io.Writer) (*bench, error) {
	var err error
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return nil, err
	}
	r := &report{Started: time.Now(), Machine: proc.ThisMachine(), Command: "go run ./server/bench " + strings.Join(o.args, " ")}
	return &bench{o: o, report: r, say: func(format string, args ...any) {
		_, _ = fmt.Fprintf(stderr, "%6.1fs "+format+"\n", append([]any{time.Since(r.Started).Seconds()}, args...)...)
	}}, os.MkdirAll(o.dir, 0o700)
}

func (b *bench) options(engine string) dataset.Options {
	return dataset.Options{Dir: b.o.dir, Engine: engine, BufferPool: b.o.bufferPool, Say: b.say}
}

// fill fills every store that a run with these flags takes copies of.
func (b *bench) fill(ctx context.Context) error {
	for _, engine := range b.o.engines {
		for _, cards := range b.o.cards {
			if _, err := b.options(engine).Fill(ctx, cards); err != nil {
				return err
			}
		}
	}
	return nil
}

// measure runs everything that is wanted and writes the report, also of a run
// that had to be given up.
func (b *bench) measure(ctx context.Context, stdout io.Writer) (err error) {
	if err := b.build(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.scratch)) }()
	var failure error
	for _, engine := range b.o.engines {
		if failure = b.engine(ctx, engine); failure != nil {
			break
		}
	}
	b.report.Took = time.Since(b.report.Started)
	_, err = io.WriteString(stdout, b.report.markdown())
	return errors.Join(failure, err, b.report.write(b.o.out))
}

// build makes the program as a release is made.
func (b *bench) build(ctx context.Context) (err error) {
	if b.scratch, err = os.MkdirTemp(b.o.dir, "scratch-"); err != nil {
		return err
	}
	if b.binary = b.o.binary; b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.scratch, "adapter")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.binary, "koshelek-adapter/server")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// engine measures one database. A MariaDB that cannot be had is told in the
// report, and the rest goes on.
func (b *bench) engine(ctx context.Context, engine string) error {
	err := b.rows(ctx, engine)
	if missing := new(dataset.UnavailableError); errors.As(err, &missing) {
		b.add(row{Name: "everything", Engine: engine, Faults: []string{missing.Error()}})
		return nil
	}
	return err
}

// rows measures everything of an engine. What depends on size comes before the
// operations: they let the store grow.
func (b *bench) rows(ctx context.Context, engine string) error {
	for _, cards := range b.o.cards {
		if b.o.wants(scenario.Operations()...) || cards == b.o.largest() && b.o.wants("day", "memory", "start") {
			if err := b.store(ctx, engine, cards); err != nil {
				return err
			}
		}
	}
	if b.o.wants("import") {
		return b.rowImport(ctx, engine)
	}
	return nil
}

func (b *bench) store(ctx context.Context, engine string, cards int) (err error) {
	st, err := dataset.Open(ctx, b.options(engine), cards)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if !slices.Contains(b.report.Databases, st.Version) {
		b.report.Databases = append(b.report.Databases, st.Version)
	}
	if err := st.Warm(ctx); err != nil {
		return err
	}
	if cards == b.o.largest() {
		for _, one := range []struct {
			name    string
			measure func(context.Context, *dataset.Store) error
		}{{"day", b.rowDay}, {"memory", b.rowMemory}, {"start", b.rowStart}} {
			if b.o.wants(one.name) {
				b.say("%s, %d cards: %s", engine, cards, one.name)
				if err := one.measure(ctx, st); err != nil {
					return fmt.Errorf("%s on %s: %w", one.name, engine, err)
				}
			}
		}
	}
	if err := b.operations(ctx, st); err != nil {
		return err
	}
	differing, err := st.Verify(ctx)
	if err == nil && differing > 0 {
		err = fmt.Errorf("after all of this %d cards have a balance that their postings do not explain", differing)
	}
	return err
}

func (b *bench) add(r row) {
	b.report.Rows = append(b.report.Rows, r)
	b.say("  %s: %s", r.Name, r.measured())
}
