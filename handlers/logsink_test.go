package handlers_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// logSink keeps what is logged and wakes those who wait for a line.
type logSink struct {
	mu    sync.Mutex
	more  *sync.Cond
	lines []string
}

func newLogSink() *logSink {
	s := &logSink{}
	s.more = sync.NewCond(&s.mu)
	return s
}

func (s *logSink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, string(p))
	s.more.Broadcast()
	return len(p), nil
}

// all gives every line, once there are at least n.
func (s *logSink) all(n int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.lines) < n {
		s.more.Wait()
	}
	return append([]string(nil), s.lines...)
}

func (s *logSink) text(n int) string { return strings.Join(s.all(n), "") }

// count tells how many lines there are.
func (s *logSink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

// last gives the n-th line as JSON; it waits for it.
func (s *logSink) line(t testing.TB, n int) map[string]any {
	t.Helper()
	line := s.all(n)[n-1]
	require.Equal(t, 1, strings.Count(line, "\n"), "a line is one line: %q", line)
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(line), &fields), line)
	return fields
}
