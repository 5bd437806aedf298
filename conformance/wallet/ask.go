package wallet

import (
	"context"
	"time"
)

// attempts is how often a call is sent that is refused though it should get
// through: a host may be busy.
const attempts = 6

// ask sends a request until it has its answer, as a polite client would, and
// learns from it. It tells whether the host did what it was asked for.
func (w *walk) ask(ctx context.Context, u *user, in Intent, slow time.Duration) bool {
	for attempt := 1; ; attempt++ {
		r, can := w.compose(u, in)
		if !can {
			w.tally.with(func(c *Counts) { c.Impossible++ })
			return false
		}
		got, started, ended := w.once(ctx, u, in, r, slow)
		if got == nil || ctx.Err() != nil {
			return false
		}
		if got.ok || !in.shouldPass() {
			w.learn(u, in, r, got, started, ended)
			return got.ok
		}
		if attempt == attempts {
			w.failed(u, in, r, got)
			return false
		}
		if got.refused {
			w.tally.with(func(c *Counts) { c.Refusals++ })
		}
		if sleep(ctx, time.Duration(5<<attempt)*time.Millisecond) != nil {
			return false
		}
	}
}

// shouldPass tells whether a polite client would be answered 200.
func (in Intent) shouldPass() bool {
	switch in.Kind {
	case BadCard, BadCode, Contest:
		return false
	}
	return true
}

// failed tells that a call never got through.
func (w *walk) failed(u *user, in Intent, r request, got *reading) {
	rule := "refused"
	if _, issued := u.model.existence(w.o.Clock(), w.o.Clock()); issued && (in.Kind == Look || in.Kind == Find) {
		rule = "card.vanished"
	}
	what := "the call was refused again and again"
	if got.code != "" {
		what += ", with code " + clip(got.code)
	}
	w.fault(u, in, r, breach{rule, what})
}

// once sends a request, judges the answer, and notes what the request may have
// written. It gives nil when there is no answer.
func (w *walk) once(ctx context.Context, u *user, in Intent, r request, slow time.Duration) (*reading, time.Time, time.Time) {
	release := w.slot(ctx)
	started := w.o.Clock()
	u.model.begin(in, w.prices.of(in), started)
	a, err := w.host.send(ctx, r, slow)
	ended := w.o.Clock()
	release()
	if err != nil {
		u.model.end(in, write{started: started, ended: ended.Add(w.o.Grace)})
		if ctx.Err() == nil {
			w.fault(u, in, r, breach{"answer.arrives", err.Error()})
		}
		return nil, started, ended
	}
	got := w.o.read(in.Kind, r, a)
	u.model.end(in, write{started: started, ended: ended, accepted: got.ok, refused: got.refused})
	w.tally.answered(a, got, len(got.breaches) > 0)
	for _, b := range got.breaches {
		w.fault(u, in, r, b)
	}
	if what := w.foreign(got.leaves, u.index); what != "" {
		w.fault(u, in, r, breach{"stranger", "the answer holds " + what + " of another user"})
	}
	return got, started, ended
}

// learn compares an answer with the model and enters what is new.
func (w *walk) learn(u *user, in Intent, r request, got *reading, started, ended time.Time) {
	switch in.Kind {
	case BadCard, BadCode:
		if got.ok {
			w.fault(u, in, r, breach{"accepted", "a number or code that no host knows was accepted"})
		}
	case Find:
		w.found(u, in, r, got, started, ended)
	case FindEmail:
		if got.number != "" {
			w.own(u, in, r, got.number, ended)
		}
	case Reserve:
		w.reserved(u, in, r, got)
	case Issue:
		w.own(u, in, r, got.number, ended)
	case IssueReserved:
		_, number := u.model.number()
		w.own(u, in, r, number, ended)
	case Look:
		w.own(u, in, r, got.number, ended)
		w.balance(u, in, r, got, started, ended)
	case Scan, Contest, Redeem:
		if got.ok {
			u.model.take(in, ended)
		}
	}
}

// found compares what a search by phone gave with what the user must have.
func (w *walk) found(u *user, in Intent, r request, got *reading, started, ended time.Time) {
	has, can := u.model.existence(started, ended)
	switch {
	case got.number == "" && has:
		w.fault(u, in, r, breach{"card.vanished", "the phone finds nothing, after the card was issued"})
	case got.number != "" && !can:
		w.fault(u, in, r, breach{"card.second", "the phone finds a card before one was asked for"})
	case got.number != "":
		w.own(u, in, r, got.number, ended)
	}
}

// own enters the user's card and tells of a second one.
func (w *walk) own(u *user, in Intent, r request, number string, now time.Time) {
	if number == "" {
		return // told as a breach of the shape
	}
	if owner := w.claimNumber(number, u.index); owner != u.index {
		w.fault(u, in, r, breach{"stranger", "the card shown belongs to another user"})
		return
	}
	if before := u.model.own(number, now); before != number {
		w.fault(u, in, r, breach{"card.second", "the user has another card than before"})
	}
}

func (w *walk) reserved(u *user, in Intent, r request, got *reading) {
	if got.number == "" {
		return
	}
	if !w.give(got.number, u.index) {
		w.fault(u, in, r, breach{"number.twice", "a number that is reserved was given again"})
		return
	}
	u.model.reserve(got.number)
}

// give enters a number that the host has reserved for a user, and reports false
// when it had been given before.
func (w *walk) give(number string, user int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.owners[number]; known {
		return false
	}
	w.owners[number] = user
	return true
}

// balance compares the points shown with what must and may have been earned.
func (w *walk) balance(u *user, in Intent, r request, got *reading, started, ended time.Time) {
	if got.total == nil || !w.prices.known {
		return
	}
	low, high := u.model.bounds(started.Add(-w.o.Profile.Settle), ended)
	w.compare(u, in, r, *got.total, w.prices.welcome+low, w.prices.welcome+high)
}

func (w *walk) compare(u *user, in Intent, r request, total, low, high int64) {
	switch {
	case total < low:
		w.fault(u, in, r, breach{"award.lost", "the balance is " + points(total) + ", and must be at least " + points(low)})
	case total > high:
		w.fault(u, in, r, breach{"award.doubled", "the balance is " + points(total) + ", and can be at most " + points(high)})
	}
}
