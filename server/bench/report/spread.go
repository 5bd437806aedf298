package report

import "slices"

// Spread is what several rounds gave.
type Spread struct{ Median, Min, Max float64 }

// SpreadOf sums up rounds; none is the zero value.
func SpreadOf(rounds []float64) Spread {
	if len(rounds) == 0 {
		return Spread{}
	}
	sorted := slices.Sorted(slices.Values(rounds))
	n := len(sorted)
	return Spread{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Min: sorted[0], Max: sorted[n-1]}
}

// Exact is the spread of a figure that is measured once.
func Exact(value float64) Spread { return Spread{value, value, value} }
