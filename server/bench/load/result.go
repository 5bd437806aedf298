package load

import (
	"fmt"
	"time"
)

// Throughput is what a generator got through.
type Throughput struct {
	// Requests that were answered with 200 and a plausible body.
	Requests int
	// Failures are all others; First tells the first one.
	Failures int
	First    string
	Elapsed  time.Duration
}

// Rate is good answers per second.
func (t Throughput) Rate() float64 {
	if t.Elapsed <= 0 {
		return 0
	}
	return float64(t.Requests) / t.Elapsed.Seconds()
}

// Fault tells what was wrong with a run, "" for nothing. A run without any
// answer is wrong too.
func (t Throughput) Fault() string {
	switch {
	case t.Failures > 0:
		return fmt.Sprintf("%d of %d failed, first: %s", t.Failures, t.Failures+t.Requests, t.First)
	case t.Requests == 0:
		return "no request was answered"
	}
	return ""
}

// Result is a throughput with the latency of every good answer.
type Result struct {
	Throughput
	Latencies Latencies
}

// merge joins what the connections counted.
func merge(parts []*worker, elapsed time.Duration) Result {
	r := Result{Throughput: Throughput{Elapsed: elapsed}}
	var all []time.Duration
	for _, w := range parts {
		all = append(all, w.latencies...)
		r.Failures += w.failures
		if r.First == "" {
			r.First = w.first
		}
	}
	r.Requests, r.Latencies = len(all), Sorted(all)
	return r
}
