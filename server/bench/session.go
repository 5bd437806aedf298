package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/report"
	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// bench is one run.
type bench struct {
	o       options
	report  *report.Report
	say     func(format string, args ...any)
	binary  string
	scratch string    // folder for logs and data of the servers
	wrk     *load.Wrk // nil when it is not used
}

// measure runs everything that is wanted and writes the report, also of a run
// that had to be given up.
func (o options) measure(ctx context.Context, stdout, stderr io.Writer) (err error) {
	b := &bench{o: o, report: &report.Report{
		Started: time.Now(), Machine: proc.ThisMachine(), Command: "go run ./server/bench " + strings.Join(o.args, " "),
	}}
	b.say = func(format string, args ...any) {
		_, _ = fmt.Fprintf(stderr, "%6.1fs "+format+"\n", append([]any{time.Since(b.report.Started).Seconds()}, args...)...)
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.scratch)) }()
	failure := b.everything(ctx)
	b.report.Took = time.Since(b.report.Started)
	if _, err := io.WriteString(stdout, b.report.Markdown()); err != nil {
		return errors.Join(failure, err)
	}
	return errors.Join(failure, b.report.Write(o.out))
}

func (b *bench) prepare(ctx context.Context) (err error) {
	if b.o.dir, err = filepath.Abs(b.o.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(b.o.dir, 0o700); err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp(b.o.dir, "scratch-"); err != nil {
		return err
	}
	if b.o.wrk != "off" {
		wrk, err := load.FindWrk(b.o.wrk, max(runtime.NumCPU(), 2))
		if err == nil {
			b.wrk = &wrk
		} else {
			b.say("no wrk (%v): our own generator stands in", err)
		}
	}
	return b.build(ctx)
}

// build makes the program as a release is made.
func (b *bench) build(ctx context.Context) error {
	if b.o.binary != "" {
		b.binary = b.o.binary
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

func (b *bench) everything(ctx context.Context) error {
	if err := b.rowRaw(ctx); err != nil {
		return err
	}
	for _, engine := range b.o.engines {
		if err := b.engine(ctx, engine); err != nil {
			return err
		}
	}
	if err := b.rowStart(ctx); err != nil {
		return err
	}
	return b.rowImport(ctx)
}

// engine measures one database. A MariaDB that cannot be had is told in the
// report, and the rest goes on.
func (b *bench) engine(ctx context.Context, engine string) error {
	err := b.stores(ctx, engine)
	if missing := new(stock.UnavailableError); errors.As(err, &missing) {
		b.figure(report.Figure{Name: "everything else", Engine: engine, Missing: missing.Error()})
		return nil
	}
	return err
}

// stores walks through the stores that the wanted rows need: what is about one
// card in the small one, what depends on size in the largest one.
func (b *bench) stores(ctx context.Context, engine string) error {
	if b.o.wants("hot") {
		if err := b.with(ctx, engine, b.o.small, b.rowHot); err != nil {
			return err
		}
	}
	for _, cards := range b.o.cards {
		if b.o.wants(operationNames()...) || cards == b.o.largest() && b.o.wants(rowsOfLargest...) {
			if err := b.with(ctx, engine, cards, b.store); err != nil {
				return err
			}
		}
	}
	return nil
}

// rowsOfLargest are the rows, beside the operations, that want the largest store.
var rowsOfLargest = []string{"memory", "scale", "tls", "day", "verify"}

func operationNames() []string {
	var names []string
	for _, op := range workload.Operations() {
		names = append(names, op.Name)
	}
	return names
}

// with opens a store for a row.
func (b *bench) with(ctx context.Context, engine string, cards int, row func(context.Context, *stock.Store) error) (err error) {
	st, err := stock.Open(ctx, stock.Options{
		Dir: b.o.dir, Engine: engine, Cards: cards, BufferPool: b.o.bufferPool, Say: b.say,
	})
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
	return row(ctx, st)
}

// store measures everything over one store. What depends on size comes before
// the operations: they let the store grow.
func (b *bench) store(ctx context.Context, st *stock.Store) error {
	rows := []func(context.Context, *stock.Store) error{b.operations, b.rowVerify}
	if st.Cards == b.o.largest() {
		rows = []func(context.Context, *stock.Store) error{b.rowMemory, b.rowScale, b.rowTLS, b.rowDay, b.operations, b.rowVerify}
	}
	for _, row := range rows {
		if err := row(ctx, st); err != nil {
			return err
		}
	}
	return nil
}

// operations sets every operation that is wanted beside its floor.
func (b *bench) operations(ctx context.Context, st *stock.Store) (err error) {
	wanted := slices.DeleteFunc(workload.Operations(), func(op workload.Operation) bool { return !b.o.wants(op.Name) })
	if len(wanted) == 0 {
		return nil
	}
	ours, floor, err := b.startPair(ctx, st)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopAll(ours, floor)) }()
	if err := b.sameBytes(ctx, st, ours, floor); err != nil {
		return err
	}
	for _, op := range wanted {
		b.say("%s, %d cards: %s", st.Engine, st.Cards, op.Title)
		if err := b.compare(ctx, st, op, ours, floor); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) startPair(ctx context.Context, st *stock.Store) (ours, floor *server, err error) {
	if ours, err = b.startAdapter(ctx, st); err != nil {
		return nil, nil, err
	}
	if floor, err = b.startFloor(ctx, st); err != nil {
		return nil, nil, errors.Join(err, ours.Stop())
	}
	return ours, floor, nil
}

func (b *bench) figure(f report.Figure) { b.report.Figures = append(b.report.Figures, f) }

// connections of an operation.
func (b *bench) connections(op workload.Operation) int {
	if op.Write {
		return b.o.writes
	}
	return b.o.reads
}
