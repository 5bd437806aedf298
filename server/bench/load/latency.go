package load

import (
	"math"
	"slices"
	"time"
)

// Latencies are sorted, shortest first.
type Latencies []time.Duration

// Sorted gives the latencies in order; the slice is the argument's.
func Sorted(all []time.Duration) Latencies {
	slices.Sort(all)
	return all
}

// At gives the latency that a share of the requests did not exceed, by nearest
// rank: At(0.99) is the 99th percentile, At(1) the longest. It is 0 for none.
func (l Latencies) At(share float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	rank := int(math.Ceil(share * float64(len(l))))
	return l[min(max(rank, 1), len(l))-1]
}
