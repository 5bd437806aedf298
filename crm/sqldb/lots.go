package sqldb

import (
	"context"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

type lotRow struct {
	ID        string `db:"id"`
	Remaining int64  `db:"remaining"`
}

// spendLots takes points from the lots that are available, earliest expiry
// first. The caller holds the card's lock. ErrInsufficientPoints when they do
// not hold enough; the transaction must then be given up.
func (c conn) spendLots(number, posting string, points, now int64) error {
	var lots []lotRow
	if err := c.all(&lots, `SELECT id, remaining FROM lot
		WHERE card_number = ? AND is_open = 1 AND available_from <= ? AND valid_until > ?
		ORDER BY valid_until, available_from, id`, number, now, now); err != nil {
		return err
	}
	for _, lot := range lots {
		if points == 0 {
			break
		}
		part := min(points, lot.Remaining)
		if err := c.useLot(posting, lot, part); err != nil {
			return err
		}
		points -= part
	}
	if points > 0 {
		return crm.ErrInsufficientPoints
	}
	return nil
}

// useLot takes a part of a lot and notes for which posting.
func (c conn) useLot(posting string, lot lotRow, part int64) error {
	open := 1
	if part == lot.Remaining {
		open = 0
	}
	matched, err := c.exec("UPDATE lot SET remaining = remaining - ?, is_open = ? WHERE id = ? AND remaining = ?",
		part, open, lot.ID, lot.Remaining)
	if err != nil {
		return err
	}
	if matched == 0 {
		return errAgain
	}
	_, err = c.exec("INSERT INTO lot_use (posting_id, lot_id, points) VALUES (?, ?, ?)", posting, lot.ID, part)
	return err
}

// ExpirePoints implements engine.Store. What is over is looked up without a lock
// and then booked card by card, so that a long night's work never stands in the
// way of a customer.
func (s *Store) ExpirePoints(ctx context.Context, now time.Time, limit int) (booked int, err error) {
	type cardLot struct {
		ID   string `db:"id"`
		Card string `db:"card_number"`
	}
	over, err := scan(ctx, s, func(c conn) (over []cardLot, err error) {
		err = c.all(&over, `SELECT id, card_number FROM lot WHERE is_open = 1 AND valid_until <= ?
			ORDER BY valid_until, id LIMIT ?`, millis(now), limit)
		return over, err
	})
	for _, lot := range over {
		done, err := write(ctx, s, func(c conn) (bool, error) { return s.expireLot(c, lot.Card, lot.ID, now) })
		if err != nil {
			return booked, err
		}
		booked += int(bit(done))
	}
	return booked, err
}

// expireLot books one lot and tells whether it was this call that did.
func (s *Store) expireLot(c conn, number, id string, now time.Time) (bool, error) {
	// The card's lock first, as everywhere; then the lot is what it stays.
	if _, err := c.addPoints(number, 0, "", now); err != nil {
		return false, err
	}
	var lots []struct {
		lotRow
		Description string `db:"description"`
	}
	err := c.all(&lots, "SELECT id, remaining, description FROM lot WHERE id = ? AND is_open = 1", id)
	if err != nil || len(lots) == 0 {
		return false, err
	}
	lot, posting := lots[0], s.ids.next(now)
	if err := c.useLot(posting, lot.lotRow, lot.Remaining); err != nil {
		return false, err
	}
	if _, err := c.addPoints(number, -lot.Remaining, "", now); err != nil {
		return false, err
	}
	return true, c.post(posting, number, "expire:"+id, crm.PostingExpiry, -lot.Remaining, lot.Description, now)
}

// Verify implements engine.Store. One statement reads balance, postings and lots
// of a card at the same moment.
func (s *Store) Verify(ctx context.Context, after string, limit int) (bad []engine.Discrepancy, last string, err error) {
	type sums struct {
		Number   string `db:"number"`
		Balance  int64  `db:"balance"`
		Postings int64  `db:"postings"`
		Lots     int64  `db:"lots"`
	}
	rows, err := scan(ctx, s, func(c conn) (rows []sums, err error) {
		err = c.all(&rows, `SELECT k.number, k.balance,
			(SELECT COALESCE(SUM(p.points), 0) FROM posting p WHERE p.card_number = k.number) AS postings,
			(SELECT COALESCE(SUM(l.remaining), 0) FROM lot l WHERE l.card_number = k.number AND l.is_open = 1) AS lots
			FROM card k WHERE k.number > ? ORDER BY k.number LIMIT ?`, after, limit)
		return rows, err
	})
	for _, row := range rows {
		if row.Balance != row.Postings || row.Balance != row.Lots {
			bad = append(bad, engine.Discrepancy{
				CardNumber: row.Number, Balance: row.Balance, Postings: row.Postings, Lots: row.Lots,
			})
		}
	}
	if len(rows) == limit && limit > 0 {
		last = rows[len(rows)-1].Number
	}
	return bad, last, err
}
