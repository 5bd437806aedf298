package journalcrm

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// order puts errands for a card into the outbox, each key once.
func (s *state) order(c *card, errands []crm.Errand, now time.Time) {
	for _, e := range errands {
		s.orderOne(c, e, "", now)
	}
}

func (s *state) orderOne(c *card, e crm.Errand, reverses string, now time.Time) {
	if slices.ContainsFunc(s.Outbox, func(d *crm.Delivery) bool { return d.Key == e.Key }) {
		return
	}
	s.Outbox = append(s.Outbox, &crm.Delivery{
		ID: s.nextID(), Errand: e, CardNumber: c.Number, CustomerID: c.CustomerID, Reverses: reverses,
		State: crm.DeliveryNew, DueAt: now, CreatedAt: now, UpdatedAt: now,
	})
}

// undo orders the opposite of what a cause has ordered.
func (s *state) undo(c *card, cause string, now time.Time) {
	for _, d := range slices.Clone(s.Outbox) {
		if d.Cause != cause || d.Undo.Action == "" || d.Reverses != "" {
			continue
		}
		e := d.Errand
		e.Key, e.Action, e.Payload, e.Effect, e.Undo = "undo:"+d.Key, d.Undo.Action, d.Undo.Payload, d.Undo.Effect, crm.Undo{}
		s.orderOne(c, e, d.ID, now)
	}
}

// ClaimDeliveries implements crm.Outbox.
func (c *CRM) ClaimDeliveries(ctx context.Context, r crm.ClaimRequest) ([]crm.Delivery, error) {
	return change(ctx, c, "ClaimDeliveries", r, (*state).claim)
}

func (s *state) claim(r crm.ClaimRequest) ([]crm.Delivery, error) {
	if r.Limit <= 0 {
		return nil, errUnchanged
	}
	lost := false
	for _, d := range s.Outbox {
		if d.Vendor == r.Vendor && d.State == crm.DeliverySending && d.Once && !d.DueAt.After(r.Now) {
			d.State, d.Claim, d.Reason, d.UpdatedAt = crm.DeliveryUnknown, "", crm.ReasonWorkerLost, r.Now
			lost = true
		}
	}
	claimed := s.hold(r, s.due(r, max(1, r.Limit/2), crm.DeliveryUnknown, crm.DeliveryPending))
	send := s.due(r, r.Limit-len(claimed), crm.DeliverySending, crm.DeliveryRetry, crm.DeliveryNew)
	for _, d := range send {
		d.State = crm.DeliverySending
		d.Attempts++
		d.SentAt = r.Now
	}
	claimed = append(claimed, s.hold(r, send)...)
	if len(claimed) == 0 && !lost {
		return nil, errUnchanged
	}
	return claimed, nil
}

// due finds deliveries in one of the states, in the order of the states and of
// their times.
func (s *state) due(r crm.ClaimRequest, limit int, states ...crm.DeliveryState) (list []*crm.Delivery) {
	for _, state := range states {
		var some []*crm.Delivery
		for i, d := range s.Outbox {
			if d.Vendor == r.Vendor && d.State == state && !d.DueAt.After(r.Now) && (waits(d.State) || s.inTurn(i)) {
				some = append(some, d)
			}
		}
		slices.SortStableFunc(some, func(a, b *crm.Delivery) int { return a.DueAt.Compare(b.DueAt) })
		list = append(list, some[:max(0, min(len(some), limit-len(list)))]...)
	}
	return list
}

// waits reports a state in which the vendor is asked.
func waits(state crm.DeliveryState) bool {
	return state == crm.DeliveryUnknown || state == crm.DeliveryPending
}

// inTurn reports that nothing older of the same customer and vendor stands
// before a delivery.
func (s *state) inTurn(at int) bool {
	d := s.Outbox[at]
	return !slices.ContainsFunc(s.Outbox[:at], func(p *crm.Delivery) bool {
		return p.Vendor == d.Vendor && lineOf(p) == lineOf(d) && !p.State.Final() && (p.Holds || !waits(p.State))
	})
}

func lineOf(d *crm.Delivery) string { return cmp.Or(d.CustomerID, "card:"+d.CardNumber) }

func (s *state) hold(r crm.ClaimRequest, list []*crm.Delivery) (held []crm.Delivery) {
	for _, d := range list {
		d.Claim, d.DueAt, d.UpdatedAt = r.Claim, r.Until, r.Now
		held = append(held, *d)
	}
	return held
}

// SettleDelivery implements crm.Outbox.
func (c *CRM) SettleDelivery(ctx context.Context, r crm.Settlement) (crm.Delivery, error) {
	return change(ctx, c, "SettleDelivery", r, (*state).settle)
}

