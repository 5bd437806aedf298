package sqldb

import (
	"context"
	"fmt"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
)

// SettleDelivery implements engine.Store. The delivery's row is locked first, so
// its state decides who settles; the card's lock follows, as everywhere.
func (s *Store) SettleDelivery(ctx context.Context, r outbox.Settlement) (outbox.Delivery, error) {
	if s.settlements != nil {
		return s.settlements.do(ctx, r)
	}
	return write(ctx, s, func(c conn) (outbox.Delivery, error) { return s.settle(c, r) })
}

func (s *Store) settle(c conn, r outbox.Settlement) (outbox.Delivery, error) {
	before, err := c.delivery(r.ID, c.d.forUpdate)
	if err != nil {
		return outbox.Delivery{}, err
	}
	repeated, err := judge(before, r)
	if repeated || err != nil {
		return before, err
	}
	after := settledBy(before, r)
	if err := c.storeSettlement(after); err != nil {
		return before, err
	}
	if blocking(before) && !blocking(after) {
		if err := c.unpark(after); err != nil {
			return before, err
		}
	}
	if after.State.Final() {
		if err := s.applyEffects(c, after, r); err != nil {
			return before, err
		}
	}
	if r.Actor == "" {
		return after, nil
	}
	return after, c.audit(s.ids.next(r.Now), millis(r.Now), r.Actor, "delivery "+string(after.State), after.CardNumber,
		fmt.Sprintf("%s %s %s", after.Vendor, after.Action, after.ID))
}

// judge tells whether a delivery may be settled so, and whether it was already.
func judge(before outbox.Delivery, r outbox.Settlement) (repeated bool, err error) {
	switch {
	case before.State.Final() && before.State == r.State && before.Booked == r.Booked:
		return true, nil
	case before.State.Final():
		return false, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(before.State)+" already")
	case r.Claim != "" && before.Claim != r.Claim:
		return false, crm.Fail(crm.ErrOperationConflict, "somebody else has the delivery")
	case r.Expect != "" && (before.State != r.Expect || before.Held(r.Now)):
		return false, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(before.State)+" by now, or at work")
	}
	return false, nil
}

// settledBy is the delivery after a settlement.
func settledBy(d outbox.Delivery, r outbox.Settlement) outbox.Delivery {
	if r.State == outbox.StateNew && d.State == outbox.StateSending {
		d.Attempts--
	}
	d.State, d.DueAt, d.Claim, d.Reason, d.UpdatedAt = r.State, r.DueAt, "", r.Reason, r.Now
	d.Booked = r.Booked
	if r.VendorRef != "" {
		d.VendorRef = r.VendorRef
	}
	if len(r.Answer) > 0 {
		d.Answer = r.Answer
	}
	return d
}

// blocking reports whether later deliveries of the line have to wait.
func blocking(d outbox.Delivery) bool {
	switch d.State {
	case outbox.StateNew, outbox.StateRetry, outbox.StateSending:
		return true
	case outbox.StatePending, outbox.StateUnknown:
		return d.Holds
	}
	return false
}

func (c conn) storeSettlement(d outbox.Delivery) error {
	_, err := c.exec(`UPDATE outbox SET state = ?, due_at = ?, claim = '', blocks = ?, parked = 0, attempts = ?, vendor_ref = ?, booked = ?, reason = ?,
		answer = ?, updated_at = ? WHERE id = ?`,
		string(d.State), millis(d.DueAt), bit(blocking(d)), d.Attempts, orNull(d.VendorRef), d.Booked, d.Reason, string(d.Answer), millis(d.UpdatedAt), d.ID)
	if c.d.duplicate(err) {
		return crm.Fail(crm.ErrOperationConflict, "the vendor's reference belongs to another delivery")
	}
	return err
}

// applyEffects changes the card when its delivery becomes final.
func (s *Store) applyEffects(c conn, d outbox.Delivery, r outbox.Settlement) error {
	if r.Credit.Points > 0 {
		if _, err := c.addPoints(d.CardNumber, r.Credit.Points, "", r.Now); err != nil {
			return err
		}
		if err := s.credit(c, d.CardNumber, "delivery:"+d.ID, r.Credit, r.Now); err != nil {
			return err
		}
	}
	if r.Debit > 0 {
		if _, err := s.takeBack(c, d.CardNumber, "delivery-back:"+d.ID, "", r.Debit, r.DebitText, r.Now); err != nil {
			return err
		}
	}
	return c.putOffers(offersFor(d, r))
}

// offersFor are the offers that a settlement brings, for the card that has the
// delivery by now: it may have been replaced since the vendor was asked.
func offersFor(d outbox.Delivery, r outbox.Settlement) []crm.Offer {
	offers := slices.Clone(r.Offers)
	for i := range offers {
		offers[i].Audience, offers[i].Target = crm.AudienceCard, d.CardNumber
	}
	return offers
}

// Delivery implements engine.Store.
func (s *Store) Delivery(ctx context.Context, id string) (outbox.Delivery, error) {
	return read(ctx, s, func(c conn) (outbox.Delivery, error) { return c.delivery(id, "") })
}

// KnownReferences implements engine.Store.
func (s *Store) KnownReferences(ctx context.Context, vendor string, references []string) ([]string, error) {
	if len(references) == 0 {
		return nil, nil
	}
	known, err := read(ctx, s, func(c conn) ([]string, error) {
		return inColumn[string](c, "SELECT vendor_ref FROM outbox WHERE vendor = ? AND vendor_ref IN (?)", vendor, references)
	})
	slices.Sort(known)
	return known, err
}

// ListDeliveries implements engine.Store.
func (s *Store) ListDeliveries(ctx context.Context, q outbox.Query) ([]outbox.Delivery, error) {
	where, args := "WHERE o.id > ?", []any{q.After}
	for _, condition := range []struct{ column, value string }{
		{"vendor", q.Vendor}, {"card_number", q.CardNumber}, {"state", string(q.State)}, {"line", lineOf(q.Vendor, q.CustomerID)},
	} {
		if condition.value != "" {
			where += " AND o." + condition.column + " = ?"
			args = append(args, condition.value)
		}
	}
	if q.Open {
		where += " AND o.state NOT IN ('done', 'rejected')"
	}
	return scan(ctx, s, func(c conn) ([]outbox.Delivery, error) {
		return c.deliveries(where+" ORDER BY o.id LIMIT ?", append(args, q.Limit)...)
	})
}

// CountDeliveries implements engine.Store.
func (s *Store) CountDeliveries(ctx context.Context, all bool) ([]outbox.Count, error) {
	which := "WHERE state IN ('new', 'retry', 'sending', 'unknown', 'pending') "
	if all {
		which = ""
	}
	return page(ctx, s, countRow.count, `SELECT vendor, state, COUNT(*) AS n, MIN(created_at) AS oldest FROM outbox `+which+
		`GROUP BY vendor, state ORDER BY vendor, state`)
}

type countRow struct {
	Vendor string `db:"vendor"`
	State  string `db:"state"`
	Count  int64  `db:"n"`
	Oldest int64  `db:"oldest"`
}

func (r countRow) count() outbox.Count {
	return outbox.Count{Vendor: r.Vendor, State: outbox.State(r.State), Count: r.Count, Oldest: fromMillis(r.Oldest)}
}
