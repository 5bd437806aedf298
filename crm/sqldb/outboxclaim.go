package sqldb

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm/outbox"
)

// lookAhead is how many deliveries in a state are looked at, at most, when those
// that come first have to wait.
const lookAhead = 200

// claimLooks is how often a claim looks again when other workers took all that it
// had seen.
const claimLooks = 8

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
func (d candidate) lost() bool { return d.State == string(outbox.StateSending) && d.Once }

// sendOrder is in which order a claim takes what is to be sent.
var sendOrder = []outbox.State{outbox.StateSending, outbox.StateRetry, outbox.StateNew}

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

// ClaimDeliveries implements engine.Store. Looks without a lock come first, so
// that an idle outbox costs no transaction.
func (s *Store) ClaimDeliveries(ctx context.Context, r outbox.ClaimRequest) ([]outbox.Delivery, error) {
	if r.Limit <= 0 {
		return nil, nil
	}
	if err := s.sweep(ctx, r.Vendor); err != nil {
		return nil, err
	}
	missed := map[int64]bool{} // what other workers had at hand
	for range claimLooks {
		chosen, err := s.candidates(ctx, r, missed)
		if err != nil || len(chosen) == 0 {
			return nil, err
		}
		claimed, err := write(ctx, s, func(c conn) ([]outbox.Delivery, error) { return c.claim(r, chosen) })
		if err != nil || len(claimed) > 0 {
			return claimed, err
		}
		for _, d := range chosen {
			missed[d.Seq] = true
		}
	}
	return nil, nil
}

// candidates looks for what can be handed out, and parks what has to wait until
// there is enough, or nothing more to park. Half of the limit to be sent is enough:
// questions do not count, lest a vendor with many of them is sent nothing.
func (s *Store) candidates(ctx context.Context, r outbox.ClaimRequest, missed map[int64]bool) ([]candidate, error) {
	most := max(lookAhead, r.Limit+len(missed))
	for window := r.Limit + len(missed); ; window = min(2*window, most) {
		due, err := s.look(ctx, r, window)
		if err != nil || len(due) == 0 {
			return nil, err
		}
		settled, err := s.workerLost(ctx, due, r.Now)
		if err != nil {
			return nil, err
		}
		due = slices.DeleteFunc(due, func(d candidate) bool { return d.lost() || missed[d.Seq] })
		chosen, waiting := choose(due, r.Limit)
		if settled == 0 && (len(chosen) == r.Limit || len(waiting) == 0) {
			return chosen, nil
		}
		parked, err := s.park(ctx, waiting)
		if err != nil {
			return nil, err
		}
		if settled == 0 && (parked == 0 && window == most || 2*toSend(chosen) >= r.Limit) {
			return chosen, nil
		}
	}
}

func (s *Store) look(ctx context.Context, r outbox.ClaimRequest, window int) ([]candidate, error) {
	var args []any
	for range lookParts {
		args = append(args, r.Vendor, millis(r.Now), window)
	}
	due, err := read(ctx, s, func(c conn) (due []candidate, err error) {
		err = c.all(&due, lookQuery(c.d), args...)
		return due, err
	})
	slices.SortStableFunc(due, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.DueAt, b.DueAt), cmp.Compare(a.Seq, b.Seq)) })
	return due, err
}

