package sqldb

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"koshelek-adapter/crm"
)

// A delivery that has to wait for an older one of its line is parked when a
// worker first meets it: a parked row is not looked at. Whoever ends the wait
// (see unpark) makes the next one of the line worth a look again. So a claim
// costs what it hands out, however much waits behind that.
//
// The flag is only a hint, which is why it may be taken off too often; it must
// never stay on for a row that waits for nothing. So a row is parked under the
// lock of the one that it waits for, while that one still blocks: whoever ends
// its blocking has that lock too, and finds what was parked before.

// lookAhead is how many deliveries in a state are looked at, at most, when those
// that come first have to wait.
const lookAhead = 200

// candidate is a delivery that was due at a look without locks.
type candidate struct {
	Seq   int64  `db:"seq"`
	ID    string `db:"id"`
	State string `db:"state"`
	Once  bool   `db:"once"`
	DueAt int64  `db:"due_at"`
	// Head is the delivery that it waits for, or itself.
	Head int64 `db:"head"`
}

func (d candidate) waits() bool { return d.Head != d.Seq }

// lost reports whether a worker may have sent it and was lost; it must not be
// sent again.
func (d candidate) lost() bool { return d.State == string(crm.DeliverySending) && d.Once }

// sendOrder is in which order a claim takes what is to be sent.
var sendOrder = []crm.DeliveryState{crm.DeliverySending, crm.DeliveryRetry, crm.DeliveryNew}

// headOfLine is the oldest of the deliveries of o's line that block later ones;
// what is to be sent blocks too, so the oldest may be o itself.
const headOfLine = "(SELECT p.seq FROM outbox p WHERE p.line = o.line AND p.blocks = 1 ORDER BY p.seq LIMIT 1)"

// lookParts are what is due by state. Who only asks a vendor does not wait for
// older deliveries, nor does what a lost worker left behind (see workerLost).
var lookParts = []struct{ condition, head string }{
	{"o.state = 'sending' AND o.once = 1", "o.seq"},
	{"o.state = 'unknown'", "o.seq"},
	{"o.state = 'pending'", "o.seq"},
	{"o.state = 'sending' AND o.once = 0", headOfLine},
	{"o.state = 'retry'", headOfLine},
	{"o.state = 'new'", headOfLine},
}

func lookQuery(d *dialect) string {
	parts := make([]string, len(lookParts))
	for i, p := range lookParts {
		parts[i] = d.branch[0] + "SELECT o.seq, o.id, o.state, o.once, o.due_at, " + p.head + ` AS head FROM outbox o
			WHERE o.vendor = ? AND o.parked = 0 AND ` + p.condition + " AND o.due_at <= ? ORDER BY o.due_at, o.seq LIMIT ?" + d.branch[1]
	}
	return strings.Join(parts, " UNION ALL ")
}

// ClaimDeliveries implements crm.Backend. Looks without a lock come first, so
// that an idle outbox costs no transaction.
func (s *Store) ClaimDeliveries(ctx context.Context, r crm.ClaimRequest) (claimed []crm.Delivery, err error) {
	if r.Limit <= 0 {
		return nil, nil
	}
	err = repeat(func() error {
		chosen, err := s.candidates(ctx, r)
		if err != nil || len(chosen) == 0 {
			return err
		}
		err = s.write(ctx, func(c conn) error {
			claimed, err = c.claim(r, chosen)
			return err
		})
		if err == nil && len(claimed) == 0 {
			return errAgain // other workers took them in this moment
		}
		return err
	}, errAgain)
	if errors.Is(err, crm.ErrBusy) {
		return nil, nil // they take all there is
	}
	return claimed, err
}

// candidates looks for what can be handed out, and parks what has to wait until
// there is enough, or nothing more to park.
func (s *Store) candidates(ctx context.Context, r crm.ClaimRequest) ([]candidate, error) {
	for window := r.Limit; ; window = max(r.Limit, min(2*window, lookAhead)) {
		due, err := s.look(ctx, r, window)
		if err != nil || len(due) == 0 {
			return nil, err
		}
		if lost := slices.DeleteFunc(slices.Clone(due), func(d candidate) bool { return !d.lost() }); len(lost) > 0 {
			if err := s.write(ctx, func(c conn) error { return c.workerLost(lost, millis(r.Now)) }); err != nil {
				return nil, err
			}
			continue
		}
		chosen, waiting := choose(due, r.Limit)
		if len(chosen) == r.Limit || len(waiting) == 0 {
			return chosen, nil
		}
		parked := int64(0)
		err = s.write(ctx, func(c conn) error {
			parked, err = c.park(waiting)
			return err
		})
		if err != nil || parked == 0 {
			return chosen, err
		}
	}
}

func (s *Store) look(ctx context.Context, r crm.ClaimRequest, window int) (due []candidate, err error) {
	var args []any
	for range lookParts {
		args = append(args, r.Vendor, millis(r.Now), window)
	}
	err = s.read(ctx, func(c conn) error {
		due = nil
		return c.all(&due, lookQuery(c.d), args...)
	})
	slices.SortStableFunc(due, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.DueAt, b.DueAt), cmp.Compare(a.Seq, b.Seq)) })
	return due, err
}

