package connect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// order is what the CRM is told: one of the fields beside the reference is set.
type order struct {
	Ref     crm.Ref              `json:"ref,omitzero"`
	Profile *crm.Profile         `json:"profile,omitempty"`
	Enroll  *crm.Enrollment      `json:"enroll,omitempty"`
	Wanted  map[crm.Channel]bool `json:"wanted,omitempty"`
	Source  string               `json:"source,omitempty"`
	Receipt *crm.Receipt         `json:"receipt,omitempty"`
	Code    string               `json:"code,omitempty"`
	Move    *crm.PointsMove      `json:"move,omitempty"`
}

func (o order) encode() []byte {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // structs of strings, numbers and times always marshal
	}
	return text
}

// hashed stands for a text where no personal data may be, or that may be long.
func hashed(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// hold begins an intent, or takes over the one of its slot, and waits while somebody
// else is at work on it. One that is done is given as it is.
func (p *Program) hold(ctx context.Context, in Intent) (Intent, error) {
	in.ID, in.Claim, in.State = newID(), newID(), StateOpen
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, 200*time.Millisecond) {
		now := p.now()
		in.CreatedAt, in.UpdatedAt, in.DueAt = now, now, now.Add(p.options.Lease)
		held, err := p.store.BeginIntent(ctx, in, now)
		if err != nil || held.Claim == in.Claim || held.State == StateDone {
			return held, err
		}
		select {
		case <-p.options.After(wait):
		case <-ctx.Done():
			return held, crm.Wrap(crm.ErrUnavailable, ctx.Err())
		}
	}
}

// sending stores what the CRM is told next: whatever happens from here on, it may
// have been told.
func (p *Program) sending(ctx context.Context, in *Intent, o order) error {
	now := p.now()
	in.Order, in.SentAt, in.State, in.Reason, in.UpdatedAt = o.encode(), now, StateOpen, "", now
	in.Attempts++
	return p.store.SaveIntent(ctx, *in, false)
}

// UsedCode is the promo code of ours whose use is counted for the intent, "" for none.
func (in Intent) UsedCode() string {
	var o order
	if in.Operation != crm.WritePoints || json.Unmarshal(in.Order, &o) != nil {
		return ""
	}
	return o.Code
}

// limited bounds all the work on one write, so that it ends before its claim does.
func (p *Program) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, p.options.Lease*2/3)
}

// consent is what stays of an order about channels: it names nobody.
func (in Intent) consent() []byte {
	var o order
	if json.Unmarshal(in.Order, &o) != nil {
		return nil
	}
	return order{Wanted: o.Wanted, Source: o.Source}.encode()
}

// patience bounds how long the end of a write is held for a store that is away.
const patience = 5 * time.Second

// settle stores how the work on an intent ended: with nil it is done, after a refusal
// or what was surely not done it is over, else it stays to be finished. It gives the
// error, or that of a store which could not keep that something was done.
func (p *Program) settle(ctx context.Context, in Intent, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	now := p.now()
	in.UpdatedAt = now
	switch {
	case err == nil:
		in.State, in.Reason, in.SentAt = StateDone, "", time.Time{}
		if in.Operation == crm.WriteChannels {
			in.Order = in.consent()
		}
		if failed := p.store.EndIntent(ctx, in); failed != nil {
			return crm.Wrap(crm.ErrUnavailable, failed)
		}
		return nil
	case in.SentAt.IsZero():
		in.State = StateOpen
		if failed := p.store.EndIntent(ctx, in); failed != nil {
			p.options.Log.Warn().Err(failed).Str("intent", in.ID).Msg("intent.not_ended")
		}
		return err
	}
	in.Reason, in.DueAt = string(crm.KindOf(err)), now.Add(p.backoff(in.Attempts))
	if errors.Is(err, errOperator) {
		in.State, in.DueAt = StateUnknown, crm.Forever
		in.Reason = "the answer was lost, and the CRM can neither be told again nor asked"
	}
	if failed := p.store.SaveIntent(ctx, in, true); failed != nil {
		p.options.Log.Warn().Err(failed).Str("intent", in.ID).Msg("intent.not_saved")
	}
	return err
}

func (p *Program) backoff(attempts int64) time.Duration {
	return min(time.Second<<min(attempts, 10), 5*time.Minute)
}

// errOperator marks the cause of an ErrUnavailable that only an operator can end.
var errOperator = errors.New("only an operator can tell what became of it")

// guarantee is the CRM's for a write. Updates and channels set whole values, so that
// the same content again changes nothing whatever the CRM says of itself.
func (p *Program) guarantee(ctx context.Context, w crm.Write) (crm.Guarantee, error) {
	about, err := p.described(ctx)
	if err != nil {
		return "", err
	}
	g := about.Writes[w]
	if w == crm.WriteUpdate || w == crm.WriteChannels {
		if g != crm.GuaranteeKeyed {
			g = crm.GuaranteeNatural
		}
	}
	return g, nil
}

