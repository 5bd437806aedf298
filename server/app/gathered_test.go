package app

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writes keeps what each Write was given.
type writes struct {
	mu   sync.Mutex
	each []string
	err  error
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.each = append(w.each, string(p))
	return len(p), w.err
}

func (w *writes) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.each...)
}

func TestGatheredLinesGoOutTogether(t *testing.T) {
	out := &writes{}
	g := newGatheredLog(out)
	log := zerolog.New(g)
	log.Info().Msg("one")
	log.Info().Msg("two")
	require.Eventually(t, func() bool { return len(out.all()) > 0 }, time.Minute, time.Millisecond)
	assert.Equal(t, 2, strings.Count(strings.Join(out.all(), ""), "\n"))
}

func TestAWarningBringsWhatCameBefore(t *testing.T) {
	out := &writes{}
	g := newGatheredLog(out)
	g.waiting = true // nothing will flush by itself
	log := zerolog.New(g)
	log.Info().Msg("before")
	assert.Empty(t, out.all())
	log.Warn().Msg("now")
	require.Len(t, out.all(), 1)
	assert.Regexp(t, `(?s)before.*now`, out.all()[0])
}

func TestGatheredLogIsBounded(t *testing.T) {
	out := &writes{err: errors.New("no space left")}
	g := newGatheredLog(out)
	g.waiting = true
	line := []byte(strings.Repeat("x", 1000))
	for range 1000 {
		_, _ = g.WriteLevel(zerolog.InfoLevel, line)
		require.LessOrEqual(t, cap(g.lines), gatherBytes)
	}
	_, err := g.WriteLevel(zerolog.InfoLevel, make([]byte, 2*gatherBytes))
	require.Error(t, err)
}

func TestClosedLogWritesAtOnce(t *testing.T) {
	out := &writes{}
	g := newGatheredLog(out)
	g.waiting = true
	log := zerolog.New(g)
	log.Info().Msg("one")
	require.NoError(t, g.close())
	log.Info().Msg("two")
	assert.Len(t, out.all(), 2)
}

func TestGatheredLogKeepsLinesWhole(t *testing.T) {
	out := &writes{}
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
	lines := strings.Split(strings.TrimSpace(strings.Join(out.all(), "")), "\n")
	require.Len(t, lines, 4000)
	for _, line := range lines {
		require.Equal(t, lines[0], line)
	}
}
