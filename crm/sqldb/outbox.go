package sqldb

import (
	"context"
	"fmt"
	"slices"

	"koshelek-adapter/crm"
)

// inTurn is the condition that nothing older of the same customer and vendor
// stands before a delivery.
const inTurn = ` AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.line = o.line AND p.blocks = 1 AND p.seq < o.seq)`

// ClaimDeliveries implements crm.Backend. A look without a lock comes first, so
// that an idle outbox costs no transaction.
func (s *Store) ClaimDeliveries(ctx context.Context, r crm.ClaimRequest) (claimed []crm.Delivery, err error) {
	due := false
	err = s.read(ctx, func(c conn) error {
		var n int64
		err := c.one(`SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE vendor = ? AND state IN ('new', 'retry', 'sending', 'unknown', 'pending')
			AND due_at <= ? LIMIT 1) due`, []any{r.Vendor, millis(r.Now)}, &n)
		due = n > 0
		return err
	})
	if err != nil || !due || r.Limit <= 0 {
		return nil, err
	}
	err = s.write(ctx, func(c conn) error {
		claimed, err = c.claim(r)
		return err
	})
	return claimed, err
}

func (c conn) claim(r crm.ClaimRequest) ([]crm.Delivery, error) {
	now := millis(r.Now)
	if _, err := c.exec(`UPDATE outbox SET state = 'unknown', claim = '', reason = ?, blocks = holds, updated_at = ?
		WHERE vendor = ? AND state = 'sending' AND due_at <= ? AND once = 1`, crm.ReasonWorkerLost, now, r.Vendor, now); err != nil {
		return nil, err
	}
	// Questions take half of the places at most, so that neither kind of work
	// keeps the other from being done.
	asked, err := c.claimable(r, []string{"unknown", "pending"}, "", max(1, r.Limit/2))
	if err != nil {
		return nil, err
	}
	sent, err := c.claimable(r, []string{"sending", "retry", "new"}, inTurn, r.Limit-len(asked))
	if err != nil {
		return nil, err
	}
	if sent, err = c.stillInTurn(sent); err != nil {
		return nil, err
	}
	if err := c.take(asked, "UPDATE outbox SET claim = ?, due_at = ?, updated_at = ? WHERE id IN (?)",
		r.Claim, millis(r.Until), now); err != nil {
		return nil, err
	}
	if err := c.take(sent, `UPDATE outbox SET claim = ?, due_at = ?, updated_at = ?, state = 'sending', blocks = 1, attempts = attempts + 1,
		sent_at = ? WHERE id IN (?)`, r.Claim, millis(r.Until), now, now); err != nil {
		return nil, err
	}
	for i := range sent {
		d := &sent[i]
		d.State = crm.DeliverySending
		d.Attempts++
		d.SentAt = fromMillis(now)
	}
	return append(asked, sent...), nil
}

