package load

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// The tests run on a clock that moves only while everybody sleeps: what takes
// no sleep takes no time.

func TestOpenSendsAtIntendedTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var moments []time.Duration
		start := time.Now()
		f := &fake{answer: func(int64) (int, string) {
			moments = append(moments, time.Since(start))
			return http.StatusOK, ""
		}}
		r := Open(t.Context(), f.target(), same(nil), pace(100, 50*time.Millisecond, 1))
		assert.Equal(t, []time.Duration{0, 10 * time.Millisecond, 20 * time.Millisecond, 30 * time.Millisecond, 40 * time.Millisecond}, moments)
		assert.Equal(t, 5, r.Requests)
		assert.Empty(t, r.Fault())
		assert.Zero(t, r.Latencies.At(1), "a server that takes no time")
	})
}

// A server that stands still for a second must be charged for every request that
// should have been sent in that second, not for the one that met it.
func TestOpenShowsAStalledServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(n int64) (int, string) {
			if n == 101 {
				time.Sleep(time.Second)
			}
			return http.StatusOK, ""
		}}
		r := Open(t.Context(), f.target(), same(nil), pace(100, 4*time.Second, 1))
		assert.Equal(t, 400, r.Requests)
		within(t, "the longest", r.Latencies.At(1), time.Second, time.Second)
		// A hundred requests waited, 1 s to 10 ms; they are a quarter of all.
		within(t, "p99", r.Latencies.At(0.99), 900*time.Millisecond, time.Second)
		within(t, "p80", r.Latencies.At(0.80), 150*time.Millisecond, 250*time.Millisecond)
		within(t, "p70", r.Latencies.At(0.70), 0, 0)
	})
}

// The closed loop is blind for the same stall: one request in 400 met it.
func TestClosedHidesAStalledServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(n int64) (int, string) {
			time.Sleep(10 * time.Millisecond)
			if n == 101 {
				time.Sleep(time.Second)
			}
			return http.StatusOK, ""
		}}
		r := Closed(t.Context(), f.target(), same(nil), 1, 5*time.Second)
		assert.Equal(t, 400, r.Requests)
		within(t, "p99", r.Latencies.At(0.99), 10*time.Millisecond, 10*time.Millisecond)
		within(t, "the longest", r.Latencies.At(1), time.Second, 1010*time.Millisecond)
	})
}

// More connections carry more of a slow server's load.
func TestOpenSharesConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(int64) (int, string) {
			time.Sleep(20 * time.Millisecond)
			return http.StatusOK, ""
		}}
		alone := Open(t.Context(), f.target(), same(nil), pace(100, time.Second, 1))
		within(t, "one connection falls behind", alone.Latencies.At(1), 900*time.Millisecond, 1100*time.Millisecond)
		shared := Open(t.Context(), f.target(), same(nil), pace(100, time.Second, 4))
		within(t, "four keep up", shared.Latencies.At(1), 20*time.Millisecond, 20*time.Millisecond)
	})
}

// A server that never catches up does not keep the run going for ever.
func TestOpenGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(int64) (int, string) {
			time.Sleep(5 * time.Second)
			return http.StatusOK, ""
		}}
		r := Open(t.Context(), f.target(), same(nil), pace(10, time.Second, 1))
		assert.Equal(t, 10, r.Requests+r.Failures)
		assert.Contains(t, r.Fault(), errNeverSent.Error())
		assert.Less(t, r.Elapsed, 20*time.Second)
	})
}
