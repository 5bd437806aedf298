package connect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// Vendor is the name of the CRM among those who are told of things.
const Vendor = "crm"

// Deliveries gives a page of the intents, as an operator looks at the outbox.
func (p *Program) Deliveries(ctx context.Context, q outbox.Query) ([]outbox.Delivery, error) {
	if q.Vendor != "" && q.Vendor != Vendor {
		return nil, nil
	}
	var states []State
	switch {
	case q.State == "" && !q.Open:
		states = []State{""}
	case q.State == "":
		states = []State{StateOpen, StateUnknown}
	case q.State == outbox.StateUnknown:
		states = []State{StateUnknown}
	case q.State == outbox.StateSending:
		states = []State{StateOpen}
	case q.State == outbox.StateDone:
		states = []State{StateDone}
	}
	var list []outbox.Delivery
	for _, state := range states {
		found, err := p.store.Intents(ctx, state, q.CardNumber, q.After, q.Limit)
		if err != nil {
			return nil, err
		}
		for _, in := range found {
			list = append(list, in.delivery())
		}
	}
	slices.SortFunc(list, func(a, b outbox.Delivery) int { return strings.Compare(a.ID, b.ID) })
	return list[:min(len(list), q.Limit)], nil
}

// Delivery gives one intent. ErrDeliveryNotFound.
func (p *Program) Delivery(ctx context.Context, id string) (outbox.Delivery, error) {
	in, err := p.store.Intent(ctx, id)
	return in.delivery(), err
}

// delivery shows an intent without personal data.
func (in Intent) delivery() outbox.Delivery {
	d := outbox.Delivery{
		ID: in.ID, Message: outbox.Message{Key: in.Slot, Cause: in.key(), Rule: Vendor, Vendor: Vendor, Action: string(in.Operation), Points: in.Points},
		CardNumber: in.Card, CustomerID: in.Ref, Claim: in.Claim, Attempts: in.Attempts, DueAt: in.DueAt, SentAt: in.SentAt,
		VendorRef: in.Booking, Booked: in.Points, Reason: in.Reason, CreatedAt: in.CreatedAt, UpdatedAt: in.UpdatedAt,
	}
	switch in.State {
	case StateOpen:
		d.State = outbox.StateSending
	case StateUnknown:
		d.State = outbox.StateUnknown
	case StateDone:
		d.State = outbox.StateDone
	}
	return d
}

// CountDeliveries counts the intents; of all, or of those that are not done.
func (p *Program) CountDeliveries(ctx context.Context, all bool) ([]outbox.Count, error) {
	counted, err := p.store.CountIntents(ctx)
	var counts []outbox.Count
	for _, state := range slices.Sorted(maps.Keys(counted)) {
		if n := counted[state]; all || state != StateDone {
			counts = append(counts, outbox.Count{Vendor: Vendor, State: Intent{State: state}.delivery().State, Count: n.Count, Oldest: n.Oldest})
		}
	}
	return counts, err
}

// Decide stores an operator's word on an intent that was looked at: done, rejected
// (the CRM has not done it), or retry, which sends it again. ErrOperationConflict: its
// state is another by now, or somebody is at work on it.
func (p *Program) Decide(ctx context.Context, seen outbox.Delivery, o outbox.Outcome, actor string) (outbox.Delivery, error) {
	in, err := p.store.Intent(ctx, seen.ID)
	if err != nil {
		return outbox.Delivery{}, err
	}
	now := p.now()
	if in.delivery().State != seen.State || in.Claim != "" && in.DueAt.After(now) {
		return outbox.Delivery{}, crm.ErrOperationConflict
	}
	p.options.Log.Info().Str("intent", in.ID).Str("actor", actor).Str("as", string(o.State)).Msg("intent.decided")
	in.UpdatedAt, in.SentAt = now, time.Time{}
	decided := seen
	decided.State, decided.Reason, decided.Booked, decided.VendorRef = o.State, o.Reason, o.Booked, o.VendorRef
	switch o.State {
	case outbox.StateDone:
		in.State, in.Points, in.Booking = StateDone, o.Booked, o.VendorRef
		return decided, p.store.EndIntent(ctx, in)
	case outbox.StateRejected:
		in.State = StateOpen
		return decided, p.store.EndIntent(ctx, in)
	case outbox.StateRetry:
		in.State, in.DueAt, in.Reason = StateOpen, now, resend
		return decided, p.store.SaveIntent(ctx, in, true)
	}
	return outbox.Delivery{}, crm.Fail(crm.ErrInvalidRecord, "no such outcome")
}

// Erased tells what was erased of a customer.
type Erased struct {
	// Cards are those that we knew.
	Cards []string
	// AtCRM tells whether the CRM has erased, too.
	AtCRM bool
}

// Erase removes the personal data of a phone's customer here and, where it can, in
// the CRM. ErrCustomerNotFound: neither knows the phone. ErrUnavailable: the CRM could
// not be asked, and nothing was erased.
func (p *Program) Erase(ctx context.Context, phone string) (Erased, error) {
	able, offers, err := offered[crm.ConnectedErasure](ctx, p, crm.OffersErase)
	if err != nil {
		return Erased{}, err
	}
	found, err := p.find(ctx, crm.Identity{Phone: phone})
	if err != nil && !errors.Is(err, crm.ErrAmbiguous) {
		return Erased{}, err
	}
	var e Erased
	if offers {
		for _, c := range found {
			_, err := tell(ctx, p, writeErase, func(ctx context.Context) (struct{}, error) {
				return struct{}{}, able.Erase(ctx, c.members[0].Ref)
			})
			if err != nil {
				return Erased{}, err
			}
		}
		e.AtCRM = len(found) > 0
	}
	links, err := p.store.ForgetPerson(ctx, phone, personOf(phone))
	for _, l := range links {
		e.Cards = append(e.Cards, l.Member.Card)
	}
	if err == nil && len(links) == 0 && len(found) == 0 {
		err = crm.ErrCustomerNotFound
	}
	return e, err
}
