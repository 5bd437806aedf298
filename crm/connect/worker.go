package connect

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"koshelek-adapter/crm"
)

// Run finishes what faults have left open, until the context ends, and asks the CRM
// now and then what it is.
func (p *Program) Run(ctx context.Context) {
	var described time.Time
	for ctx.Err() == nil {
		if now := p.now(); now.Sub(described) > describeEvery && !p.Down() {
			if _, err := p.Describe(ctx); err == nil {
				described = now
			}
		}
		if took, err := p.FinishDue(ctx); err == nil && took {
			continue
		} else if err != nil && ctx.Err() == nil {
			p.options.Log.Warn().Err(err).Msg("intents.not_read")
		}
		select {
		case <-p.options.After(p.options.Poll):
		case <-ctx.Done():
		}
	}
}

const describeEvery = 5 * time.Minute

// FinishDue takes up an intent that is due, if there is one and the CRM is not left
// alone, and finishes it as far as the CRM lets it.
func (p *Program) FinishDue(ctx context.Context) (took bool, err error) {
	if p.Down() {
		return false, nil
	}
	now := p.now()
	due, err := p.store.DueIntents(ctx, newID(), now, now.Add(p.options.Lease), 1)
	for _, in := range due {
		limited, cancel := p.limited(ctx)
		err := p.finish(limited, in)
		cancel()
		p.options.Log.Info().Str("intent", in.ID).Str("operation", string(in.Operation)).Str("outcome", outcome(err)).Msg("intent.finished")
	}
	return len(due) > 0, err
}

// finish ends a claimed intent where it can. One that was never sent is dropped: its
// caller was told that nothing was done, or nothing at all.
func (p *Program) finish(ctx context.Context, in Intent) error {
	if in.Operation == crm.WriteEnroll {
		_, err := p.finishEnroll(ctx, &in)
		if err == nil {
			in.SentAt = time.Time{}
		}
		return p.settle(ctx, in, err)
	}
	if in.SentAt.IsZero() && in.Reason != resend {
		return p.settle(ctx, in, errors.New("it was never sent"))
	}
	var o order
	if err := json.Unmarshal(in.Order, &o); err != nil {
		return p.settle(ctx, in, crm.Wrap(crm.ErrUnavailable, errOperator))
	}
	_, err := p.carryOut(ctx, in, o)
	return err
}

// resend is the reason of an intent that an operator sends again.
const resend = "an operator sends it again"
