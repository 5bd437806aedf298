package wallet

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"koshelek-adapter/schema/koshelek"
)

// ErrNotRun is wrapped by every error of [Run]: the host was not judged.
var ErrNotRun = errors.New("the wallet could not run")

// walk is one run.
type walk struct {
	o      Options
	plan   Plan
	host   *host
	users  []*user
	began  time.Time
	slots  chan struct{}
	faults faults
	tally  tally
	prices prices
	done   atomic.Int64

	meetings meetings

	// owners maps what belongs to one user (phones, e-mail addresses, card
	// numbers) to the user's position.
	mu     sync.Mutex
	owners map[string]int
}

// user is one user of the run.
type user struct {
	index    int
	scenario *Scenario
	model    *model
}

// tally counts what was done; see [Counts].
type tally struct {
	mu     sync.Mutex
	counts Counts
	took   []time.Duration
}

func (t *tally) with(change func(*Counts)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.counts)
}

// Run plays the plan of the options against the host and judges it. The error,
// an ErrNotRun or the context's, tells that there is no verdict: the host cannot
// be reached, refuses the credentials, or knows the run's phones already. All
// that the host does wrong stands in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	o, err := o.WithDefaults()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRun, err)
	}
	w := &walk{o: o, plan: NewPlan(o), began: o.Clock(), slots: make(chan struct{}, o.Parallel), owners: map[string]int{}}
	w.tally.counts.Calls = map[Kind]int{}
	if w.host, err = newHost(o); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotRun, err)
	}
	defer w.host.close()
	w.enlist()
	if err := w.prepare(ctx); err != nil {
		return nil, err
	}
	w.perform(ctx)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: it was stopped: %w", ErrNotRun, err)
	}
	w.settle(ctx)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: it was stopped: %w", ErrNotRun, err)
	}
	return w.report(), nil
}

// enlist makes the users and notes what belongs to whom.
func (w *walk) enlist() {
	for i := range w.plan.Scenarios {
		u := &user{index: i, scenario: &w.plan.Scenarios[i], model: newModel()}
		w.users = append(w.users, u)
		w.owners[u.scenario.Phone] = i
		for _, in := range u.scenario.Intents {
			if in.Profile != nil && in.Profile.Email != "" {
				w.owners[in.Profile.Email.String()] = i
			}
		}
	}
}

// claimNumber notes whose a card number is and gives its owner.
func (w *walk) claimNumber(number string, user int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if owner, known := w.owners[number]; known {
		return owner
	}
	w.owners[number] = user
	return user
}

// foreign gives the kind of the first leaf that belongs to another user, ""
// when there is none.
func (w *walk) foreign(leaves []string, user int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, leaf := range leaves {
		owner, known := w.owners[leaf]
		switch {
		case !known || owner == user:
		case strings.Contains(leaf, "@"):
			return "an e-mail address"
		case strings.HasPrefix(leaf, w.o.phone(owner)):
			return "a phone"
		default:
			return "a card number"
		}
	}
	return ""
}

// perform plays all scenarios at once.
func (w *walk) perform(ctx context.Context) {
	var all sync.WaitGroup
	for _, u := range w.users {
		all.Go(func() {
			for _, step := range u.scenario.Steps {
				if ctx.Err() != nil {
					return
				}
				w.step(ctx, u, step)
			}
		})
	}
	all.Wait()
}

// step sends the requests of a step at once and waits for all of them.
func (w *walk) step(ctx context.Context, u *user, step Step) {
	var all sync.WaitGroup
	for _, s := range step {
		all.Go(func() {
			if sleep(ctx, s.After) == nil {
				w.play(ctx, u, s)
			}
			w.o.Progress(int(w.done.Add(1)), w.o.Calls)
		})
	}
	all.Wait()
}

// play sends one request of the plan.
func (w *walk) play(ctx context.Context, u *user, s Send) {
	in := u.scenario.Intents[s.Intent]
	w.tally.with(func(c *Counts) { c.count(in, s) })
	if in.Kind == Contest && !s.Repeat {
		w.meetings.meet(ctx, in.key())
	}
	if s.Fate == Answered {
		slow := time.Duration(0)
		if s.Slow {
			slow = w.o.SlowFor
		}
		w.ask(ctx, u, in, slow)
		return
	}
	r, can := w.compose(u, in)
	if !can {
		w.tally.with(func(c *Counts) { c.Impossible++ })
		return
	}
	release := w.slot(ctx)
	defer release()
	started := w.o.Clock()
	if s.Fate != CutBody {
		u.model.begin(in, w.prices.of(in), started)
	}
	err := w.host.cut(ctx, r, s.Fate, s.Cut)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		w.fault(u, in, r, breach{"answer.arrives", "the host took the connection away: " + err.Error()})
	}
	if s.Fate != CutBody {
		u.model.end(in, write{started: started, ended: w.o.Clock().Add(w.o.Grace)})
	}
}

// slot waits for a place among the calls under way.
func (w *walk) slot(ctx context.Context) func() {
	select {
	case w.slots <- struct{}{}:
		return func() { <-w.slots }
	case <-ctx.Done():
		return func() {}
	}
}

// fault notes a breach.
func (w *walk) fault(u *user, in Intent, r request, b breach) {
	one := Fault{Rule: b.rule, User: -1, Call: in.Kind, What: b.what}
	if u != nil {
		one.User = u.index
	}
	if r.verb != "" {
		one.Request = r.verb + " " + redactPath(r.path)
	}
	w.faults.add(one)
}

// redactPath takes the query's values out of a path: they are personal data.
func redactPath(path string) string {
	path, query, asked := strings.Cut(path, "?")
	if !asked {
		return path
	}
	name, _, _ := strings.Cut(query, "=")
	return path + "?" + name + "=…"
}

// authorized tells whether an answer accepts the credentials.
func authorized(a answer) bool { return a.status != http.StatusUnauthorized }

// issuesAtOnce tells whether cards are issued by one call.
func (w *walk) issuesAtOnce() bool { return w.knows(koshelek.V120) && !w.o.leavesOut(Issue) }

// knows tells whether the mix of versions has one as late as since.
func (w *walk) knows(since koshelek.Version) bool {
	for version, weight := range w.o.Mix {
		if weight > 0 && version.AtLeast(since) {
			return true
		}
	}
	return false
}
