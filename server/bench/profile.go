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
	"runtime/pprof"
	"strconv"
	"time"

	"koshelek-adapter/server/bench/stock"
	"koshelek-adapter/server/bench/workload"
)

// profiled are the operations that are looked into, unless -only chooses.
var profiled = []string{"find", "issue"}

// profileAll writes the profiles of every engine and operation, and of the floor
// beside them. The servers run inside this process, the load comes from another
// one.
func (o options) profileAll(ctx context.Context, stdout, stderr io.Writer) error {
	if err := os.MkdirAll(o.profile, 0o755); err != nil {
		return err
	}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(stderr, format+"\n", args...) }
	for _, engine := range o.engines {
		st, err := stock.Open(ctx, stock.Options{
			Dir: dir, Engine: engine, Cards: o.cards[0], BufferPool: o.bufferPool, Say: say,
		})
		if err != nil {
			return err
		}
		err = o.profileStore(ctx, st, stdout)
		if err := errors.Join(err, st.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (o options) profileStore(ctx context.Context, st *stock.Store, stdout io.Writer) (err error) {
	log, err := os.CreateTemp("", "access-*.log")
	if err != nil {
		return err
	}
	defer func() { _, _ = log.Close(), os.Remove(log.Name()) }()
	ours, err := startStack(ctx, st, log, o.databaseConnections)
	if err == nil {
		err = o.profileStack(ctx, st, ours, "", stdout)
	}
	if err != nil {
		return err
	}
	floor, err := startFloorStack(ctx, st, o.databaseConnections)
	if err != nil {
		return err
	}
	return o.profileStack(ctx, st, floor, "-floor", stdout)
}

// profileStack profiles every operation on a server and ends it.
func (o options) profileStack(ctx context.Context, st *stock.Store, s *stack, suffix string, stdout io.Writer) (err error) {
	defer func() { err = errors.Join(err, s.close()) }()
	for _, name := range profiled {
		if !o.wants(name) {
			continue
		}
		op, _ := workload.ByName(name)
		p := profiler{o: o, st: st, op: op, url: s.url, stem: filepath.Join(o.profile, st.Engine+"-"+name+suffix)}
		if err := p.run(ctx, stdout); err != nil {
			return fmt.Errorf("profile %s on %s: %w", name, st.Engine, err)
		}
	}
	return nil
}

// profiler profiles one operation.
type profiler struct {
	o    options
	st   *stock.Store
	op   workload.Operation
	url  string
	stem string // of the files' names
}

// profileTime is how long a profile is taken; the processor is sampled a
// hundred times a second.
func (o options) profileTime() time.Duration { return 3 * o.duration }

// run warms up, then takes both profiles over the same load.
func (p profiler) run(ctx context.Context, stdout io.Writer) error {
	if _, err := p.drive(ctx, p.o.profileTime()/4); err != nil {
		return err
	}
	if err := writeAllocations(p.stem + ".allocs.before.pb.gz"); err != nil {
		return err
	}
	cpu, err := os.Create(p.stem + ".cpu.pb.gz")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return errors.Join(err, cpu.Close())
	}
	said, err := p.drive(ctx, p.o.profileTime())
	pprof.StopCPUProfile()
	if err := errors.Join(err, cpu.Close()); err != nil {
		return err
	}
	if err := writeAllocations(p.stem + ".allocs.pb.gz"); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(stdout, "%s: %s", filepath.Base(p.stem), said); err != nil {
		return err
	}
	return p.tops(ctx)
}

// drive lets another process of this program send the load.
func (p profiler) drive(ctx context.Context, d time.Duration) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	n := max(p.o.reads, p.o.writes)
	cmd := exec.CommandContext(ctx, self, "-drive", p.op.Name, "-target", p.url, "-cards", strconv.Itoa(p.st.Cards),
		"-base", strconv.Itoa(p.st.Fresh(workload.Counters(n))), "-duration", d.String(),
		"-reads", strconv.Itoa(p.o.reads), "-writes", strconv.Itoa(p.o.writes))
	cmd.Stderr = os.Stderr
	said, err := cmd.Output()
	return string(said), err
}

// writeAllocations writes what was allocated since the process started; two of
// these are subtracted later.
func writeAllocations(path string) error {
	runtime.GC() // the profile is as old as the last collection
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("allocs").WriteTo(file, 0), file.Close())
}

// tops writes the heaviest functions as text, by the time in themselves and in
// all that they call.
func (p profiler) tops(ctx context.Context) error {
	before := "-base=" + p.stem + ".allocs.before.pb.gz"
	for name, args := range map[string][]string{
		".cpu.top.txt":            {p.stem + ".cpu.pb.gz"},
		".cpu.cum.txt":            {"-cum", p.stem + ".cpu.pb.gz"},
		".allocs.bytes.top.txt":   {"-sample_index=alloc_space", before, p.stem + ".allocs.pb.gz"},
		".allocs.objects.top.txt": {"-sample_index=alloc_objects", before, p.stem + ".allocs.pb.gz"},
		".allocs.objects.cum.txt": {"-cum", "-sample_index=alloc_objects", before, p.stem + ".allocs.pb.gz"},
	} {
		cmd := exec.CommandContext(ctx, "go", append([]string{"tool", "pprof", "-top", "-nodecount=70"}, args...)...)
		text, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("go tool pprof: %w", err)
		}
		if err := os.WriteFile(p.stem+name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
