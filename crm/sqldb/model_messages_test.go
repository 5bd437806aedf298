package sqldb_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// order puts errands for a card into the outbox, each key once.
func (s *model) order(c *card, errands []outbox.Message, now time.Time) {
	for _, e := range errands {
		s.orderOne(c, e, "", now)
	}
}

func (s *model) orderOne(c *card, e outbox.Message, reverses string, now time.Time) {
	if slices.ContainsFunc(s.outbox, func(d *outbox.Delivery) bool { return d.Key == e.Key }) {
		return
	}
	s.outbox = append(s.outbox, &outbox.Delivery{
		ID: s.nextID(), Message: e, CardNumber: c.Number, CustomerID: c.CustomerID, Reverses: reverses,
		State: outbox.StateNew, DueAt: now, CreatedAt: now, UpdatedAt: now,
	})
}

// undo orders the opposite of what a cause has ordered.
func (s *model) undo(c *card, cause string, now time.Time) {
	for _, d := range slices.Clone(s.outbox) {
		if d.Cause != cause || d.Undo.Action == "" || d.Reverses != "" {
			continue
		}
		e := d.Message
		e.Key, e.Action, e.Payload, e.Effect, e.Undo = "undo:"+d.Key, d.Undo.Action, d.Undo.Payload, d.Undo.Effect, outbox.Undo{}
		s.orderOne(c, e, d.ID, now)
	}
}

// ClaimDeliveries implements engine.Store.
func (s *model) ClaimDeliveries(_ context.Context, r outbox.ClaimRequest) ([]outbox.Delivery, error) {
	if r.Limit <= 0 {
		return nil, nil
	}
	lost := false
	for _, d := range s.outbox {
		if d.Vendor == r.Vendor && d.State == outbox.StateSending && d.AtMostOnce && !d.DueAt.After(r.Now) {
			d.State, d.Claim, d.Reason, d.UpdatedAt = outbox.StateUnknown, "", outbox.ReasonWorkerLost, r.Now
			lost = true
		}
	}
	claimed := s.hold(r, s.due(r, max(1, r.Limit/2), outbox.StateUnknown, outbox.StatePending))
	send := s.due(r, r.Limit-len(claimed), outbox.StateSending, outbox.StateRetry, outbox.StateNew)
	for _, d := range send {
		d.State = outbox.StateSending
		d.Attempts++
		d.SentAt = r.Now
	}
	claimed = append(claimed, s.hold(r, send)...)
	if len(claimed) == 0 && !lost {
		return nil, nil
	}
	return claimed, nil
}

// due finds deliveries in one of the states, in the order of the states and of
// their times.
func (s *model) due(r outbox.ClaimRequest, limit int, states ...outbox.State) (list []*outbox.Delivery) {
	for _, state := range states {
		var some []*outbox.Delivery
		for i, d := range s.outbox {
			if d.Vendor == r.Vendor && d.State == state && !d.DueAt.After(r.Now) && (waits(d.State) || s.inTurn(i)) {
				some = append(some, d)
			}
		}
		slices.SortStableFunc(some, func(a, b *outbox.Delivery) int { return a.DueAt.Compare(b.DueAt) })
		list = append(list, some[:max(0, min(len(some), limit-len(list)))]...)
	}
	return list
}

// waits reports a state in which the vendor is asked.
func waits(state outbox.State) bool {
	return state == outbox.StateUnknown || state == outbox.StatePending
}

// inTurn reports that nothing older of the same customer and vendor stands
// before a delivery.
func (s *model) inTurn(at int) bool {
	d := s.outbox[at]
	return !slices.ContainsFunc(s.outbox[:at], func(p *outbox.Delivery) bool {
		return p.Vendor == d.Vendor && lineOf(p) == lineOf(d) && !p.State.Final() && (p.Holds || !waits(p.State))
	})
}

func lineOf(d *outbox.Delivery) string { return cmp.Or(d.CustomerID, "card:"+d.CardNumber) }

func (s *model) hold(r outbox.ClaimRequest, list []*outbox.Delivery) (held []outbox.Delivery) {
	for _, d := range list {
		d.Claim, d.DueAt, d.UpdatedAt = r.Claim, r.Until, r.Now
		held = append(held, *d)
	}
	return held
}