// choose takes up to limit deliveries: questions half of them at most, so that
// neither kind of work keeps the other from being done. It gives back besides
// which ones have to wait for others.
func choose(due []candidate, limit int) (chosen, waiting []candidate) {
	in := func(state outbox.State, most int) {
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
	in(outbox.StateUnknown, max(1, limit/2))
	in(outbox.StatePending, max(1, limit/2))
	for _, state := range sendOrder {
		in(state, limit)
	}
	return chosen, waiting
}

// toSend counts what is not to be asked about.
func toSend(chosen []candidate) (n int) {
	for _, d := range chosen {
		if slices.Contains(sendOrder, outbox.State(d.State)) {
			n++
		}
	}
	return n
}

// workerLost makes deliveries unknown that a lost worker may have sent, and tells
// how many. What others have locked in this moment is left to them.
func (s *Store) workerLost(ctx context.Context, due []candidate, now time.Time) (settled int, err error) {
	lost := slices.DeleteFunc(slices.Clone(due), func(d candidate) bool { return !d.lost() })
	if len(lost) == 0 {
		return 0, nil
	}
	return write(ctx, s, func(c conn) (int, error) { return c.workerLost(lost, millis(now)) })
}

func (c conn) workerLost(lost []candidate, now int64) (settled int, err error) {
	locked, err := c.lock(lost)
	if err != nil {
		return 0, err
	}
	for _, seen := range lost {
		d, has := locked[seen.Seq]
		if !has || d.State != outbox.StateSending || millis(d.DueAt) > now {
			continue
		}
		if _, err := c.exec("UPDATE outbox SET state = 'unknown', claim = '', reason = ?, blocks = holds, parked = 0, updated_at = ? WHERE seq = ?",
			outbox.ReasonWorkerLost, now, seen.Seq); err != nil {
			return 0, err
		}
		settled++
		if d.Holds {
			continue
		}
		if err := c.unpark(d); err != nil {
			return 0, err
		}
	}
	return settled, nil
}

// lock locks deliveries and reads them as they are by now. What others have
// locked in this moment is passed over.
func (c conn) lock(list []candidate) (map[int64]outbox.Delivery, error) {
	seqs := make([]int64, len(list))
	of := map[string]int64{}
	for i, d := range list {
		seqs[i] = d.Seq
		of[d.ID] = d.Seq
	}
	rows, err := c.deliveriesIn("WHERE o.seq IN (?)"+c.d.skipLocked, seqs)
	locked := map[int64]outbox.Delivery{}
	for _, d := range rows {
		locked[of[d.ID]] = d
	}
	return locked, err
}

// claim locks what was chosen, looks whether it is still to be had, and takes it.
func (c conn) claim(r outbox.ClaimRequest, chosen []candidate) ([]outbox.Delivery, error) {
	locked, err := c.lock(chosen)
	if err != nil {
		return nil, err
	}
	now := millis(r.Now)
	var mine []outbox.Delivery
	var asked, sent []lockedRow
	for _, seen := range chosen {
		d, has := locked[seen.Seq]
		switch {
		case has && d.Claim == r.Claim && millis(d.DueAt) == millis(r.Until) && millis(d.UpdatedAt) == now:
			mine = append(mine, d) // taken before the answer to the commit was lost
		case !has, string(d.State) != seen.State, millis(d.DueAt) > now:
		case d.State == outbox.StateUnknown, d.State == outbox.StatePending:
			asked = append(asked, lockedRow{seen.Seq, d})
		default:
			sent = append(sent, lockedRow{seen.Seq, d})
		}
	}
	if sent, err = c.inTurn(sent); err != nil {
		return nil, err
	}
	if err := c.take(asked, "UPDATE outbox SET claim = ?, due_at = ?, updated_at = ? WHERE seq IN (?)",
		r.Claim, millis(r.Until), now); err != nil {
		return nil, err
	}
	if err := c.take(sent, `UPDATE outbox SET claim = ?, due_at = ?, updated_at = ?, state = 'sending', blocks = 1, attempts = attempts + 1,
		sent_at = ? WHERE seq IN (?)`, r.Claim, millis(r.Until), now, now); err != nil {
		return nil, err
	}
	for i := range sent {
		d := &sent[i].Delivery
		d.State = outbox.StateSending
		d.Attempts++
		d.SentAt = fromMillis(now)
	}
	for _, h := range slices.Concat(asked, sent) {
		h.Claim, h.DueAt, h.UpdatedAt = r.Claim, r.Until, r.Now
		mine = append(mine, h.Delivery)
	}
	return mine, nil
}

// lockedRow is a delivery whose row is locked.
type lockedRow struct {
	seq int64
	outbox.Delivery
}

// inTurn leaves out what an older delivery stands before by now: the look may
// have missed the elder of two that were ordered while it ran.
func (c conn) inTurn(list []lockedRow) ([]lockedRow, error) {
	if len(list) == 0 {
		return nil, nil
	}
	seqs, err := inColumn[int64](c, "SELECT o.seq FROM outbox o WHERE o.seq IN (?) AND o.seq = "+headOfLine, seqsOf(list))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(h lockedRow) bool { return !slices.Contains(seqs, h.seq) }), nil
}

func seqsOf(list []lockedRow) []int64 {
	seqs := make([]int64, len(list))
	for i, h := range list {
		seqs[i] = h.seq
	}
	return seqs
}

// take runs an update whose last argument is the rows of the list.
func (c conn) take(list []lockedRow, query string, args ...any) error {
	if len(list) == 0 {
		return nil
	}
	matched, err := c.execIn(query, append(args, seqsOf(list))...)
	if err == nil && matched != int64(len(list)) {
		return errAgain
	}
	return err
}