// choose takes up to limit deliveries: questions half of them at most, so that
// neither kind of work keeps the other from being done. It gives back besides
// which ones have to wait for others.
func choose(due []candidate, limit int) (chosen, waiting []candidate) {
	in := func(state crm.DeliveryState, most int) {
		for _, d := range due {
			switch {
			case d.State != string(state):
			case d.waits():
				waiting = append(waiting, d)
			case len(chosen) < most:
				chosen = append(chosen, d)
			}
		}
	}
	in(crm.DeliveryUnknown, max(1, limit/2))
	in(crm.DeliveryPending, max(1, limit/2))
	for _, state := range sendOrder {
		in(state, limit)
	}
	return chosen, waiting
}

// workerLost makes deliveries unknown that a lost worker may have sent.
func (c conn) workerLost(lost []candidate, now int64) error {
	locked, err := c.lock(lost)
	if err != nil {
		return err
	}
	for _, d := range locked {
		if d.State != crm.DeliverySending || millis(d.DueAt) > now {
			continue
		}
		if _, err := c.exec("UPDATE outbox SET state = 'unknown', claim = '', reason = ?, blocks = holds, parked = 0, updated_at = ? WHERE id = ?",
			crm.ReasonWorkerLost, now, d.ID); err != nil {
			return err
		}
		if d.Holds {
			continue
		}
		if err := c.unpark([]string{d.ID}); err != nil {
			return err
		}
	}
	return nil
}

// lock locks deliveries and reads them as they are by now. What others have
// locked in this moment is passed over.
func (c conn) lock(list []candidate) ([]crm.Delivery, error) {
	return c.deliveriesIn("WHERE o.seq IN (?) ORDER BY o.seq"+c.d.skipLocked, seqsOf(list))
}

func seqsOf(list []candidate) []int64 {
	seqs := make([]int64, len(list))
	for i, d := range list {
		seqs[i] = d.Seq
	}
	return seqs
}

// park parks deliveries whose blocker it can lock, and tells how many.
func (c conn) park(waiting []candidate) (int64, error) {
	blockers := map[int64][]int64{}
	for _, d := range waiting {
		blockers[d.Head] = append(blockers[d.Head], d.Seq)
	}
	var asked []int64
	for blocker := range blockers {
		asked = append(asked, blocker)
	}
	slices.Sort(asked)
	var seqs []int64
	if err := inColumn(c, &seqs, "SELECT seq FROM outbox WHERE seq IN (?) AND blocks = 1 ORDER BY seq"+c.d.skipLocked, asked); err != nil {
		return 0, err
	}
	var parked []int64
	for _, blocker := range seqs {
		parked = append(parked, blockers[blocker]...)
	}
	if len(parked) == 0 {
		return 0, nil
	}
	slices.Sort(parked)
	return c.execIn("UPDATE outbox SET parked = 1 WHERE seq IN (?) AND parked = 0 AND state IN ('new', 'retry', 'sending')", parked)
}

// unpark makes the next delivery worth a look that waited in the line of each
// which does not block any more. Those behind it wait for it.
func (c conn) unpark(ids []string) error {
	var found []sql.NullInt64
	if err := inColumn(c, &found, `SELECT (SELECT n.seq FROM outbox n WHERE n.line = o.line AND n.blocks = 1 AND n.parked = 1 ORDER BY n.seq LIMIT 1)
		FROM outbox o WHERE o.id IN (?)`, ids); err != nil {
		return err
	}
	var next []int64
	for _, seq := range found {
		if seq.Valid {
			next = append(next, seq.Int64)
		}
	}
	if len(next) == 0 {
		return nil
	}
	slices.Sort(next)
	_, err := c.execIn("UPDATE outbox SET parked = 0 WHERE seq IN (?)", next)
	return err
}

// claim locks what was chosen, looks whether it is still to be had, and takes it.
func (c conn) claim(r crm.ClaimRequest, chosen []candidate) ([]crm.Delivery, error) {
	locked, err := c.lock(chosen)
	if err != nil {
		return nil, err
	}
	byID := map[string]crm.Delivery{}
	for _, d := range locked {
		byID[d.ID] = d
	}
	now := millis(r.Now)
	var asked, sent []crm.Delivery
	for _, seen := range chosen {
		d, has := byID[seen.ID]
		if !has || string(d.State) != seen.State || millis(d.DueAt) > now {
			continue
		}
		d.Claim, d.DueAt, d.UpdatedAt = r.Claim, r.Until, r.Now
		if d.State == crm.DeliveryUnknown || d.State == crm.DeliveryPending {
			asked = append(asked, d)
		} else {
			sent = append(sent, d)
		}
	}
	if sent, err = c.inTurn(sent); err != nil {
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

// inTurn leaves out what an older delivery stands before by now: the look may
// have missed the elder of two that were ordered while it ran.
func (c conn) inTurn(list []crm.Delivery) ([]crm.Delivery, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var ids []string
	if err := inColumn(c, &ids, "SELECT o.id FROM outbox o WHERE o.id IN (?) AND o.seq = "+headOfLine, idsOf(list)); err != nil {
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
