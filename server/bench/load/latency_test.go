package load

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestPercentilesByNearestRank(t *testing.T) {
	var hundred []time.Duration
	for i := 100; i >= 1; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	l := Sorted(hundred)
	for share, want := range map[float64]time.Duration{0: 1, 0.001: 1, 0.5: 50, 0.99: 99, 0.991: 100, 0.999: 100, 1: 100} {
		assert.Equal(t, want, l.At(share), "at %v", share)
	}
	assert.Zero(t, Latencies(nil).At(0.5))
	assert.Equal(t, time.Duration(7), Latencies{7}.At(0.99))
}

// At a percentile at least that share is as fast, and fewer are faster.
func TestPercentilesKeepTheirMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(0, 50).Draw(t, "latency"))
		}), 1, 200).Draw(t, "values")
		share := rapid.Float64Range(0.001, 1).Draw(t, "share")
		l := Sorted(values)
		at := l.At(share)
		faster, notSlower := 0, 0
		for _, v := range l {
			if v < at {
				faster++
			}
			if v <= at {
				notSlower++
			}
		}
		n := float64(len(l))
		if float64(notSlower) < share*n-1e-9 || float64(faster) > share*n+1e-9 {
			t.Fatalf("at %v of %v is %v", share, l, at)
		}
	})
}
