package web

import (
	"context"
	"strconv"
	"sync"
	"time"

	"koshelek-adapter/conformance"
)

// run is one run of the suite. What it holds is fit to be shown: the
// credentials are in the call that carries it out, and nowhere else.
type run struct {
	id      string
	url     string
	version string
	began   time.Time
	stop    context.CancelFunc

	mu        sync.Mutex
	done      int
	total     int
	scenarios []conformance.ScenarioResult
	current   string // the rule that is being checked
	report    *conformance.Report
	failure   string // why there is no report
	over      bool
	changed   chan struct{} // closed at the next change
}

// snapshot is the state of a run at one moment.
type snapshot struct {
	ID, URL, Version, Current, Failure string
	Began                              time.Time
	Done, Total                        int
	Counts                             map[conformance.Outcome]int
	Scenarios                          []conformance.ScenarioResult
	Report                             *conformance.Report
	Over                               bool
}

// observe follows the run.
func (r *run) observe(e conformance.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done, r.total = e.Done, e.Total
	switch e.Kind {
	case conformance.EventScenarioStarted:
		r.scenarios = append(r.scenarios, conformance.ScenarioResult{ID: e.Scenario.ID, Title: e.Scenario.Title, About: e.Scenario.About})
	case conformance.EventCheckStarted:
		r.current = e.Check.Rule
	case conformance.EventCheckFinished:
		last := &r.scenarios[len(r.scenarios)-1]
		last.Checks = append(last.Checks, *e.Check)
	}
	r.tell()
}

// end notes the report, or why there is none.
func (r *run) end(report conformance.Report, err error, stopped bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over, r.current = true, ""
	switch {
	case stopped:
		r.failure = "The run was stopped before its end, so there is no verdict."
	case err != nil:
		r.failure = err.Error()
	default:
		r.report, r.scenarios = &report, report.Scenarios
	}
	r.tell()
}

// tell wakes those who wait for a change; the caller holds the lock.
func (r *run) tell() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// look gives the state and a channel that is closed when it has changed.
func (r *run) look() (snapshot, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := snapshot{
		ID: r.id, URL: r.url, Version: r.version, Current: r.current, Failure: r.failure, Began: r.began,
		Done: r.done, Total: r.total, Report: r.report, Over: r.over, Counts: map[conformance.Outcome]int{},
	}
	// The checks of a scenario under way are still added to, so they are copied.
	for _, scenario := range r.scenarios {
		scenario.Checks = append([]conformance.Check(nil), scenario.Checks...)
		s.Scenarios = append(s.Scenarios, scenario)
		for _, check := range scenario.Checks {
			s.Counts[check.Outcome]++
		}
	}
	return s, r.changed
}

// Percent is how far the run is.
func (s snapshot) Percent() int {
	if s.Over {
		return 100
	}
	return 100 * s.Done / max(s.Total, 1)
}

// Title names the run for people.
func (s snapshot) Title() string { return "Run " + s.ID }

// Class names the look of the verdict.
func (s snapshot) Class() string {
	switch s.Report.Verdict {
	case conformance.NotConformant:
		return "bad"
	case conformance.NoVerdict:
		return "none"
	case conformance.Conformant, conformance.ConformantWithWarnings:
	}
	return "good"
}

// Check finds a check that was carried out, and those before and behind it.
func (s snapshot) Check(rule string) (check conformance.Check, scenario, before, behind string, found bool) {
	last := ""
	for _, one := range s.Scenarios {
		for _, c := range one.Checks {
			switch {
			case found && behind == "":
				return check, scenario, before, c.Rule, true
			case c.Rule == rule:
				check, scenario, before, found = c, one.Title, last, true
			}
			last = c.Rule
		}
	}
	return check, scenario, before, "", found
}

// start begins a run, unless too many go on. Only this function's goroutine
// knows the credentials.
func (s *Server) start(target conformance.Target, options conformance.Options) (*run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	running := 0
	for _, r := range s.runs {
		if now, _ := r.look(); !now.Over {
			running++
		}
	}
	if running >= MaxRunning || s.ctx.Err() != nil {
		return nil, false
	}
	s.serial++
	ctx, stop := context.WithCancel(s.ctx)
	r := &run{
		id: strconv.Itoa(s.serial), url: target.URL, version: options.Profile.Version.String(),
		began: s.options.Clock(), stop: stop, changed: make(chan struct{}),
	}
	options.Observe = r.observe
	s.keep(r)
	s.work.Go(func() {
		defer stop()
		report, err := s.options.Run(ctx, target, options)
		r.end(report, err, ctx.Err() != nil)
	})
	return r, true
}

// keep adds a run and lets go of the oldest ones that are over; the caller holds
// the lock.
func (s *Server) keep(r *run) {
	kept := s.runs[:0:0]
	excess := len(s.runs) + 1 - s.options.Keep
	for _, old := range s.runs {
		if now, _ := old.look(); excess > 0 && now.Over {
			excess--
			continue
		}
		kept = append(kept, old)
	}
	s.runs = append(kept, r)
}

// find gives a run by its ID.
func (s *Server) find(id string) (*run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		if r.id == id {
			return r, true
		}
	}
	return nil, false
}

// list gives all runs, the newest first.
func (s *Server) list() []snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []snapshot
	for i := len(s.runs) - 1; i >= 0; i-- {
		now, _ := s.runs[i].look()
		all = append(all, now)
	}
	return all
}

// drop stops and forgets a run.
func (s *Server) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.runs {
		if r.id == id {
			r.stop()
			s.runs = append(s.runs[:i:i], s.runs[i+1:]...)
			return
		}
	}
}
