package app

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

// TestReadinessOfAStoreThatHangs: the probe gets its answer in its own time, and a
// second one asks the store nothing more.
func TestReadinessOfAStoreThatHangs(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	r := newReadiness(func(context.Context) error { asked.Add(1); <-release; return nil }, zerolog.Nop())
	assert.ErrorIs(t, r.check(t.Context()), errNotReady)
	r.serving.Store(true)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		answer := make(chan error)
		go func() { answer <- r.check(ctx) }()
		for asked.Load() == 0 {
			runtime.Gosched()
		}
		cancel()
		require.ErrorIs(t, <-answer, crm.ErrUnavailable)
	}
	assert.EqualValues(t, 1, asked.Load())
	close(release)
	require.NoError(t, r.check(t.Context()))
}

// TestReadinessIsLoggedOnce: when it is lost and when it is back.
func TestReadinessIsLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	var fault error
	r := newReadiness(func(context.Context) error { return fault }, zerolog.New(&log))
	r.serving.Store(true)
	for _, fault = range []error{nil, errors.New("the disk is full"), errors.New("the disk is full"), nil, nil} {
		assert.Equal(t, fault, r.check(t.Context()))
	}
	assert.Equal(t, 1, strings.Count(log.String(), "readiness.lost"))
	assert.Contains(t, log.String(), "the disk is full")
	assert.Equal(t, 1, strings.Count(log.String(), "readiness.regained"))
}