func (s *state) settle(r crm.Settlement) (crm.Delivery, error) {
	d := s.delivery(r.ID)
	switch {
	case d == nil:
		return crm.Delivery{}, crm.ErrDeliveryNotFound
	case d.State.Final() && d.State == r.State && d.Booked == r.Booked:
		return *d, errUnchanged
	case d.State.Final():
		return crm.Delivery{}, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(d.State)+" already")
	case r.Claim != "" && d.Claim != r.Claim:
		return crm.Delivery{}, crm.Fail(crm.ErrOperationConflict, "somebody else has the delivery")
	case r.Expect != "" && (d.State != r.Expect || d.Held(r.Now)):
		return crm.Delivery{}, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(d.State)+" by now, or at work")
	case r.VendorRef != "" && s.referenced(d, r.VendorRef):
		return crm.Delivery{}, crm.Fail(crm.ErrOperationConflict, "the vendor's reference belongs to another delivery")
	}
	if r.State == crm.DeliveryNew && d.State == crm.DeliverySending {
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
	if r.Actor != "" {
		s.note(r.Now, r.Actor, "delivery "+string(d.State), d.CardNumber, fmt.Sprintf("%s %s %s", d.Vendor, d.Action, d.ID))
	}
	return *d, nil
}

// referenced reports whether a vendor's reference belongs to another delivery.
func (s *state) referenced(d *crm.Delivery, reference string) bool {
	return slices.ContainsFunc(s.Outbox, func(other *crm.Delivery) bool {
		return other.ID != d.ID && other.Vendor == d.Vendor && other.VendorRef == reference
	})
}

func (s *state) effects(d *crm.Delivery, r crm.Settlement) {
	c := s.Cards[d.CardNumber]
	s.credit(c, r.Credit, r.Now)
	if r.Debit > 0 {
		s.takeBack(c, crm.Accrual{}, r.Debit, r.DebitText, r.Now)
	}
	for _, offer := range r.Offers {
		// The card may have been replaced since the vendor was asked.
		offer.Audience, offer.Target = crm.AudienceCard, d.CardNumber
		s.Offers[offer.ID] = offer
	}
}

func (s *state) delivery(id string) *crm.Delivery {
	for _, d := range s.Outbox {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// Delivery implements crm.Outbox.
func (c *CRM) Delivery(ctx context.Context, id string) (crm.Delivery, error) {
	return look(ctx, c, func(s *state) (crm.Delivery, error) {
		if d := s.delivery(id); d != nil {
			return *d, nil
		}
		return crm.Delivery{}, crm.ErrDeliveryNotFound
	})
}

// KnownReferences implements crm.Outbox.
func (c *CRM) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
	return look(ctx, c, func(s *state) (known []string, _ error) {
		for _, d := range s.Outbox {
			if d.Vendor == vendor && d.VendorRef != "" && slices.Contains(references, d.VendorRef) {
				known = append(known, d.VendorRef)
			}
		}
		slices.Sort(known)
		return known, nil
	})
}

// ListDeliveries implements crm.Outbox.
func (c *CRM) ListDeliveries(ctx context.Context, q crm.DeliveryQuery) ([]crm.Delivery, error) {
	return look(ctx, c, func(s *state) (list []crm.Delivery, _ error) {
		for _, d := range s.Outbox {
			fits := d.ID > q.After && (q.Vendor == "" || d.Vendor == q.Vendor) &&
				(q.CardNumber == "" || d.CardNumber == q.CardNumber) && (q.State == "" || d.State == q.State) &&
				(q.CustomerID == "" || d.CustomerID == q.CustomerID) && (!q.Open || !d.State.Final())
			if fits && len(list) < q.Limit {
				list = append(list, *d)
			}
		}
		return list, nil
	})
}

// CountDeliveries implements crm.Outbox.
func (c *CRM) CountDeliveries(ctx context.Context, all bool) ([]crm.DeliveryCount, error) {
	return look(ctx, c, func(s *state) (counts []crm.DeliveryCount, _ error) {
		for _, d := range s.Outbox {
			if d.State.Final() && !all {
				continue
			}
			at := slices.IndexFunc(counts, func(n crm.DeliveryCount) bool { return n.Vendor == d.Vendor && n.State == d.State })
			if at < 0 {
				at = len(counts)
				counts = append(counts, crm.DeliveryCount{Vendor: d.Vendor, State: d.State, Oldest: d.CreatedAt})
			}
			counts[at].Count++
			if d.CreatedAt.Before(counts[at].Oldest) {
				counts[at].Oldest = d.CreatedAt
			}
		}
		slices.SortFunc(counts, func(a, b crm.DeliveryCount) int {
			return cmp.Or(strings.Compare(a.Vendor, b.Vendor), strings.Compare(string(a.State), string(b.State)))
		})
		return counts, nil
	})
}
