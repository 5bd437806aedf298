package sqldb

import (
	"context"
	"database/sql"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
	"koshelek-adapter/crm/engine"
)

type intentRow struct {
	ID        string         `db:"id"`
	Slot      sql.NullString `db:"slot"`
	Operation string         `db:"operation"`
	Card      string         `db:"card"`
	Ref       string         `db:"ref"`
	Person    string         `db:"person"`
	Content   string         `db:"content"`
	Told      string         `db:"told"`
	State     string         `db:"state"`
	Claim     string         `db:"claim"`
	DueAt     int64          `db:"due_at"`
	Attempts  int64          `db:"attempts"`
	SentAt    int64          `db:"sent_at"`
	Points    int64          `db:"points"`
	Booking   string         `db:"booking"`
	Reason    string         `db:"reason"`
	CreatedAt int64          `db:"created_at"`
	UpdatedAt int64          `db:"updated_at"`
}

const (
	intentColumns = "slot, operation, card, ref, person, content, told, state, claim, due_at, attempts, sent_at, points, booking, reason, created_at, updated_at, id"
	selectIntent  = "SELECT " + intentColumns + " FROM crm_intent "
	updateIntent  = `UPDATE crm_intent SET slot = ?, operation = ?, card = ?, ref = ?, person = ?, content = ?, told = ?, state = ?, claim = ?,
		due_at = ?, attempts = ?, sent_at = ?, points = ?, booking = ?, reason = ?, created_at = ?, updated_at = ? WHERE id = ?`
)

func (r intentRow) intent() connect.Intent {
	return connect.Intent{
		ID: r.ID, Slot: r.Slot.String, Operation: crm.Write(r.Operation), Card: r.Card, Ref: r.Ref, Person: r.Person, Content: r.Content,
		Order: []byte(r.Told), State: connect.State(r.State), Claim: r.Claim, DueAt: fromMillis(r.DueAt), Attempts: r.Attempts,
		SentAt: optionalTime(r.SentAt), Points: r.Points, Booking: r.Booking, Reason: r.Reason,
		CreatedAt: fromMillis(r.CreatedAt), UpdatedAt: fromMillis(r.UpdatedAt),
	}
}

// intentArgs are the values of intentColumns.
func intentArgs(in connect.Intent) []any {
	return []any{
		sql.NullString{String: in.Slot, Valid: in.Slot != ""}, string(in.Operation), in.Card, in.Ref, in.Person, in.Content, string(in.Order),
		string(in.State), in.Claim, millis(in.DueAt), in.Attempts, optionalMillis(in.SentAt), in.Points, in.Booking, in.Reason,
		millis(in.CreatedAt), millis(in.UpdatedAt), in.ID,
	}
}

// BeginIntent implements connect.Store. The slot's unique key decides who begins, a
// guarded update who takes over.
func (s *Store) BeginIntent(ctx context.Context, in connect.Intent, now time.Time) (connect.Intent, error) {
	return write(ctx, s, func(c conn) (connect.Intent, error) {
		held, found, err := c.intentOf(in.Slot)
		if err != nil {
			return held, err
		}
		if !found {
			taken, err := c.insert("INSERT INTO crm_intent ("+intentColumns+") VALUES "+values(1, 18), intentArgs(in)...)
			if taken {
				err = errAgain // begun in this moment
			}
			return in, err
		}
		if held.Claim == in.Claim || held.State == connect.StateDone || held.Claim != "" && held.DueAt.After(now) {
			return held, nil
		}
		matched, err := c.exec("UPDATE crm_intent SET claim = ?, due_at = ? WHERE id = ? AND claim = ? AND due_at = ? AND state <> 'done'",
			in.Claim, millis(in.DueAt), held.ID, held.Claim, millis(held.DueAt))
		if err == nil && matched != 1 {
			err = errAgain
		}
		held.Claim, held.DueAt = in.Claim, in.DueAt
		return held, err
	})
}

func (c conn) intentOf(slot string) (held connect.Intent, found bool, err error) {
	rows, err := list(c, intentRow.intent, selectIntent+"WHERE slot = ?", slot)
	if err != nil || len(rows) == 0 {
		return held, false, err
	}
	return rows[0], true, nil
}

// SaveIntent implements connect.Store.
func (s *Store) SaveIntent(ctx context.Context, in connect.Intent, release bool) error {
	claim := in.Claim
	if release {
		in.Claim = ""
	}
	return s.do(ctx, func(c conn) error { return c.saveIntent(in, claim) })
}

// saveIntent stores an intent that is claimed so, also when that happened before and
// the answer was lost.
func (c conn) saveIntent(in connect.Intent, claim string) error {
	matched, err := c.exec(updateIntent+" AND claim = ?", append(intentArgs(in), claim)...)
	if err != nil || matched == 1 {
		return err
	}
	return c.savedBefore(in)
}

func (c conn) savedBefore(in connect.Intent) error {
	now, err := only(c, intentRow.intent, crm.ErrOperationConflict, selectIntent+"WHERE id = ?", in.ID)
	if err == nil && (now.Claim != in.Claim || now.State != in.State || !now.UpdatedAt.Equal(in.UpdatedAt)) {
		err = crm.ErrOperationConflict
	}
	return err
}

