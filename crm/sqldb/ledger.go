package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// addPoints changes a card's balance under a guard and tells whether the card
// passed it. The lock that it takes on the card's row orders everything that
// happens to the card's points. The guard is the rest of the WHERE clause.
func (c conn) addPoints(number string, points int64, guard string, now time.Time) (bool, error) {
	matched, err := c.exec("UPDATE card SET balance = balance + ?, earned_total = earned_total + ?, updated_at = ?"+
		" WHERE number = ?"+guard, points, max(points, 0), millis(now), number)
	return matched == 1, err
}

const (
	ifActive     = " AND state = 'active'"
	ifNotBlocked = " AND state <> 'blocked'"
)

// credit writes the posting and the lot of points that addPoints has added.
// errRepeated when the key was used before.
func (s *Store) credit(c conn, number, key string, a crm.Accrual, now time.Time) error {
	if a.Points == 0 {
		return nil
	}
	id := s.ids.next(now)
	if err := c.post(id, number, key, a.Kind, a.Points, a.Description, now); err != nil {
		return err
	}
	return c.openLot(id, number, a)
}

// openLot stores the points of a posting as a lot of the same ID.
func (c conn) openLot(id, number string, a crm.Accrual) error {
	_, err := c.exec(insertLot+"(?, ?, ?, ?, ?, ?, ?, ?)",
		id, number, a.Points, a.Points, 1, a.Description, millis(a.AvailableFrom), millis(a.ValidUntil))
	return err
}

// post appends a line to the ledger.
func (c conn) post(id, number, key string, kind crm.PostingKind, points int64, text string, now time.Time) error {
	taken, err := c.insert(insertPosting+"(?, ?, ?, ?, ?, ?, ?)", id, number, string(kind), points, key, text, millis(now))
	if taken {
		return errRepeated
	}
	return err
}

// Statement implements engine.Store: the card and its open lots in one round trip.
func (s *Store) Statement(ctx context.Context, number string, now time.Time) (crm.Statement, error) {
	return read(ctx, s, func(c conn) (st crm.Statement, err error) {
		found := false
		err = c.each(func(rows *sql.Rows) error {
			var card cardRow
			var text sql.NullString
			var remaining, from, until sql.NullInt64
			if err := rows.Scan(append(card.dest(), &text, &remaining, &from, &until)...); err != nil {
				return err
			}
			if !found {
				st.Card, found = card.card(), true
			}
			if remaining.Valid {
				st.Lots = append(st.Lots, crm.Lot{
					Description: text.String, Remaining: remaining.Int64,
					AvailableFrom: fromMillis(from.Int64), ValidUntil: fromMillis(until.Int64),
				})
			}
			return nil
		}, "SELECT "+cardColumns+`, l.description, l.remaining, l.available_from, l.valid_until
			FROM card k LEFT JOIN lot l ON l.card_number = k.number AND l.is_open = 1 AND l.valid_until > ?
			WHERE k.number = ? ORDER BY l.valid_until, l.available_from, l.id`, millis(now), number)
		if err == nil && !found {
			err = crm.ErrCardNotFound
		}
		return st, err
	})
}

// Grant implements engine.Store.
func (s *Store) Grant(ctx context.Context, m engine.Movement) (crm.Posting, error) {
	m.Messages = nil // only a take has errands
	return s.move(ctx, m, crm.PostingGrant, m.Points, func(c conn, id string) error {
		if !m.ValidUntil.After(m.Now) || !m.ValidUntil.After(m.AvailableFrom) {
			return crm.Fail(crm.ErrInvalidRecord, "the points are over before they can be spent") // a repeat is none of this
		}
		fits, err := c.addPoints(m.CardNumber, m.Points, ifNotBlocked, m.Now)
		if err != nil {
			return err
		}
		if !fits {
			return errGuarded
		}
		return c.openLot(id, m.CardNumber, crm.Accrual{
			Points: m.Points, Description: m.Description, AvailableFrom: m.AvailableFrom, ValidUntil: m.ValidUntil,
		})
	})
}

// Take implements engine.Store. The guard on the balance refuses most calls that
// cannot succeed; the lots, read under the card's lock, have the last word,
// since a balance counts pending points and those whose expiry is not booked.
func (s *Store) Take(ctx context.Context, m engine.Movement) (crm.Posting, error) {
	return s.move(ctx, m, crm.PostingTake, -m.Points, func(c conn, id string) error {
		matched, err := c.exec("UPDATE card SET balance = balance - ?, updated_at = ? WHERE number = ? AND balance >= ?"+ifActive,
			m.Points, millis(m.Now), m.CardNumber, m.Points)
		if err != nil {
			return err
		}
		if matched == 0 {
			return errGuarded
		}
		return c.spendLots(m.CardNumber, id, m.Points, millis(m.Now))
	})
}

