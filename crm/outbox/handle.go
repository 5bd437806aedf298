package outbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"koshelek-adapter/crm"
)

// handle does what a claimed delivery needs and stores the outcome. A sending
// that has begun is finished although the worker is told to stop: its answer is
// what nobody could find out later.
func (w *Worker) handle(ctx context.Context, held claimed) {
	d := held.Delivery
	begun := w.options.Now()
	out := w.outcome(ctx, held)
	settled, err := w.settle(context.WithoutCancel(ctx), d, out)
	if err != nil {
		w.options.Log.Error().Err(err).Str("vendor", d.Vendor).Str("delivery", d.ID).Str("state", string(out.State)).
			Msg("what became of a delivery could not be stored")
		return
	}
	w.options.Observe(d.Vendor, settled.State, w.options.Now().Sub(begun))
	w.report(settled)
}

// report tells the log what somebody may have to look at.
func (w *Worker) report(d Delivery) {
	log := w.options.Log.Debug()
	switch {
	case d.State == StateUnknown && d.DueAt.Equal(crm.Forever), d.State == StateRejected:
		log = w.options.Log.Error()
	case d.State == StateUnknown, d.State == StateRetry, d.State == StateDone && d.Reason != "":
		log = w.options.Log.Warn()
	}
	log.Str("vendor", d.Vendor).Str("action", d.Action).Str("delivery", d.ID).Str("state", string(d.State)).
		Int64("attempts", d.Attempts).Str("reason", d.Reason).Msg("outbox.delivery")
}

// outcome sends or asks, unless there is a reason not to.
func (w *Worker) outcome(ctx context.Context, held claimed) Outcome {
	d := held.Delivery
	if ctx.Err() != nil {
		return w.untouched(d, 0)
	}
	if wait, inTime := w.turn(ctx, held); !inTime {
		return w.untouched(d, wait)
	}
	if !w.breaker.TryAcquirePermit() {
		return w.untouched(d, w.options.BreakerDelay)
	}
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.options.Timeout)
	defer cancel()
	out := w.guarded(work, held)
	if out.Down {
		w.breaker.RecordFailure()
	} else {
		w.breaker.RecordSuccess()
	}
	if out.State == StateRetry {
		out.Wait = max(out.Wait, w.backoff.wait(d.Attempts))
	}
	return out
}

// turn waits until the vendor's rate allows a call. When the claim might end in the
// middle of the call it says so at once, and after what time to try again.
func (w *Worker) turn(ctx context.Context, held claimed) (again time.Duration, inTime bool) {
	now := w.options.Now()
	turn := w.limiter.ReserveN(now, 1)
	delay := turn.DelayFrom(now)
	if now.Sub(held.since)+delay > w.options.Lease-w.options.Timeout {
		turn.CancelAt(now)
		return delay, false
	}
	if delay == 0 {
		return 0, true
	}
	select {
	case <-w.options.After(delay):
		return 0, true
	case <-ctx.Done():
		turn.CancelAt(w.options.Now())
		return 0, false
	}
}

// untouched gives a delivery back as it was claimed, without the attempt.
func (w *Worker) untouched(d Delivery, wait time.Duration) Outcome {
	state, reason := d.State, d.Reason
	if state == StateSending {
		state = StateNew
	}
	return Outcome{State: state, Wait: wait, Reason: reason, Booked: d.Booked}
}

// guarded turns a panic of a vendor's connector into the most careful outcome.
func (w *Worker) guarded(ctx context.Context, held claimed) (out Outcome) {
	d := held.Delivery
	defer func() {
		if fault := recover(); fault != nil {
			w.options.Log.Error().Str("vendor", d.Vendor).Str("delivery", d.ID).Str("stack", string(debug.Stack())).
				Str("panic", fmt.Sprint(fault)).Msg("outbox.panic")
			out = Outcome{State: StateRetry, Reason: "a fault of the program"}
			if d.AtMostOnce || !toSend(d) {
				out.State, out.Wait = StateUnknown, WaitForOperator
			}
		}
	}()
	r := Request{Delivery: d, SentBy: d.SentAt.Add(longestWait(w.options.Timeout)), Known: w.known}
	if d.Reverses != "" {
		if out, now := w.reverse(ctx, &r); !now {
			return out
		}
	}
	if !toSend(d) {
		return w.vendor.Ask(ctx, r)
	}
	if w.vendor.WantsRecipient(d) {
		var err error
		if r.Recipient, err = w.recipient(ctx, held); err != nil {
			return w.untouched(d, w.options.BackoffFirst)
		}
	}
	return w.vendor.Send(ctx, r)
}

func (w *Worker) known(ctx context.Context, references []string) ([]string, error) {
	return w.programme.KnownReferences(ctx, w.vendor.Name(), references)
}

// reverse makes the request of a delivery that undoes another: it moves as much as
// that one moved. What that one moved must be known first, and when it moved
// nothing, nothing is sent; then now is false, and the outcome says why.
func (w *Worker) reverse(ctx context.Context, r *Request) (out Outcome, now bool) {
	original, err := w.programme.Delivery(ctx, r.Reverses)
	if err != nil {
		return w.untouched(r.Delivery, w.options.BackoffFirst), false
	}
	done := func(reason string) (Outcome, bool) {
		return Outcome{State: StateDone, Reason: reason}, false
	}
	switch {
	case original.State == StateDone && r.Points > 0 && original.Booked == 0:
		return done("the vendor had booked nothing")
	case original.State == StateDone:
		r.Points = original.Booked
		return out, true
	case original.State == StateRejected:
		return done("the vendor had not done what is undone")
	}
	return Outcome{
		State: StateNew, Wait: originalPatience, Reason: "waits until it is known what became of " + original.ID,
	}, false
}

// originalPatience is how long an undo waits before it looks at its original again.
const originalPatience = 5 * time.Second

// settlePatience bounds how long an outcome is held when the store is away.
const settlePatience = time.Minute

// settle stores an outcome and does not give up at once: it may be the only
// trace of what a vendor did. What is certain is stored also when the claim has
// run out meanwhile.
func (w *Worker) settle(ctx context.Context, d Delivery, o Outcome) (Delivery, error) {
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	claim := d.Claim
	for attempt := int64(1); ; attempt++ {
		settled, err := w.programme.Settle(ctx, d, claim, o, "")
		switch {
		case err == nil:
			return settled, nil
		case errors.Is(err, crm.ErrOperationConflict) && claim != "" && certain(o.State):
			claim = ""
			continue
		case errors.Is(err, crm.ErrOperationConflict), errors.Is(err, crm.ErrInvalidRecord), ctx.Err() != nil:
			return settled, err
		}
		select {
		case <-ctx.Done():
			return settled, err
		case <-w.options.After(backoffRule{50 * time.Millisecond, 2 * time.Second}.wait(attempt)):
		}
	}
}

// certain reports a state that the vendor's own word has decided.
func certain(state State) bool { return state.Final() || state == StatePending }
