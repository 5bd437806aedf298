package report

import (
	"time"

	"koshelek-adapter/server/bench/proc"
)

// Report is one run.
type Report struct {
	Started time.Time
	Took    time.Duration
	// Command is the run's command line.
	Command   string
	Machine   proc.Machine
	Databases []string
	// Hello is raw net/http in requests, Syncs raw fdatasync, both per second.
	Hello, Syncs Spread
	Figures      []Figure
	Operations   []Operation
	Days         []Day
}

// Figure is a row of what the product must reach.
type Figure struct {
	Name   string
	Engine string
	Cards  int
	Value  Spread
	Unit   Unit
	Goal   Goal
	// Note says what else is to know.
	Note string
	// Faults are runs that went wrong: the figure is not to be trusted.
	Faults []string
	// Missing says why nothing was measured.
	Missing string
}

// Unit says how a value is written.
type Unit string

// The units.
const (
	Ratio     Unit = "×"
	Millis    Unit = "ms"
	Mebibytes Unit = "MiB"
	PerSecond Unit = "/s"
	Count     Unit = ""
)

// Goal is a bound that a value has to keep; the zero value is none.
type Goal struct {
	Relation Relation
	Bound    float64
}

// Relation of a value to its bound.
type Relation string

// The relations.
const (
	AtLeast Relation = "≥"
	Below   Relation = "<"
	Exactly Relation = "="
)

// Verdicts on figures.
const (
	Reached    = "yes"
	Missed     = "**no**"
	Reported   = "reported"
	Unmeasured = "not measured"
	Faulty     = "**faulty run**"
)

// Verdict tells whether the figure reaches its goal.
func (f Figure) Verdict() string {
	switch {
	case f.Missing != "":
		return Unmeasured
	case len(f.Faults) > 0:
		return Faulty
	case f.Goal.Relation == "":
		return Reported
	case f.Goal.met(f.Value.Median):
		return Reached
	}
	return Missed
}

func (g Goal) met(value float64) bool {
	switch g.Relation {
	case AtLeast:
		return value >= g.Bound
	case Below:
		return value < g.Bound
	}
	return value == g.Bound
}

// Operation is one kind of call beside its floor.
type Operation struct {
	Engine string
	Cards  int
	// Name is for flags and Title for people.
	Name, Title string
	Connections int
	// Generator made PerSecond, the processor times and Ratio.
	Generator string
	// Ratio is server ÷ floor in requests per second, OwnRatio the same by our
	// own generator, CPURatio floor ÷ server in processor time of server and
	// database together.
	Ratio, OwnRatio, CPURatio Spread
	Server, Floor             Side
	Faults                    []string
}

// Side is one of the two that are compared.
type Side struct {
	// PerSecond is the throughput, Own that by our own generator.
	PerSecond, Own Spread
	// CPU and DatabaseCPU are microseconds per request.
	CPU, DatabaseCPU Spread
	// Objects and Bytes are allocated per request.
	Objects, Bytes Spread
	// Memory is resident after the runs, in bytes.
	Memory int64
	// Paced is what clients see at a fixed rate; nil when it was not run.
	Paced *Paced
}

// Paced are latencies at a fixed rate of arrivals, from the intended moments on.
type Paced struct {
	Rate                float64
	P50, P99, P999, Max time.Duration
}

// Day is the mixed day.
type Day struct {
	Paced
	Engine   string
	Cards    int
	Duration time.Duration
	Requests int
	Fault    string
	Curve    []Point
}

// Point says that a share of the requests took no longer than this.
type Point struct {
	Share   float64
	Latency time.Duration
}
