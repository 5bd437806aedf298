package sim

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"sync/atomic"
	"time"
)

// Header stands on every answer of a simulator and says what it is.
const Header = "X-Simulator"

// ControlPrefix is the path below which a simulator is controlled.
const ControlPrefix = "/_sim/"

// Settings are what every simulator can be given. The zero value is good: a
// running clock of its own, a random seed, no control over HTTP.
type Settings struct {
	Seed         uint64 // of odds, tokens and codes; 0: random
	Clock        *Clock // nil: a running clock of the simulator's own, closed with it
	ControlToken string // opens the control API on the vendor's own handler; empty: it is not there
}

// Vendor is a simulated vendor, for its [Stage].
type Vendor struct {
	Name      string   // "points"
	Endpoints []string // names of its HTTP endpoints
	Outgoing  []string // names of what it does by itself: callbacks, settlements
	Faults    []Fault  // its own, beside [WireFaults]
	Knobs     []Knob
	Actions   map[string]Action
	Refuse    func(c *Call, status int, message string) Answer // an error in the vendor's own envelope
	State     func() any                                       // everything it holds, for looking at
	Reset     func()                                           // back to the start
}

// Stage is what a simulator stands on. Its parts are safe for concurrent use.
type Stage struct {
	Clock  *Clock
	Faults *Faults
	Knobs  *Knobs
	Calls  *Calls
	Audit  *Audit
	Seed   uint64

	vendor   Vendor
	ownClock bool
	control  string
	era      atomic.Int64 // grows with every reset
}

// NewStage returns the stage of a vendor.
func NewStage(v Vendor, s Settings) *Stage {
	stage := &Stage{Clock: s.Clock, Seed: s.Seed, vendor: v, control: s.ControlToken}
	if stage.Clock == nil {
		stage.Clock, stage.ownClock = NewClock(), true
	}
	if stage.Seed == 0 {
		stage.Seed = randomSeed()
	}
	stage.Faults = newFaults(stage.Seed, append(WireFaults(), v.Faults...), append(v.Endpoints, v.Outgoing...))
	for i := range stage.Faults.offered { // wire faults strike HTTP endpoints only
		if stage.Faults.offered[i].Endpoints == nil {
			stage.Faults.offered[i].Endpoints = v.Endpoints
		}
	}
	stage.Knobs = newKnobs(v.Knobs)
	stage.Calls = &Calls{}
	stage.Audit = newAudit(stage.Clock)
	return stage
}

func randomSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:]) | 1
}

// After lets work run once d has passed on the clock, unless the simulator was
// reset in between.
func (s *Stage) After(d time.Duration, work func()) {
	era := s.era.Load()
	s.Clock.After(d, func() {
		if s.era.Load() == era {
			work()
		}
	})
}

// Reset puts the vendor back to the start and drops rules, knobs, records and
// what is due. The clock goes on.
func (s *Stage) Reset() {
	s.era.Add(1)
	s.vendor.Reset()
	s.Faults.reset()
	s.Knobs.Reset()
	s.Calls.reset()
	s.Audit.reset()
}

// Close ends what the simulator does by itself.
func (s *Stage) Close() {
	s.era.Add(1)
	if s.ownClock {
		s.Clock.Close()
	}
}

// Switches returns every fault and knob that the simulator has.
func (s *Stage) Switches() ([]Fault, []Knob) { return s.Faults.offered, s.Knobs.offered }

// Endpoints returns the names that a [Rule] may carry.
func (s *Stage) Endpoints() []string { return s.Faults.endpoints }

// Actions returns what the operator can do by hand.
func (s *Stage) Actions() map[string]Action { return s.vendor.Actions }

// Handler serves the vendor's API and, when there is a control token, the
// control API below [ControlPrefix].
func (s *Stage) Handler(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	if s.control != "" {
		mux.Handle(ControlPrefix, s.Control())
	}
	mux.Handle("/", api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(Header, "test only; not "+s.vendor.Name)
		if len(r.URL.Path) >= len(ControlPrefix) && r.URL.Path[:len(ControlPrefix)] == ControlPrefix {
			mux.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r) // past the mux, which would mend odd paths by a redirect
	})
}
