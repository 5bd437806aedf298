package conformance

import (
	"slices"
	"sync"

	"koshelek-adapter/conformance/contract"
)

// phase says when a check is carried out. A phase begins when the one before it
// is over.
type phase int

const (
	// together: checks that make customers of their own run side by side.
	together phase = iota
	// harmful checks run side by side, too, but after all others: on a bad host
	// they may lock everybody out or destroy what it keeps.
	harmful
	// alone: one check at a time, for it makes many calls at one moment, measures
	// time, takes numbers that the host may have given to another check, or looks
	// at what all others have left.
	alone
	// summing checks make no calls; they look at what the others have seen.
	summing
)

// phaseOf is when the check of a rule is carried out.
func (r ruled) phase() phase {
	switch r.ID {
	case "reserve.neighbours", "injection.sql-time", "users.all":
		return alone
	}
	switch r.Scenario() {
	case contract.ScenarioAuth, contract.ScenarioInjection:
		return harmful
	case contract.ScenarioRace:
		return alone
	case contract.ScenarioAnswer, contract.ScenarioTiming:
		return summing
	}
	return together
}

// task is checks that one worker carries out one after the other, with what they
// share. Most tasks are one check.
type task struct {
	scene *scene
	rules []ruled
	// at is where the first rule stands in the catalogue: the task's made-up
	// values depend on it and on the seed alone, so that they are the same
	// whichever other checks run.
	at    int
	phase phase
	// lane and checks are what came of it.
	lane   *run
	checks []Check
}

// tasks makes the plan of what is to be done, in the order of the catalogue.
func (r *run) tasks() []*task {
	var all []*task
	scenes := map[string]*scene{}
	sharing := map[string]*task{}
	places := map[string]int{}
	for i, s := range contract.Scenarios() {
		places[s.ID] = len(catalogue()) + i
	}
	for at, rule := range catalogue() {
		id := rule.Scenario()
		// What the profile supplies is used up by one check and looked at by the
		// next: those of one scenario go one after the other, in the first one's
		// place.
		share := id + " " + rule.Needs
		usesUp := slices.Contains([]string{contract.NeedsPool, contract.NeedsPlastic, contract.NeedsLimitedCodes}, rule.Needs)
		if _, known := places[share]; !known {
			places[share] = at
		}
		if !r.options.wants(rule.Rule) {
			continue
		}
		if scenes[id] == nil {
			scenes[id] = newScene(id, r.maker.block(places[id]))
		}
		scenes[id].left++
		if first := sharing[share]; usesUp && first != nil {
			first.rules = append(first.rules, rule)
			continue
		}
		t := &task{scene: scenes[id], rules: []ruled{rule}, at: at, phase: rule.phase()}
		if usesUp {
			sharing[share], t.at = t, places[share]
		}
		all = append(all, t)
	}
	return all
}

// carryOut carries out the tasks, phase after phase.
func (r *run) carryOut(tasks []*task) {
	for _, phase := range []phase{together, harmful, alone, summing} {
		workers := r.options.Parallel
		if phase >= alone {
			workers = 1
		}
		now := slices.DeleteFunc(slices.Clone(tasks), func(t *task) bool { return t.phase != phase })
		sideBySide(now, workers, r.task)
		if phase == alone {
			r.gather(tasks)
		}
	}
	for _, t := range tasks {
		r.keep(t)
	}
}

