package sqldb

import (
	"context"
	"math"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// statementChunk is how many rows or values one statement carries.
const statementChunk = 500

// AddNumbers implements engine.Store.
func (s *Store) AddNumbers(ctx context.Context, r engine.PoolRequest) ([]crm.CardNumber, error) {
	return write(ctx, s, func(c conn) (added []crm.CardNumber, err error) {
		for chunk := range slices.Chunk(r.Numbers, statementChunk) {
			fresh, err := c.addNumbers(chunk, r.ReservedUntil, r.Now)
			if err != nil {
				return nil, err
			}
			added = append(added, fresh...)
		}
		return added, nil
	})
}

func (c conn) addNumbers(numbers []crm.CardNumber, until, now time.Time) ([]crm.CardNumber, error) {
	known, err := c.knownNumbers(numbers)
	if err != nil {
		return nil, err
	}
	var fresh []crm.CardNumber
	var args []any
	for _, n := range numbers {
		if known[n.Number] {
			continue
		}
		known[n.Number] = true // a number may stand twice in one call
		fresh = append(fresh, n)
		args = append(args, n.Number, n.BarcodeNumber, string(n.BarcodeType), reservedMillis(until), millis(now))
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	_, err = c.execBuilt("INSERT INTO card_pool (number, barcode_number, barcode_type, reserved_until, added_at) VALUES "+
		values(len(fresh), 5), args...)
	if c.d.duplicate(err) {
		return nil, errAgain // added by another process in this moment
	}
	return fresh, err
}

// knownNumbers asks the pool first and the cards, ours and those of a CRM, second: a
// number that moves from one to the other in between is then seen at least once.
func (c conn) knownNumbers(numbers []crm.CardNumber) (map[string]bool, error) {
	asked := make([]string, len(numbers))
	for i, n := range numbers {
		asked[i] = n.Number
	}
	known := map[string]bool{}
	for _, table := range []string{"card_pool", "card", "crm_link"} {
		found, err := inColumn[string](c, "SELECT number FROM "+table+" WHERE number IN (?)", asked)
		if err != nil {
			return nil, err
		}
		for _, number := range found {
			known[number] = true
		}
	}
	return known, nil
}

// reservedMillis stores the zero time as 0 and crm.Forever as the largest number.
func reservedMillis(until time.Time) int64 {
	switch {
	case until.IsZero():
		return 0
	case !until.Before(crm.Forever):
		return math.MaxInt64
	}
	return millis(until)
}

// pooledRow is a number of the pool.
type pooledRow struct {
	Number        string `db:"number"`
	BarcodeNumber string `db:"barcode_number"`
	BarcodeType   string `db:"barcode_type"`
	ReservedUntil int64  `db:"reserved_until"`
}

const selectPooled = "SELECT number, barcode_number, barcode_type, reserved_until FROM card_pool "

func (r pooledRow) number() crm.CardNumber {
	return crm.CardNumber{Number: r.Number, BarcodeNumber: r.BarcodeNumber, BarcodeType: crm.BarcodeType(r.BarcodeType)}
}

func (r pooledRow) pooled() engine.PooledNumber {
	until := crm.Forever
	if r.ReservedUntil != math.MaxInt64 {
		until = fromMillis(r.ReservedUntil)
	}
	return engine.PooledNumber{CardNumber: r.number(), ReservedUntil: until}
}

// LeaseNumbers implements engine.Store. Rows that another process is leasing are
// passed over; the guard in the UPDATE has the last word where that lock is
// local to one node.
func (s *Store) LeaseNumbers(ctx context.Context, r engine.LeaseRequest) ([]crm.CardNumber, error) {
	return write(ctx, s, func(c conn) ([]crm.CardNumber, error) {
		leased, err := list(c, pooledRow.number, selectPooled+
			"WHERE reserved_until <= ? ORDER BY reserved_until, number LIMIT ?"+c.d.skipLocked, millis(r.Now), r.Count)
		if err != nil || len(leased) == 0 {
			return nil, err
		}
		numbers := make([]string, len(leased))
		for i, n := range leased {
			numbers[i] = n.Number
		}
		matched, err := c.execIn("UPDATE card_pool SET reserved_until = ? WHERE number IN (?) AND reserved_until <= ?",
			reservedMillis(r.Until), numbers, millis(r.Now))
		if err == nil && matched != int64(len(numbers)) {
			return nil, errAgain
		}
		return leased, err
	})
}

// ReleaseNumbers implements engine.Store.
func (s *Store) ReleaseNumbers(ctx context.Context, numbers []string, until time.Time) error {
	if len(numbers) == 0 {
		return nil
	}
	return s.do(ctx, func(c conn) error {
		_, err := c.execIn("UPDATE card_pool SET reserved_until = 0 WHERE number IN (?) AND reserved_until = ?",
			numbers, reservedMillis(until))
		return err
	})
}

// CountNumbers implements engine.Store.
func (s *Store) CountNumbers(ctx context.Context, now time.Time) (crm.PoolLevel, error) {
	return scan(ctx, s, func(c conn) (level crm.PoolLevel, err error) {
		err = c.one(`SELECT COALESCE(SUM(CASE WHEN reserved_until <= ? THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN reserved_until > ? AND reserved_until < ? THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN reserved_until = ? THEN 1 ELSE 0 END), 0) FROM card_pool`,
			[]any{millis(now), millis(now), int64(math.MaxInt64), int64(math.MaxInt64)},
			&level.Free, &level.Reserved, &level.HandedOver)
		return level, err
	})
}
