package proc

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProcessorTimeIsParsed(t *testing.T) {
	assert.Equal(t, 12340*time.Millisecond, cpuOf([]byte("42 (a b) c) S 1 1 1 0 -1 4194304 100 0 0 0 1000 234 0 0 20 0 9 0 100")))
	for _, odd := range []string{"", "42 (x) S", "42 (x) S 1 1 1 0 -1 4194304 100 0 0 0 a b 0 0"} {
		assert.Zero(t, cpuOf([]byte(odd)))
	}
}

func TestMemoryIsParsed(t *testing.T) {
	status := []byte("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n")
	assert.EqualValues(t, 1<<20, kilobytes(status, "VmRSS:"))
	assert.EqualValues(t, 2<<20, kilobytes(status, "VmHWM:"))
	assert.Zero(t, kilobytes(status, "VmSwap:"))
}

func TestOwnProcessIsSeen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("/proc is Linux's")
	}
	now, peak := Memory(os.Getpid())
	assert.Positive(t, now)
	assert.GreaterOrEqual(t, peak, now)
	m := ThisMachine()
	assert.Positive(t, m.Cores)
	assert.Positive(t, m.Memory)
	assert.NotEmpty(t, m.CPU)
	assert.Zero(t, CPU(0))
}

// script is a child that is a shell.
func script(t *testing.T, text string) *Child {
	t.Helper()
	child, err := Start(Command{Path: "/bin/sh", Args: []string{"-c", text}, Log: filepath.Join(t.TempDir(), "log")})
	require.NoError(t, err)
	return child
}

func TestChildTellsAndEnds(t *testing.T) {
	child := script(t, "echo ready here; exec sleep 60")
	found, err := child.Await(t.Context(), func(log []byte) string {
		_, rest, _ := bytes.Cut(log, []byte("ready "))
		return string(bytes.TrimSpace(rest))
	})
	require.NoError(t, err)
	assert.Equal(t, "here", found)
	assert.Positive(t, child.PID())
	require.NoError(t, child.Stop())
	assert.Error(t, child.Stop(), "it has ended")
}

func TestChildThatDiesIsTold(t *testing.T) {
	child := script(t, "echo no luck; exit 3")
	_, err := child.Await(t.Context(), func([]byte) string { return "" })
	assert.ErrorContains(t, err, "no luck")
	assert.ErrorContains(t, child.Wait(), "3")
}

func TestChildThatNeverGetsReady(t *testing.T) {
	child := script(t, "exec sleep 60")
	defer func() { assert.NoError(t, child.Stop()) }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := child.Await(ctx, func([]byte) string { return "" })
	assert.ErrorIs(t, err, context.Canceled)
}

func TestNoSuchProgram(t *testing.T) {
	_, err := Start(Command{Path: "/nowhere/at/all", Log: filepath.Join(t.TempDir(), "log")})
	assert.Error(t, err)
}