// EndIntent implements connect.Store.
func (s *Store) EndIntent(ctx context.Context, in connect.Intent) error {
	claim, code := in.Claim, in.UsedCode()
	in.Claim, in.DueAt = "", in.UpdatedAt
	if in.Operation != crm.WriteChannels {
		in.Order = nil
	}
	if !in.Once() {
		in.Slot = ""
	}
	return s.do(ctx, func(c conn) error {
		if in.State == connect.StateDone && in.Kept() {
			return c.saveIntent(in, claim)
		}
		matched, err := c.exec("DELETE FROM crm_intent WHERE id = ? AND claim = ?", in.ID, claim)
		if err == nil && matched == 1 && code != "" {
			_, err = c.exec("UPDATE promo_code SET used = used - 1 WHERE code = ? AND used > 0", code)
		}
		if err != nil || matched == 1 {
			return err
		}
		// It is gone already: this call's own commit, whose answer was lost.
		left, err := list(c, intentRow.intent, selectIntent+"WHERE id = ?", in.ID)
		if err == nil && len(left) > 0 {
			err = crm.ErrOperationConflict
		}
		return err
	})
}

// UseCode implements connect.Store. The intent's order tells whether its use is
// counted.
func (s *Store) UseCode(ctx context.Context, in connect.Intent, code string) error {
	return s.do(ctx, func(c conn) error {
		held, err := only(c, intentRow.intent, crm.ErrOperationConflict, selectIntent+"WHERE id = ?"+c.d.forUpdate, in.ID)
		switch {
		case err != nil:
			return err
		case held.Claim != in.Claim:
			return crm.ErrOperationConflict
		case len(held.Order) > 0:
			return nil
		}
		if err := c.countUse(code, in.UpdatedAt); err != nil {
			return err
		}
		return c.saveIntent(in, in.Claim)
	})
}

// EarnToday implements connect.Store. The row of the card's link is the lock.
func (s *Store) EarnToday(ctx context.Context, in connect.Intent, limit engine.DayLimit) (int64, error) {
	return write(ctx, s, func(c conn) (int64, error) {
		if _, err := c.exec("UPDATE crm_link SET dropped_at = dropped_at WHERE number = ?", in.Card); err != nil {
			return 0, err
		}
		var receipts, points int64
		err := c.one(`SELECT COUNT(*), COALESCE(SUM(points), 0) FROM crm_intent WHERE card = ? AND operation = 'points' AND points > 0
			AND slot LIKE 'receipt:%' AND created_at >= ? AND id <> ?`, []any{in.Card, millis(limit.Since), in.ID}, &receipts, &points)
		if err != nil {
			return 0, err
		}
		if limit.Receipts > 0 && receipts >= limit.Receipts {
			return 0, crm.ErrReceiptLimit
		}
		if limit.Points > 0 {
			in.Points = max(0, min(in.Points, limit.Points-points))
		}
		return in.Points, c.saveIntent(in, in.Claim)
	})
}

// DueIntents implements connect.Store.
func (s *Store) DueIntents(ctx context.Context, claim string, now, until time.Time, limit int) ([]connect.Intent, error) {
	return write(ctx, s, func(c conn) ([]connect.Intent, error) {
		due, err := list(c, intentRow.intent, selectIntent+"WHERE state = 'open' AND due_at <= ? ORDER BY due_at LIMIT ?"+c.d.skipLocked, millis(now), limit)
		if err != nil || len(due) == 0 {
			return nil, err
		}
		ids := make([]string, len(due))
		for i := range due {
			ids[i], due[i].Claim, due[i].DueAt = due[i].ID, claim, until
		}
		matched, err := c.execIn("UPDATE crm_intent SET claim = ?, due_at = ? WHERE id IN (?) AND due_at <= ?", claim, millis(until), ids, millis(now))
		if err == nil && matched != int64(len(ids)) {
			err = errAgain
		}
		return due, err
	})
}

// Intent implements connect.Store.
func (s *Store) Intent(ctx context.Context, id string) (connect.Intent, error) {
	return read(ctx, s, func(c conn) (connect.Intent, error) {
		return only(c, intentRow.intent, crm.ErrDeliveryNotFound, selectIntent+"WHERE id = ?", id)
	})
}

// Intents implements connect.Store.
func (s *Store) Intents(ctx context.Context, state connect.State, card, after string, limit int) ([]connect.Intent, error) {
	return scan(ctx, s, func(c conn) ([]connect.Intent, error) {
		return list(c, intentRow.intent, selectIntent+"WHERE id > ? AND (? = '' OR state = ?) AND (? = '' OR card = ?) ORDER BY id LIMIT ?",
			after, string(state), string(state), card, card, limit)
	})
}

// CountIntents implements connect.Store.
func (s *Store) CountIntents(ctx context.Context) (map[connect.State]connect.Counted, error) {
	return scan(ctx, s, func(c conn) (map[connect.State]connect.Counted, error) {
		counts := map[connect.State]connect.Counted{}
		err := c.each(func(rows *sql.Rows) error {
			var state string
			var n, oldest int64
			err := rows.Scan(&state, &n, &oldest)
			counts[connect.State(state)] = connect.Counted{Count: n, Oldest: fromMillis(oldest)}
			return err
		}, "SELECT state, COUNT(*), MIN(created_at) FROM crm_intent GROUP BY state")
		return counts, err
	})
}
