package sqldb

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"koshelek-adapter/crm/outbox"
)

// A delivery that has to wait for an older one of its line is parked when a
// worker first meets it: a parked row is not looked at. Whoever ends the wait
// (see unpark) makes the next one of the line worth a look again. So a claim
// costs what it hands out, however much waits behind that.
//
// The flag is only a hint, which is why it may be taken off too often; it must
// not stay on for a row that waits for nothing. So a row is parked under the
// lock of the one that it waits for, while that one still blocks: whoever ends
// its blocking has that lock too, and finds what was parked before. Two nodes of
// a cluster do not see each other's locks, and an older build does not know of
// the flag; what they leave parked is found by a sweep now and then.

// sweepEvery is how often a store looks for what was left parked at a vendor.
const sweepEvery = time.Minute

func (s *Store) park(ctx context.Context, waiting []candidate) (parked int64, err error) {
	if len(waiting) == 0 {
		return 0, nil
	}
	return write(ctx, s, func(c conn) (int64, error) { return c.park(waiting) })
}

// park parks the deliveries that it can lock together with what they wait for,
// and tells how many. What a worker may have sent is never parked.
func (c conn) park(waiting []candidate) (int64, error) {
	var seqs []int64
	for _, d := range waiting {
		seqs = append(seqs, d.Seq, d.Head)
	}
	slices.Sort(seqs)
	var locked []struct {
		Seq    int64  `db:"seq"`
		Blocks bool   `db:"blocks"`
		Parked bool   `db:"parked"`
		State  string `db:"state"`
		Once   bool   `db:"once"`
	}
	if err := c.in(&locked, "SELECT seq, blocks, parked, state, once FROM outbox WHERE seq IN (?)"+c.d.skipLocked, slices.Compact(seqs)); err != nil {
		return 0, err
	}
	blocks, free := map[int64]bool{}, map[int64]bool{}
	for _, row := range locked {
		blocks[row.Seq] = row.Blocks
		free[row.Seq] = row.Blocks && !row.Parked && !(row.Once && row.State == string(outbox.StateSending))
	}
	var parked []int64
	for _, d := range waiting {
		if free[d.Seq] && blocks[d.Head] {
			parked = append(parked, d.Seq)
		}
	}
	if len(parked) == 0 {
		return 0, nil
	}
	return c.execIn("UPDATE outbox SET parked = 1 WHERE seq IN (?)", parked)
}

// sweep takes the mark off what is parked at a vendor and waits for nothing.
func (s *Store) sweep(ctx context.Context, vendor string) error {
	now := time.Now()
	if last, swept := s.swept.Load(vendor); swept && now.Sub(last.(time.Time)) < sweepEvery {
		return nil
	}
	s.swept.Store(vendor, now)
	forgotten, err := read(ctx, s, func(c conn) ([]int64, error) {
		return inColumn[int64](c, `SELECT o.seq FROM outbox o WHERE o.vendor = ? AND o.parked = 1
			AND (o.blocks = 0 OR o.state NOT IN ('new', 'retry', 'sending') OR o.seq = `+headOfLine+`) LIMIT 1000`, vendor)
	})
	if err != nil || len(forgotten) == 0 {
		return err
	}
	return s.do(ctx, func(c conn) error {
		_, err := c.execIn("UPDATE outbox SET parked = 0 WHERE seq IN (?)", forgotten)
		return err
	})
}

// unpark makes the next delivery worth a look that waited in the line of each
// which does not block any more. Those behind it wait for it.
func (c conn) unpark(freed ...outbox.Delivery) error {
	if len(freed) == 0 {
		return nil
	}
	ids := make([]string, len(freed))
	for i, d := range freed {
		ids[i] = d.ID
	}
	next, err := inColumn[sql.NullInt64](c, `SELECT (SELECT n.seq FROM outbox n WHERE n.line = o.line AND n.blocks = 1 AND n.parked = 1
		ORDER BY n.seq LIMIT 1) FROM outbox o WHERE o.id IN (?)`, ids)
	next = slices.DeleteFunc(next, func(seq sql.NullInt64) bool { return !seq.Valid })
	if err != nil || len(next) == 0 {
		return err
	}
	slices.SortFunc(next, func(a, b sql.NullInt64) int { return cmp.Compare(a.Int64, b.Int64) })
	_, err = c.execIn("UPDATE outbox SET parked = 0 WHERE seq IN (?)", next)
	return err
}
