package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"

	"koshelek-adapter/server/app"
	"koshelek-adapter/server/bench/dataset"
	"koshelek-adapter/server/bench/scenario"
)

// profile writes the profiles of find and issue of every engine. The program
// runs as a process of its own, so that the load stays out of them.
func (b *bench) profile(ctx context.Context) (err error) {
	if err := os.MkdirAll(b.o.profile, 0o755); err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp(b.o.dir, "scratch-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.scratch)) }()
	for _, engine := range b.o.engines {
		if err := b.profileEngine(ctx, engine); err != nil {
			return fmt.Errorf("profile %s: %w", engine, err)
		}
	}
	return nil
}

func (b *bench) profileEngine(ctx context.Context, engine string) (err error) {
	st, err := dataset.Open(ctx, b.options(engine), b.o.cards[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	for _, name := range []string{scenario.Find, scenario.Issue} {
		if !b.o.wants(name) {
			continue
		}
		stem := filepath.Join(b.o.profile, engine+"-"+name)
		s, err := b.startAdapter(ctx, st, self, "-profiled", stem)
		if err != nil {
			return err
		}
		run := b.atLimit(ctx, st, name, s, 3*b.o.duration)
		if err := s.Stop(); err != nil {
			return err
		}
		b.say("%s on %s: %.0f/s %v", name, engine, run.rate(), run.faults(s))
		if err := tops(ctx, stem); err != nil {
			return err
		}
	}
	return nil
}

// serveProfiled is the program, which writes its profiles when it ends.
func serveProfiled(ctx context.Context, stem string, stdout io.Writer) (err error) {
	cpu, err := os.Create(stem + ".cpu.pb.gz")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return errors.Join(err, cpu.Close())
	}
	code := app.Main(ctx, []string{"serve"}, os.Environ(), stdout)
	pprof.StopCPUProfile()
	if err := cpu.Close(); err != nil || code != 0 {
		return errors.Join(err, fmt.Errorf("the program ended with %d", code))
	}
	allocations, err := os.Create(stem + ".allocs.pb.gz")
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("allocs").WriteTo(allocations, 0), allocations.Close())
}

// tops writes the heaviest functions as text, by the time in themselves and in
// all that they call.
func tops(ctx context.Context, stem string) error {
	for name, args := range map[string][]string{
		".cpu.top.txt":            {stem + ".cpu.pb.gz"},
		".cpu.cum.txt":            {"-cum", stem + ".cpu.pb.gz"},
		".allocs.bytes.top.txt":   {"-sample_index=alloc_space", stem + ".allocs.pb.gz"},
		".allocs.objects.top.txt": {"-sample_index=alloc_objects", stem + ".allocs.pb.gz"},
	} {
		text, err := exec.CommandContext(ctx, "go", append([]string{"tool", "pprof", "-top", "-nodecount=70"}, args...)...).Output()
		if err != nil {
			return fmt.Errorf("go tool pprof: %w", err)
		}
		if err := os.WriteFile(stem+name, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