// SettleDelivery implements engine.Store.
func (s *model) SettleDelivery(_ context.Context, r outbox.Settlement) (outbox.Delivery, error) {
	d := s.delivery(r.ID)
	switch {
	case d == nil:
		return outbox.Delivery{}, crm.ErrDeliveryNotFound
	case d.State.Final() && d.State == r.State && d.Booked == r.Booked:
		return *d, nil
	case d.State.Final():
		return outbox.Delivery{}, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(d.State)+" already")
	case r.Claim != "" && d.Claim != r.Claim:
		return outbox.Delivery{}, crm.Fail(crm.ErrOperationConflict, "somebody else has the delivery")
	case r.Expect != "" && (d.State != r.Expect || d.Held(r.Now)):
		return outbox.Delivery{}, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(d.State)+" by now, or at work")
	case r.VendorRef != "" && s.referenced(d, r.VendorRef):
		return outbox.Delivery{}, crm.Fail(crm.ErrOperationConflict, "the vendor's reference belongs to another delivery")
	}
	if r.State == outbox.StateNew && d.State == outbox.StateSending {
		d.Attempts--
	}
	d.State, d.DueAt, d.Claim, d.Reason, d.UpdatedAt, d.Booked = r.State, r.DueAt, "", r.Reason, r.Now, r.Booked
	d.VendorRef = cmp.Or(r.VendorRef, d.VendorRef)
	if len(r.Answer) > 0 {
		d.Answer = r.Answer
	}
	if d.State.Final() {
		s.effects(d, r)
	}
	return *d, nil
}

// referenced reports whether a vendor's reference belongs to another delivery.
func (s *model) referenced(d *outbox.Delivery, reference string) bool {
	return slices.ContainsFunc(s.outbox, func(other *outbox.Delivery) bool {
		return other.ID != d.ID && other.Vendor == d.Vendor && other.VendorRef == reference
	})
}

func (s *model) effects(d *outbox.Delivery, r outbox.Settlement) {
	c := s.cards[d.CardNumber]
	s.credit(c, r.Credit, r.Now)
	if r.Debit > 0 {
		s.takeBack(c, crm.Accrual{}, r.Debit, r.DebitText, r.Now)
	}
	for _, offer := range r.Offers {
		// The card may have been replaced since the vendor was asked.
		offer.Audience, offer.Target = crm.AudienceCard, d.CardNumber
		s.offers[offer.ID] = offer
	}
}

func (s *model) delivery(id string) *outbox.Delivery {
	for _, d := range s.outbox {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// KnownReferences implements engine.Store.
func (s *model) KnownReferences(_ context.Context, vendor string, references []string) (known []string, _ error) {
	for _, d := range s.outbox {
		if d.Vendor == vendor && d.VendorRef != "" && slices.Contains(references, d.VendorRef) {
			known = append(known, d.VendorRef)
		}
	}
	slices.Sort(known)
	return known, nil
}

// ListDeliveries implements engine.Store.
func (s *model) ListDeliveries(_ context.Context, q outbox.Query) (list []outbox.Delivery, _ error) {
	for _, d := range s.outbox {
		fits := d.ID > q.After && (q.Vendor == "" || d.Vendor == q.Vendor) &&
			(q.CardNumber == "" || d.CardNumber == q.CardNumber) && (q.State == "" || d.State == q.State) &&
			(q.CustomerID == "" || d.CustomerID == q.CustomerID) && (!q.Open || !d.State.Final())
		if fits && len(list) < q.Limit {
			list = append(list, *d)
		}
	}
	return list, nil
}

// CountDeliveries implements engine.Store.
func (s *model) CountDeliveries(_ context.Context, all bool) (counts []outbox.Count, _ error) {
	for _, d := range s.outbox {
		if d.State.Final() && !all {
			continue
		}
		at := slices.IndexFunc(counts, func(n outbox.Count) bool { return n.Vendor == d.Vendor && n.State == d.State })
		if at < 0 {
			at = len(counts)
			counts = append(counts, outbox.Count{Vendor: d.Vendor, State: d.State, Oldest: d.CreatedAt})
		}
		counts[at].Count++
		if d.CreatedAt.Before(counts[at].Oldest) {
			counts[at].Oldest = d.CreatedAt
		}
	}
	slices.SortFunc(counts, func(a, b outbox.Count) int {
		return cmp.Or(strings.Compare(a.Vendor, b.Vendor), strings.Compare(string(a.State), string(b.State)))
	})
	return counts, nil
}
