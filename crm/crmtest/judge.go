package crmtest

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
)

// Verdict is the outcome of one check.
type Verdict struct {
	// Failed tells that the promise was broken, or that the check could not be
	// brought to its end.
	Failed bool
	// Messages are what the check reported, in order.
	Messages []string
}

// Judge runs one check without a *testing.T. A panic of the backend is a
// failure, not the end of the program.
func Judge(check Check, open Opener) Verdict {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	j := &judge{name: check.Name, ctx: ctx}
	j.alone(func() { check.Run(j, open) })
	cancel() // as testing does: before the cleanups
	for next := j.popCleanup(); next != nil; next = j.popCleanup() {
		j.alone(next)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return Verdict{Failed: j.failed, Messages: slices.Clone(j.messages)}
}

// judge is a TB that remembers.
type judge struct {
	name string
	ctx  context.Context

	mu       sync.Mutex
	failed   bool
	messages []string
	cleanups []func()
}

// alone runs steps in a goroutine of their own, which Fatalf may end.
func (j *judge) alone(steps func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if fault := recover(); fault != nil {
				j.Errorf("panic: %v\n%s", fault, debug.Stack())
			}
		}()
		steps()
	}()
	<-done
}

func (j *judge) popCleanup() func() {
	j.mu.Lock()
	defer j.mu.Unlock()
	last := len(j.cleanups) - 1
	if last < 0 {
		return nil
	}
	next := j.cleanups[last]
	j.cleanups = j.cleanups[:last]
	return next
}

func (j *judge) note(failed bool, format string, args []any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failed = j.failed || failed
	j.messages = append(j.messages, fmt.Sprintf(format, args...))
}

// Helper implements TB; messages carry no line numbers here.
func (j *judge) Helper() {}

// Errorf implements TB.
func (j *judge) Errorf(format string, args ...any) { j.note(true, format, args) }

// Logf implements TB.
func (j *judge) Logf(format string, args ...any) { j.note(false, format, args) }

// Fatalf implements TB.
func (j *judge) Fatalf(format string, args ...any) {
	j.note(true, format, args)
	runtime.Goexit()
}

// Cleanup implements TB.
func (j *judge) Cleanup(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cleanups = append(j.cleanups, f)
}

// TempDir implements TB.
func (j *judge) TempDir() string {
	dir, err := os.MkdirTemp("", "crmtest")
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

// Context implements TB.
func (j *judge) Context() context.Context { return j.ctx }

// Name implements TB.
func (j *judge) Name() string { return j.name }
