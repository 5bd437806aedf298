package sqldb

import (
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// reverseReceipt finds the sale that a refund takes back, marks it, and takes
// back its points and errands. It gives the points that went, zero or negative.
// The caller holds the card's lock, so no twin reverses the same sale.
func (s *Store) reverseReceipt(c conn, r engine.ReceiptSubmission) (int64, error) {
	refund := r.Receipt
	var sale crm.ReceiptKey
	var points int64
	err := c.one(`SELECT fn, i, fp, points FROM receipt WHERE card_number = ? AND sum_kopecks = ? AND kind IN (0, 1) AND at <= ?
		AND reversed_by = '' ORDER BY at DESC, created_at DESC, fn, i, fp LIMIT 1`,
		[]any{r.CardNumber, refund.SumKopecks, millis(refund.At)}, &sale.FN, &sale.I, &sale.FP, &points)
	if isNoRows(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	matched, err := c.exec("UPDATE receipt SET reversed_by = ? WHERE fn = ? AND i = ? AND fp = ? AND reversed_by = ''",
		refund.Cause(), sale.FN, sale.I, sale.FP)
	if err != nil {
		return 0, err
	}
	if matched == 0 {
		return 0, errAgain
	}
	if err := s.undo(c, r.CardNumber, sale.Cause(), millis(r.Now)); err != nil {
		return 0, err
	}
	taken, err := s.takeBack(c, r.CardNumber, refund.Cause(), sale.Cause(), points, r.Reverse.Description, r.Now)
	return -taken, err
}

// takeBack takes points from a card as far as they are there: those of the
// posting that is taken back first, then what may be spent, then what is pending.
// It gives the points that it took. It takes the card's lock.
func (s *Store) takeBack(c conn, number, key, original string, points int64, text string, now time.Time) (int64, error) {
	if points <= 0 {
		return 0, nil
	}
	if _, err := c.addPoints(number, 0, "", now); err != nil {
		return 0, err
	}
	var lots []lotRow
	if err := c.all(&lots, `SELECT l.id, l.remaining FROM lot l LEFT JOIN posting p ON p.id = l.id AND p.op_key = ?
		WHERE l.card_number = ? AND l.is_open = 1 AND l.valid_until > ?
		ORDER BY CASE WHEN p.id IS NOT NULL THEN 0 WHEN l.available_from <= ? THEN 1 ELSE 2 END, l.valid_until, l.available_from, l.id`,
		original, number, millis(now), millis(now)); err != nil {
		return 0, err
	}
	posting, taken := s.ids.next(now), int64(0)
	for _, lot := range lots {
		part := min(points-taken, lot.Remaining)
		if part == 0 {
			break
		}
		if err := c.useLot(posting, lot, part); err != nil {
			return 0, err
		}
		taken += part
	}
	if taken == 0 {
		return 0, nil
	}
	if _, err := c.addPoints(number, -taken, "", now); err != nil {
		return 0, err
	}
	return taken, c.post(posting, number, key, crm.PostingReversal, -taken, text, now)
}