// again tells whether a write that was sent before may be sent once more. When the
// CRM surely has done it, done is set with its answer. Else the error says that its
// end cannot be found out now, or not at all.
func (p *Program) again(ctx context.Context, in *Intent, ref crm.Ref) (applied crm.Applied, done bool, err error) {
	if in.SentAt.IsZero() {
		return applied, false, nil
	}
	g, err := p.guarantee(ctx, in.Operation)
	if err != nil || g == crm.GuaranteeKeyed || g == crm.GuaranteeNatural {
		return applied, false, err
	}
	able, offers, err := offered[crm.ConnectedLookup](ctx, p, crm.OffersLookup)
	switch {
	case err != nil:
		return applied, false, err
	case !offers:
		return applied, false, crm.Wrap(crm.ErrUnavailable, errOperator)
	case g == crm.GuaranteeSearchable && p.now().Sub(in.SentAt) < 2*p.options.WriteTimeout:
		return applied, false, crm.Fail(crm.ErrUnavailable, "the CRM may still be at work on it")
	}
	type found struct {
		applied crm.Applied
		done    bool
	}
	f, err := ask(ctx, p, readLookup, func(ctx context.Context) (f found, err error) {
		f.applied, f.done, err = able.Operation(ctx, in.key(), ref, in.SentAt)
		return f, err
	})
	switch {
	case err != nil || f.done:
	case g == crm.GuaranteeSearchable:
		in.SentAt = time.Time{}
	default: // what such a CRM does not find may have been done all the same
		err = crm.Wrap(crm.ErrUnavailable, errOperator)
	}
	return f.applied, f.done, err
}

// key is the one under which the CRM was told.
func (in Intent) key() string {
	var o order
	if json.Unmarshal(in.Order, &o) == nil && o.Enroll != nil {
		return o.Enroll.Key
	}
	return in.ID
}

// ended tells what an error of a write leaves to be done, before settle stores it:
// after a refusal nothing is, and what surely did nothing leaves what was before.
func (in *Intent) ended(err error, before time.Time) {
	switch {
	case err == nil, unknown(err):
	case surelyNotDone(err):
		in.SentAt = before
	default:
		in.SentAt = time.Time{}
	}
}

// carryOut does a held write, or finishes it, and stores the end.
func (p *Program) carryOut(ctx context.Context, in Intent, o order) (crm.Applied, error) {
	ctx, cancel := p.limited(ctx)
	defer cancel()
	applied, err := p.attempt(ctx, &in, o)
	if unknown(err) && p.repeatable(ctx, in) {
		applied, err = p.attempt(ctx, &in, o)
	}
	if err == nil {
		in.Points, in.Booking = applied.Points, applied.Ref
	}
	err = p.settle(ctx, in, err)
	if err == nil && o.Profile != nil {
		err = p.changedLink(context.WithoutCancel(ctx), o.Ref.Card, *o.Profile)
	}
	if err == nil || unknown(err) {
		// What was answered before must not be shown as fresh.
		err = errors.Join(err, p.Changed(context.WithoutCancel(ctx), o.Ref))
	}
	return applied, err
}

// changedLink notes in what is known of a card what its customer has become: lists and
// searches by e-mail of a CRM that has none go by it.
func (p *Program) changedLink(ctx context.Context, number string, changed crm.Profile) error {
	l, err := p.store.Link(ctx, number)
	if crm.KindOf(err) == crm.ErrCardNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	l.Member.Profile = l.Member.Profile.Merged(changed)
	return p.store.PutLink(ctx, l)
}

// attempt does a held write once, or finds that it is done.
func (p *Program) attempt(ctx context.Context, in *Intent, o order) (crm.Applied, error) {
	applied, done, err := p.again(ctx, in, o.Ref)
	if err != nil || done {
		return applied, stillUnknown(err)
	}
	before := in.SentAt
	if err := p.sending(ctx, in, o); err != nil {
		in.SentAt = before
		return applied, err
	}
	applied, err = tell(ctx, p, string(in.Operation), func(ctx context.Context) (crm.Applied, error) { return p.dispatch(ctx, *in, o) })
	in.ended(err, before)
	return applied, err
}

// repeatable tells whether a write whose answer was lost may be told again at once:
// the CRM takes repetitions, and is there.
func (p *Program) repeatable(ctx context.Context, in Intent) bool {
	g, err := p.guarantee(ctx, in.Operation)
	return err == nil && (g == crm.GuaranteeKeyed || g == crm.GuaranteeNatural) && ctx.Err() == nil && p.gate.breaker.IsClosed()
}

// dispatch calls the connector's method for a write.
func (p *Program) dispatch(ctx context.Context, in Intent, o order) (crm.Applied, error) {
	missing := crm.Applied{}
	switch in.Operation {
	case crm.WriteUpdate:
		return missing, p.connector.Update(ctx, in.ID, o.Ref, *o.Profile)
	case crm.WriteChannels:
		if able, is := p.connector.(crm.ConnectedConsents); is {
			return missing, able.SetChannels(ctx, in.ID, o.Ref, o.Wanted)
		}
	case crm.WriteReceipt:
		if able, is := p.connector.(crm.ConnectedReceipts); is {
			return able.Receipt(ctx, in.ID, o.Ref, *o.Receipt)
		}
	case crm.WriteCode:
		if able, is := p.connector.(crm.ConnectedCodes); is {
			return able.Redeem(ctx, in.ID, o.Ref, o.Code)
		}
	case crm.WritePoints:
		if able, is := p.connector.(crm.ConnectedPoints); is {
			return able.Move(ctx, in.ID, o.Ref, *o.Move)
		}
	}
	return missing, crm.ErrNotSupported
}
