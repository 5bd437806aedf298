package sqldb

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// idSource makes ULIDs: unique without asking the database, and growing with
// time, so that rows are appended at one end of an index.
type idSource struct {
	mu      sync.Mutex
	entropy *ulid.MonotonicEntropy
}

func newIDSource() *idSource { return &idSource{entropy: ulid.Monotonic(rand.Reader, 0)} }

// next gives an ID of a time.
func (s *idSource) next(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A time before 1970 has no ULID; only a request without a time has one.
	ms := uint64(max(now.UnixMilli(), 0))
	return ulid.MustNew(min(ms, ulid.MaxTime()), s.entropy).String()
}

// millis is how times are stored.
func millis(t time.Time) int64 { return t.UnixMilli() }

// fromMillis is the inverse of millis.
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
