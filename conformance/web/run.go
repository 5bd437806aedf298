package web

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/language"
	"koshelek-adapter/conformance/report"
)

// state says where a run stands.
type state string

// The states. A run that is going when the site ends is interrupted.
const (
	running     state = "running"
	finished    state = "finished"
	failed      state = "failed"
	stopped     state = "stopped"
	interrupted state = "interrupted"
)

// run is one run of the suite. What it holds is fit to be shown and kept: the
// credentials are in the call that carries it out, and nowhere else.
type run struct {
	id       int
	settings settings
	began    time.Time
	clock    func() time.Time
	stop     context.CancelFunc

	mu        sync.Mutex
	state     state
	done      int
	total     int
	scenarios []conformance.ScenarioResult
	current   string // the rule whose check began last
	calls     map[*underWay]bool
	report    *conformance.Report
	failure   string        // why there is no report
	gone      bool          // nobody wants it any more
	changed   chan struct{} // closed at the next change
}

// underWay is a call that has not been answered.
type underWay struct {
	name  string
	since time.Time
}

// snapshot is the state of a run at one moment.
type snapshot struct {
	ID               int
	Settings         settings
	Current, Failure string
	State            state
	Began            time.Time
	Done, Total      int
	Report           conformance.Report
	// Waiting is the call that has been waiting longest, and For how long.
	Waiting string
	For     time.Duration
}

// observe follows the run. Scenarios go on side by side.
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
		i := slices.IndexFunc(r.scenarios, func(s conformance.ScenarioResult) bool { return s.ID == e.Scenario.ID })
		r.scenarios[i].Checks = append(r.scenarios[i].Checks, *e.Check)
	}
	r.tell()
}

// calling notes a call until it has ended.
func (r *run) calling(name string) func() {
	call := &underWay{name, r.clock()}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls[call] = true
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.calls, call)
	}
}

// end notes the report, or why there is none.
func (r *run) end(got conformance.Report, err error, how state) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current, r.state = "", how
	switch {
	case how != finished:
	case err != nil:
		r.state, r.failure = failed, strings.TrimPrefix(err.Error(), "conformance: ")
	default:
		r.report, r.scenarios = &got, nil
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
		ID: r.id, Settings: r.settings, Current: r.current, Failure: r.failure, State: r.state, Began: r.began, Done: r.done, Total: r.total,
	}
	for call := range r.calls {
		if waited := r.clock().Sub(call.since); waited > s.For {
			s.Waiting, s.For = call.name, waited
		}
	}
	if r.report != nil {
		s.Report = *r.report
		return s, r.changed
	}
	// The checks of scenarios under way are still added to, so they are copied.
	for _, scenario := range r.scenarios {
		scenario.Checks = slices.Clone(scenario.Checks)
		s.Report.Scenarios = append(s.Report.Scenarios, scenario)
		for _, check := range scenario.Checks {
			s.Report.Counts.Add(check.Outcome)
		}
	}
	return s, r.changed
}

// Over reports whether the run has ended.
func (s snapshot) Over() bool { return s.State != running }

// Percent is how far the run is.
func (s snapshot) Percent() int {
	if s.Over() {
		return 100
	}
	return 100 * s.Done / max(s.Total, 1)
}

// Judged reports whether there is a report.
func (s snapshot) Judged() bool { return s.State == finished }

// Outcomes are those that checks of the run have, in the order of the counts.
func (s snapshot) Outcomes() []conformance.Outcome {
	return slices.DeleteFunc(conformance.Outcomes(), func(o conformance.Outcome) bool { return len(s.Report.Checks(o)) == 0 })
}

// Class names the look of the verdict.
func (s snapshot) Class() string {
	if s.Judged() {
		return report.Class(s.Report.Verdict)
	}
	return "none"
}

// patience is how long a call may take before a page says that it waits for it.
const patience = 3 * time.Second

// Silence says which call the host has left without an answer, "" when it
// answers.
func (s snapshot) Silence(l language.Language) string {
	if s.Over() || s.For < patience {
		return ""
	}
	return l.Say("No answer for %d s, waiting for %s.", int(s.For/time.Second), s.Waiting)
}

// Check finds a check that was carried out, and those before and behind it.
func (s snapshot) Check(rule string) (check conformance.Check, scenario conformance.ScenarioResult, before, behind string, found bool) {
	last := ""
	for _, one := range s.Report.Scenarios {
		for _, c := range one.Checks {
			switch {
			case found:
				return check, scenario, before, c.Rule, true
			case c.Rule == rule:
				check, scenario, before, found = c, one, last, true
			}
			last = c.Rule
		}
	}
	return check, scenario, before, "", found
}

// start begins a run, unless too many go on. Only this function's goroutine
// knows the credentials.
func (s *Server) start(set settings, target conformance.Target, options conformance.Options) (*run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	going := 0
	for _, r := range s.runs {
		if now, _ := r.look(); !now.Over() {
			going++
		}
	}
	if going >= MaxRunning || s.ctx.Err() != nil {
		return nil, false
	}
	ctx, stop := context.WithCancel(s.ctx)
	r := &run{
		settings: set, began: s.options.Clock(), clock: s.options.Clock, stop: stop, state: running, calls: map[*underWay]bool{}, changed: make(chan struct{}),
	}
	s.store.claim(r)
	options.Observe, options.Calling = r.observe, r.calling
	s.keep(r)
	s.work.Go(func() {
		defer stop()
		got, err := s.options.Run(ctx, target, options)
		how := finished
		switch {
		case s.ctx.Err() != nil:
			how = interrupted
		case ctx.Err() != nil:
			how = stopped
		}
		r.end(got, err, how)
		s.store.save(r, target)
	})
	return r, true
}

// keep adds a run and lets go of the oldest ones that are over; the caller holds
// the lock.
func (s *Server) keep(r *run) {
	kept := s.runs[:0:0]
	excess := len(s.runs) + 1 - s.options.Keep
	for _, old := range s.runs {
		if now, _ := old.look(); excess > 0 && now.Over() {
			excess--
			s.store.remove(old)
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
		if r.name() == id {
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
	for _, r := range s.runs {
		now, _ := r.look()
		all = append(all, now)
	}
	slices.SortFunc(all, func(a, b snapshot) int { return cmp.Compare(b.ID, a.ID) })
	return all
}

// drop stops and forgets a run.
func (s *Server) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.runs {
		if r.name() == id {
			r.stop()
			r.forget()
			s.store.remove(r)
			s.runs = append(s.runs[:i:i], s.runs[i+1:]...)
			return
		}
	}
}