// claimable locks deliveries in one of the states that are due. What another
// worker has locked in this moment is passed over.
func (c conn) claimable(r crm.ClaimRequest, states []string, condition string, limit int) (list []crm.Delivery, err error) {
	for _, state := range states {
		if limit <= len(list) {
			break
		}
		more, err := c.deliveries(`WHERE o.vendor = ? AND o.state = ? AND o.due_at <= ?`+condition+
			` ORDER BY o.due_at, o.seq LIMIT ?`+c.d.skipLocked, r.Vendor, state, millis(r.Now), limit-len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	for i := range list {
		list[i].Claim, list[i].DueAt, list[i].UpdatedAt = r.Claim, r.Until, r.Now
	}
	return list, nil
}

// stillInTurn leaves out what an older delivery stands before by now. A query
// that locks sees rows that were ordered while it runs, but its condition, which
// does not lock, is as old as its beginning: it may miss the elder of two.
func (c conn) stillInTurn(list []crm.Delivery) ([]crm.Delivery, error) {
	if len(list) == 0 || c.d.skipLocked == "" {
		return list, nil
	}
	var ids []string
	if err := c.inColumn(&ids, "SELECT o.id FROM outbox o WHERE o.id IN (?)"+inTurn, idsOf(list)); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(d crm.Delivery) bool { return !slices.Contains(ids, d.ID) }), nil
}

func idsOf(list []crm.Delivery) []string {
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	return ids
}

// take runs an update whose last argument is the IDs of the list.
func (c conn) take(list []crm.Delivery, query string, args ...any) error {
	if len(list) == 0 {
		return nil
	}
	matched, err := c.execIn(query, append(args, idsOf(list))...)
	if err == nil && matched != int64(len(list)) {
		return errAgain
	}
	return err
}

// SettleDelivery implements crm.Backend. The delivery's row is locked first, so
// its state decides who settles; the card's lock follows, as everywhere.
func (s *Store) SettleDelivery(ctx context.Context, r crm.Settlement) (settled crm.Delivery, err error) {
	err = s.write(ctx, func(c conn) error {
		settled, err = s.settle(c, r)
		return err
	})
	return settled, err
}

func (s *Store) settle(c conn, r crm.Settlement) (crm.Delivery, error) {
	before, err := c.delivery(r.ID, c.d.forUpdate)
	if err != nil {
		return crm.Delivery{}, err
	}
	if before.State.Final() {
		if before.State == r.State && before.Booked == r.Booked {
			return before, nil
		}
		return before, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(before.State)+" already")
	}
	if r.Claim != "" && before.Claim != r.Claim {
		return before, crm.Fail(crm.ErrOperationConflict, "somebody else has the delivery")
	}
	if r.Expect != "" && (before.State != r.Expect || before.Held(r.Now)) {
		return before, crm.Fail(crm.ErrOperationConflict, "the delivery is "+string(before.State)+" by now, or at work")
	}
	after := settledBy(before, r)
	if err := c.storeSettlement(after); err != nil {
		return before, err
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

// settledBy is the delivery after a settlement.
func settledBy(d crm.Delivery, r crm.Settlement) crm.Delivery {
	if r.State == crm.DeliveryNew && d.State == crm.DeliverySending {
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
func blocking(d crm.Delivery) bool {
	switch d.State {
	case crm.DeliveryNew, crm.DeliveryRetry, crm.DeliverySending:
		return true
	case crm.DeliveryPending, crm.DeliveryUnknown:
		return d.Holds
	}
	return false
}

func (c conn) storeSettlement(d crm.Delivery) error {
	var ref any
	if d.VendorRef != "" {
		ref = d.VendorRef
	}
	_, err := c.exec(`UPDATE outbox SET state = ?, due_at = ?, claim = '', blocks = ?, attempts = ?, vendor_ref = ?, booked = ?, reason = ?,
		answer = ?, updated_at = ? WHERE id = ?`,
		string(d.State), millis(d.DueAt), flag(blocking(d)), d.Attempts, ref, d.Booked, d.Reason, string(d.Answer), millis(d.UpdatedAt), d.ID)
	if c.d.duplicate(err) {
		return crm.Fail(crm.ErrOperationConflict, "the vendor's reference belongs to another delivery")
	}
	return err
}

// applyEffects changes the card when its delivery becomes final.
func (s *Store) applyEffects(c conn, d crm.Delivery, r crm.Settlement) error {
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
	offers := slices.Clone(r.Offers)
	for i := range offers {
		// The card may have been replaced since the vendor was asked.
		offers[i].Audience, offers[i].Target = crm.AudienceCard, d.CardNumber
	}
	return c.putOffers(offers)
}

// Delivery implements crm.Backend.
func (s *Store) Delivery(ctx context.Context, id string) (found crm.Delivery, err error) {
	err = s.read(ctx, func(c conn) error {
		found, err = c.delivery(id, "")
		return err
	})
	return found, err
}

// KnownReferences implements crm.Backend.
func (s *Store) KnownReferences(ctx context.Context, vendor string, references []string) (known []string, err error) {
	if len(references) == 0 {
		return nil, nil
	}
	err = s.read(ctx, func(c conn) error {
		known = nil
		return c.inColumn(&known, "SELECT vendor_ref FROM outbox WHERE vendor = ? AND vendor_ref IN (?) ORDER BY vendor_ref", vendor, references)
	})
	return known, err
}

// ListDeliveries implements crm.Backend.
func (s *Store) ListDeliveries(ctx context.Context, q crm.DeliveryQuery) (list []crm.Delivery, err error) {
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
	err = s.read(ctx, func(c conn) error {
		list, err = c.deliveries(where+" ORDER BY o.id LIMIT ?", append(args, q.Limit)...)
		return err
	})
	return list, err
}

// CountDeliveries implements crm.Backend.
func (s *Store) CountDeliveries(ctx context.Context, all bool) (counts []crm.DeliveryCount, err error) {
	which := "WHERE state IN ('new', 'retry', 'sending', 'unknown', 'pending') "
	if all {
		which = ""
	}
	var rows []struct {
		Vendor string `db:"vendor"`
		State  string `db:"state"`
		Count  int64  `db:"n"`
		Oldest int64  `db:"oldest"`
	}
	err = s.read(ctx, func(c conn) error {
		rows = rows[:0]
		return c.all(&rows, `SELECT vendor, state, COUNT(*) AS n, MIN(created_at) AS oldest FROM outbox `+which+
			`GROUP BY vendor, state ORDER BY vendor, state`)
	})
	for _, row := range rows {
		counts = append(counts, crm.DeliveryCount{
			Vendor: row.Vendor, State: crm.DeliveryState(row.State), Count: row.Count, Oldest: fromMillis(row.Oldest),
		})
	}
	return counts, err
}
