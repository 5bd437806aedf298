package wallet

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"koshelek-adapter/schema/koshelek"
)

// prices is what a polite client earns, in hundredths of a point.
type prices struct {
	// known tells that the host shows balances and that they follow a rule.
	known bool
	// note says why they are not known.
	note    string
	welcome int64
	receipt int64
	codes   map[string]int64
}

func (p prices) of(in Intent) int64 {
	if in.Kind == Redeem {
		return p.codes[in.Code]
	}
	return p.receipt
}

// prepare makes sure that the host answers and knows nobody of the run, and
// learns from one polite customer what things are worth.
func (w *walk) prepare(ctx context.Context) error {
	polite := w.polite()
	if err := w.reach(ctx, polite); err != nil {
		return err
	}
	if err := w.unknown(ctx); err != nil {
		return err
	}
	return w.learnPrices(ctx, polite)
}

// polite is one customer more than the plan has, who does everything once.
func (w *walk) polite() *user {
	n := w.o.Users
	generator := newGenerator(w.o, n)
	scenario := &Scenario{Phone: w.o.phone(n), Intents: []Intent{
		{Kind: Scan, Receipt: generator.receipt(n, 1)}, {Kind: Scan, Receipt: generator.receipt(n, 2)},
	}}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owners[scenario.Phone] = n
	return &user{index: n, scenario: scenario, model: newModel()}
}

// reach makes the first call of all.
func (w *walk) reach(ctx context.Context, u *user) error {
	in := Intent{Kind: Find}
	r, _ := w.compose(u, in)
	a, err := w.host.send(ctx, r, 0)
	switch {
	case err != nil:
		return fmt.Errorf("%w: the host cannot be reached: %w", ErrNotRun, err)
	case !authorized(a):
		return fmt.Errorf("%w: the host refuses the login or the password (status %d)", ErrNotRun, a.status)
	}
	got := w.o.read(in.Kind, r, a)
	switch {
	case got.refused && w.o.Profile.UnauthorizedStatus == http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: the host refuses the login or the password, or a search by phone (status %d)", ErrNotRun, a.status)
	case !got.ok:
		return fmt.Errorf("%w: the host answers a search by phone with status %d; 'conform run' tells more", ErrNotRun, a.status)
	case got.number != "":
		return w.known(u)
	}
	return nil
}

func (w *walk) known(u *user) error {
	return fmt.Errorf("%w: the host knows the phone of user %d already, perhaps from an earlier run: choose another first phone", ErrNotRun, u.index)
}

// unknown looks for every user of the run.
func (w *walk) unknown(ctx context.Context) error {
	var first error
	var once sync.Once
	w.each(ctx, func(u *user) {
		in := Intent{Kind: Find}
		r, _ := w.compose(u, in)
		if got, _, _ := w.once(ctx, u, in, r, 0); got != nil && got.number != "" {
			once.Do(func() { first = w.known(u) })
		}
	})
	return first
}

// each does something for every user, as many at once as calls may be.
func (w *walk) each(ctx context.Context, do func(u *user)) {
	var all sync.WaitGroup
	places := make(chan struct{}, w.o.Parallel)
	for _, u := range w.users {
		if ctx.Err() != nil {
			break
		}
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			do(u)
		})
	}
	all.Wait()
}

// learnPrices lets the polite customer earn one thing after the other.
func (w *walk) learnPrices(ctx context.Context, u *user) error {
	if !w.issue(ctx, u) {
		return fmt.Errorf("%w: a polite client is not given a card; 'conform run' tells why", ErrNotRun)
	}
	learned := prices{codes: map[string]int64{}}
	total, shown := w.look(ctx, u)
	if !shown {
		w.prices.note = "the host shows no balance, so awards were not checked"
	}
	learned.welcome = total
	if w.knows(koshelek.V110) && !w.o.leavesOut(Scan) {
		first, err := w.earn(ctx, u, u.scenario.Intents[0], &total)
		if err != nil {
			return err
		}
		second, err := w.earn(ctx, u, u.scenario.Intents[1], &total)
		if err != nil {
			return err
		}
		if learned.receipt = first; first != second {
			w.prices.note = "two receipts of one sum earned different points, so awards were not checked"
			shown = false
		}
	}
	for _, code := range w.o.Codes {
		if !w.knows(koshelek.V130) || w.o.leavesOut(Redeem) {
			break
		}
		worth, err := w.earn(ctx, u, Intent{Kind: Redeem, Code: code}, &total)
		if err != nil {
			return err
		}
		learned.codes[code] = worth
	}
	if shown && learned.receipt == 0 && !w.o.leavesOut(Scan) && w.knows(koshelek.V110) {
		learned.note = "receipts earn nothing here, so a receipt that counts twice would not be seen"
	}
	if shown {
		learned.known = true
		w.prices = learned
	}
	return nil
}

// earn claims something politely and tells what it was worth.
func (w *walk) earn(ctx context.Context, u *user, in Intent, total *int64) (int64, error) {
	if !w.ask(ctx, u, in, 0) {
		return 0, fmt.Errorf("%w: a polite client's %s is refused; it can be left out of the run", ErrNotRun, in.Kind)
	}
	if err := sleep(ctx, w.o.Profile.Settle); err != nil {
		return 0, fmt.Errorf("%w: it was stopped: %w", ErrNotRun, err)
	}
	before := *total
	*total, _ = w.look(ctx, u)
	return *total - before, nil
}

// look reads a user's balance; false when the host shows none.
func (w *walk) look(ctx context.Context, u *user) (int64, bool) {
	in := Intent{Kind: Look}
	r, can := w.compose(u, in)
	if !can {
		return 0, false
	}
	got, _, ended := w.once(ctx, u, in, r, 0)
	if got == nil || !got.ok {
		return 0, false
	}
	w.own(u, in, r, got.number, ended)
	if got.total == nil {
		return 0, false
	}
	return *got.total, true
}

// issue politely gives a user a card.
func (w *walk) issue(ctx context.Context, u *user) bool {
	profile := newGenerator(w.o, u.index).holder()
	if w.issuesAtOnce() {
		return w.ask(ctx, u, Intent{Kind: Issue, Profile: profile}, 0)
	}
	if _, reserved := u.model.number(); reserved == "" && !w.ask(ctx, u, Intent{Kind: Reserve}, 0) {
		return false
	}
	return w.ask(ctx, u, Intent{Kind: IssueReserved, Profile: profile}, 0)
}