// sideBySide does something with each item, several at a time, in their order.
func sideBySide[T any](items []T, workers int, do func(T)) {
	queue := make(chan T)
	var work sync.WaitGroup
	for range min(workers, len(items)) {
		work.Go(func() {
			for item := range queue {
				do(item)
			}
		})
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
	work.Wait()
}

// task carries out one task in a lane of its own.
func (r *run) task(t *task) {
	t.lane = r.lane(t)
	for _, rule := range t.rules {
		if r.ctx.Err() != nil {
			return
		}
		t.checks = append(t.checks, t.lane.check(rule))
	}
}

// lane is the run as one task sees it: what is counted and noted is its own until
// it is gathered.
func (r *run) lane(t *task) *run {
	l := *r
	l.scene, l.fixtures = t.scene, fixtures{}
	l.report = &Report{TestData: TestData{PhonePrefix: r.options.PhonePrefix}}
	if t.phase != summing {
		l.maker, l.tally = r.maker.block(t.at), newTally()
	}
	return &l
}

// gather brings together what the answers have shown, before the rules on every
// answer are judged.
func (r *run) gather(tasks []*task) {
	for _, t := range tasks {
		if t.lane != nil {
			r.tally.merge(t.lane.tally)
		}
	}
}

// keep puts what a task has found into the report.
func (r *run) keep(t *task) {
	if t.lane == nil {
		return
	}
	r.fixtures.made = append(r.fixtures.made, t.lane.fixtures.made...)
	into, from := r.report, t.lane.report
	into.TestData.add(from.TestData)
	into.Deviations = append(into.Deviations, from.Deviations...)
	into.Notes = append(into.Notes, from.Notes...)
	if from.Target.TLS != "" {
		from.Target.URL = into.Target.URL
		into.Target = from.Target
	}
	for _, c := range t.checks {
		into.place(t.scene.Scenario, c)
	}
}

// place puts a check into its scenario. Scenarios come in their order; the
// checks of a shared task stand where their rules stand.
func (r *Report) place(s contract.Scenario, c Check) {
	at := slices.IndexFunc(r.Scenarios, func(have ScenarioResult) bool { return have.ID == s.ID })
	if at < 0 {
		at = len(r.Scenarios)
		r.Scenarios = append(r.Scenarios, ScenarioResult{ID: s.ID, Title: s.Title, About: s.About})
	}
	r.Scenarios[at].Checks = append(r.Scenarios[at].Checks, c)
}

func (d *TestData) add(more TestData) {
	d.Customers += more.Customers
	d.Cards += more.Cards
	d.Reserved += more.Reserved
	d.Receipts += more.Receipts
	for _, list := range []struct{ into, from *[]string }{{&d.Used, &more.Used}, {&d.PassedOver, &more.PassedOver}} {
		for _, text := range *list.from {
			if !slices.Contains(*list.into, text) {
				*list.into = append(*list.into, text)
			}
		}
	}
}

// order sorts the checks of each scenario as the catalogue has their rules.
func (r *Report) order() {
	place := map[string]int{}
	for i, rule := range catalogue() {
		place[rule.ID] = i
	}
	for _, s := range r.Scenarios {
		slices.SortFunc(s.Checks, func(a, b Check) int { return place[a.Rule] - place[b.Rule] })
	}
}

// scene is what the checks of one scenario share. It is safe for concurrent use.
type scene struct {
	contract.Scenario
	// making is held while a shared customer is made.
	making    sync.Mutex
	maker     *maker
	customers map[string]*customer
	failed    map[string]error

	mu sync.Mutex
	// unready is the first preparation that failed: the checks of the scenario
	// that need the same are not carried out.
	unready map[string]error
	// started and left are for the events.
	started bool
	left    int
}

func newScene(id string, m *maker) *scene {
	s := &scene{maker: m, customers: map[string]*customer{}, failed: map[string]error{}, unready: map[string]error{}}
	for _, known := range contract.Scenarios() {
		if known.ID == id {
			s.Scenario = known
		}
	}
	return s
}

// stopped is why a preparation of this scenario cannot succeed, nil when it may.
func (s *scene) stopped(preparation string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unready[preparation]
}

// stop notes that a preparation has failed.
func (s *scene) stop(preparation string, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unready[preparation] == nil {
		s.unready[preparation] = err
	}
	return err
}

// supplies hands out what the profile supplies for one use; all lanes share it.
type supplies struct {
	mu    sync.Mutex
	codes []string
}

// code is a limited code that no check of this run has tried, "" when all were.
func (s *supplies) code() (code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.codes) > 0 {
		code, s.codes = s.codes[0], s.codes[1:]
	}
	return code
}

// progress tells an observer of the run, one event at a time.
type progress struct {
	mu          sync.Mutex
	observe     func(Event)
	done, total int
}

func (p *progress) emit(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(e)
}

// tell tells of an event; the caller holds the lock.
func (p *progress) tell(e Event) {
	if p.observe != nil {
		e.Done, e.Total = p.done, p.total
		p.observe(e)
	}
}

// began tells that a check begins, and its scenario with the first one.
func (p *progress) began(s *scene, c *Check) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !s.started {
		s.started = true
		p.tell(Event{Kind: EventScenarioStarted, Scenario: s.Scenario})
	}
	p.tell(Event{Kind: EventCheckStarted, Scenario: s.Scenario, Check: c})
}

// ended tells of a check's calls and its end, and of its scenario's with the
// last one.
func (p *progress) ended(s *scene, c *Check) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, step := range c.Steps {
		p.tell(Event{Kind: EventStep, Scenario: s.Scenario, Check: c, Step: &step})
	}
	p.done++
	p.tell(Event{Kind: EventCheckFinished, Scenario: s.Scenario, Check: c})
	if s.left--; s.left == 0 {
		p.tell(Event{Kind: EventScenarioFinished, Scenario: s.Scenario})
	}
}
