package storetest

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// judgement is the outcome of one check: whether the promise was broken, and what
// was reported.
type judgement struct {
	failed   bool
	messages []string
}

// judge runs one check without a *testing.T. A panic of the backend is a
// failure, not the end of the program.
func judge(check Check, open Opener) judgement {
	return judged(check.Name, func(t testing.TB) { check.Run(t, open) })
}

func judged(name string, run func(t testing.TB)) judgement {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	j := &judgeTB{name: name, ctx: ctx}
	j.alone(func() { run(j) })
	cancel() // as testing does: before the cleanups
	for len(j.cleanups) > 0 {
		last := len(j.cleanups) - 1
		next := j.cleanups[last]
		j.cleanups = j.cleanups[:last]
		j.alone(next)
	}
	return j.judgement
}

// judgeTB is a testing.TB that remembers; what it has not got no check may call.
type judgeTB struct {
	testing.TB
	name string
	ctx  context.Context

	mu sync.Mutex
	judgement
	cleanups []func()
}

// alone runs steps in a goroutine of their own, which Fatalf may end.
func (j *judgeTB) alone(steps func()) {
	var done sync.WaitGroup
	done.Go(func() {
		defer func() {
			if fault := recover(); fault != nil {
				j.Errorf("panic: %v\n%s", fault, debug.Stack())
			}
		}()
		steps()
	})
	done.Wait()
}

func (j *judgeTB) note(failed bool, format string, args []any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failed = j.failed || failed
	j.messages = append(j.messages, fmt.Sprintf(format, args...))
}

func (j *judgeTB) Helper()                           {}
func (j *judgeTB) Errorf(format string, args ...any) { j.note(true, format, args) }
func (j *judgeTB) Logf(format string, args ...any)   { j.note(false, format, args) }
func (j *judgeTB) Context() context.Context          { return j.ctx }
func (j *judgeTB) Name() string                      { return j.name }

func (j *judgeTB) Fatalf(format string, args ...any) {
	j.note(true, format, args)
	runtime.Goexit()
}

func (j *judgeTB) Cleanup(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cleanups = append(j.cleanups, f)
}

func (j *judgeTB) TempDir() string {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		j.Fatalf("no temporary directory: %v", err)
	}
	j.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			j.Errorf("the temporary directory stays: %v", err)
		}
	})
	return dir
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		run      func(t testing.TB)
		failed   bool
		messages []string
	}{
		"passes":               {func(t testing.TB) { t.Logf("looked at %s", t.Name()) }, false, []string{"looked at check"}},
		"goes on after Errorf": {func(t testing.TB) { t.Errorf("one %d", 1); t.Logf("two") }, true, []string{"one 1", "two"}},
		"stops at Fatalf":      {func(t testing.TB) { end := t.Fatalf; end("over"); t.Logf("never") }, true, []string{"over"}},
		"survives a panic":     {func(testing.TB) { panic("a bad backend") }, true, []string{"panic: a bad backend"}},
	} {
		got := judged("check", c.run)
		for i, message := range got.messages {
			got.messages[i], _, _ = strings.Cut(message, "\n")
		}
		if got.failed != c.failed || !slices.Equal(got.messages, c.messages) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestJudgeCleansUp(t *testing.T) {
	var order []string
	var dir string
	got := judged("check", func(t testing.TB) {
		ctx := t.Context()
		dir = t.TempDir()
		t.Cleanup(func() {
			if ctx.Err() == nil {
				t.Errorf("the context outlives the check")
			}
			order = append(order, "first")
		})
		t.Cleanup(func() { order = append(order, "second"); panic("in a cleanup") })
		if _, err := os.Stat(dir); err != nil || ctx.Err() != nil {
			t.Fatalf("%v %v", err, ctx.Err())
		}
	})
	if !got.failed || len(got.messages) != 1 || !strings.Contains(got.messages[0], "in a cleanup") {
		t.Errorf("a panic of a cleanup must fail the check and nothing else: %+v", got)
	}
	if !slices.Equal(order, []string{"second", "first"}) {
		t.Errorf("cleanups ran in the order %v", order)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the temporary directory is left: %v", err)
	}
}