// move runs a change of a balance that happens once for its key.
func (s *Store) move(
	ctx context.Context, m engine.Movement, kind crm.PostingKind, points int64, change func(c conn, id string) error,
) (crm.Posting, error) {
	key := "move:" + m.Key
	wanted := crm.Posting{CardNumber: m.CardNumber, Kind: kind, Points: points, Description: m.Description, At: m.Now}
	posting, err := write(ctx, s, func(c conn) (crm.Posting, error) {
		posting := wanted
		posting.ID = s.ids.next(m.Now)
		if err := change(c, posting.ID); err != nil {
			return posting, err
		}
		if err := c.post(posting.ID, m.CardNumber, key, kind, points, m.Description, m.Now); err != nil {
			return posting, err
		}
		if err := s.order(c, m.CardNumber, m.Messages, millis(m.Now)); err != nil || m.Actor == "" {
			return posting, err
		}
		return posting, c.audit(s.ids.next(m.Now), millis(m.Now), m.Actor, "points "+string(kind), m.CardNumber, strconv.FormatInt(points, 10))
	})
	if repeated(err) || errors.Is(err, crm.ErrInsufficientPoints) {
		return s.movedBefore(ctx, m, key, wanted, err)
	}
	return posting, err
}

// movedBefore answers a movement that did not happen now: with the posting of
// its key when it happened before, else with the reason.
func (s *Store) movedBefore(ctx context.Context, m engine.Movement, key string, wanted crm.Posting, why error) (crm.Posting, error) {
	return read(ctx, s, func(c conn) (crm.Posting, error) {
		before, err := only(c, postingRow.posting, why, selectPosting+"WHERE op_key = ?", key)
		switch {
		case errors.Is(err, errGuarded):
			return before, c.whyGuarded(m, wanted.Kind)
		case err != nil:
			return before, err
		}
		if before.CardNumber != wanted.CardNumber || before.Kind != wanted.Kind ||
			before.Points != wanted.Points || before.Description != wanted.Description {
			return before, crm.ErrOperationConflict
		}
		return before, nil
	})
}

// PostingOf implements engine.KeyedPostings.
func (s *Store) PostingOf(ctx context.Context, key string) (posting crm.Posting, found bool, err error) {
	postings, err := read(ctx, s, func(c conn) ([]crm.Posting, error) {
		return list(c, postingRow.posting, selectPosting+"WHERE op_key = ?", "move:"+key)
	})
	if err != nil || len(postings) == 0 {
		return posting, false, err
	}
	return postings[0], true, nil
}

func (c conn) whyGuarded(m engine.Movement, kind crm.PostingKind) error {
	card, err := c.card(m.CardNumber, "")
	switch {
	case err != nil:
		return err
	case card.State == crm.CardBlocked:
		return crm.ErrCardBlocked
	case kind == crm.PostingGrant:
		return errChanged
	case card.State != crm.CardActive:
		return crm.ErrCardInactive
	}
	return crm.ErrInsufficientPoints
}

// postingRow is a posting as it is stored.
type postingRow struct {
	ID          string `db:"id"`
	CardNumber  string `db:"card_number"`
	Kind        string `db:"kind"`
	Points      int64  `db:"points"`
	Description string `db:"description"`
	At          int64  `db:"at"`
}

const selectPosting = "SELECT id, card_number, kind, points, description, at FROM posting "

func (r postingRow) posting() crm.Posting {
	return crm.Posting{
		ID: r.ID, CardNumber: r.CardNumber, Kind: crm.PostingKind(r.Kind), Points: r.Points,
		Description: r.Description, At: fromMillis(r.At),
	}
}

// Postings implements engine.Store.
func (s *Store) Postings(ctx context.Context, number, before string, limit int) ([]crm.Posting, error) {
	return read(ctx, s, func(c conn) ([]crm.Posting, error) {
		if _, err := c.card(number, ""); err != nil {
			return nil, err
		}
		if before == "" {
			return list(c, postingRow.posting, selectPosting+"WHERE card_number = ? ORDER BY id DESC LIMIT ?", number, limit)
		}
		return list(c, postingRow.posting, selectPosting+"WHERE card_number = ? AND id < ? ORDER BY id DESC LIMIT ?", number, before, limit)
	})
}
