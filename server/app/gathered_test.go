package app

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reader is who reads the log: it keeps what each Write was given, and may stand
// still.
type reader struct {
	mu    sync.Mutex
	each  []string
	err   error
	still chan struct{} // nil, or closed to go on
}

func (r *reader) Write(p []byte) (int, error) {
	if r.still != nil {
		<-r.still
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.each = append(r.each, string(p))
	return len(p), r.err
}

func (r *reader) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.each, "")
}

func TestGatheredLinesGoOutTogether(t *testing.T) {
	out := &reader{}
	g := newGatheredLog(out)
	log := zerolog.New(g)
	log.Info().Msg("one")
	log.Info().Msg("two")
	require.Eventually(t, func() bool { return strings.Count(out.text(), "\n") == 2 }, time.Minute, time.Millisecond)
	log.Warn().Msg("three")
	require.NoError(t, g.close())
	assert.Regexp(t, `(?s)one.*two.*three`, out.text())
	log.Info().Msg("too late")
	assert.NotContains(t, out.text(), "too late")
}

// TestReaderOfTheLogStandsStill: nobody waits for it, what waits for it is
// bounded, and what was lost is counted and said when it goes on.
func TestReaderOfTheLogStandsStill(t *testing.T) {
	out := &reader{still: make(chan struct{})}
	g := newGatheredLog(out)
	g.limit = 10_000
	log := zerolog.New(g)
	const n = 2000
	for range n {
		log.Error().Str("text", strings.Repeat("x", 100)).Msg("line")
		g.mu.Lock()
		require.LessOrEqual(t, len(g.lines), g.limit)
		g.mu.Unlock()
	}
	lost := testutil.ToFloat64(g.lost)
	assert.Positive(t, lost)
	close(out.still)
	require.Eventually(t, func() bool {
		log.Error().Msg("again")
		return strings.Contains(out.text(), "log.dropped")
	}, time.Minute, time.Millisecond)
	require.NoError(t, g.close())
	assert.InDelta(t, n, float64(strings.Count(out.text(), `"line"`))+lost, 0, "every line was written or counted")
}

// TestEndDoesNotWaitForTheLog: a reader that stands still cannot keep the program
// from its end.
func TestEndDoesNotWaitForTheLog(t *testing.T) {
	out := &reader{still: make(chan struct{})}
	g := newGatheredLog(out)
	g.patience = time.Millisecond
	log := zerolog.New(g)
	log.Error().Msg("last words")
	require.ErrorIs(t, g.close(), errLogStuck)
	close(out.still)
}

func TestLogThatCannotBeWritten(t *testing.T) {
	out := &reader{err: errors.New("broken pipe")}
	g := newGatheredLog(out)
	log := zerolog.New(g)
	log.Info().Msg("one")
	log.Info().Msg("two")
	require.ErrorContains(t, g.close(), "broken pipe")
	assert.InDelta(t, 2, testutil.ToFloat64(g.lost), 0)
}

func TestGatheredLogKeepsLinesWhole(t *testing.T) {
	out := &reader{}
	g := newGatheredLog(out)
	log := zerolog.New(g)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 500 {
				log.Info().Str("text", strings.Repeat("y", 50)).Msg("line")
			}
		})
	}
	group.Wait()
	require.NoError(t, g.close())
	lines := strings.Split(strings.TrimSpace(out.text()), "\n")
	require.Len(t, lines, 4000)
	for _, line := range lines {
		require.Equal(t, lines[0], line)
	}
}
