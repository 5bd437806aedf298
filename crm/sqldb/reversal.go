package sqldb

import (
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// returns are the sales of a card with one total and its refunds of that total.
type returns struct {
	// sales that no refund has taken back yet, the newest first.
	sales []receiptRow
	// refunds and taken are when there were refunds, and sales that are taken back.
	refunds, taken []int64
}

type receiptRow struct {
	FN         string `db:"fn"`
	I          int64  `db:"i"`
	FP         int64  `db:"fp"`
	At         int64  `db:"at"`
	Kind       int64  `db:"kind"`
	Points     int64  `db:"points"`
	ReversedBy string `db:"reversed_by"`
}

func (r receiptRow) key() crm.ReceiptKey { return crm.ReceiptKey{FN: r.FN, I: r.I, FP: r.FP} }

// returns reads them; the caller holds the card's lock.
func (c conn) returns(card string, sum int64) (found returns, err error) {
	var rows []receiptRow
	if err := c.all(&rows, `SELECT fn, i, fp, at, kind, points, reversed_by FROM receipt WHERE card_number = ? AND sum_kopecks = ?
		AND kind IN (0, 1, 2) ORDER BY at DESC, created_at DESC, fn, i, fp`, card, sum); err != nil {
		return returns{}, err
	}
	for _, row := range rows {
		switch {
		case crm.ReceiptKind(row.Kind) == crm.ReceiptSaleRefund:
			found.refunds = append(found.refunds, row.At)
		case row.ReversedBy != "":
			found.taken = append(found.taken, row.At)
		default:
			found.sales = append(found.sales, row)
		}
	}
	return found, nil
}

// takes tells whether the refunds suffice to take back a sale beside those that
// are taken back already, each by a refund that is not before it. Whether they do
// does not depend on the order in which the receipts arrived, so that the number
// of sales that are taken back in the end does not either.
func (r returns) takes(sale int64) bool { return r.suffice(append(slices.Clone(r.taken), sale)) }

// suffice tells whether each of the sales that are taken back has a refund.
func (r returns) suffice(taken []int64) bool {
	from := func(list []int64, at int64) (n int) {
		for _, t := range list {
			if t >= at {
				n++
			}
		}
		return n
	}
	return !slices.ContainsFunc(taken, func(at int64) bool { return from(taken, at) > from(r.refunds, at) })
}

// reverseByRefund takes back the newest sale that the refund of the call makes it
// possible to take back. It gives the points that went, zero or negative.
func (s *Store) reverseByRefund(c conn, r engine.ReceiptSubmission) (int64, error) {
	found, err := c.returns(r.CardNumber, r.Receipt.SumKopecks)
	if err != nil {
		return 0, err
	}
	found.refunds = append(found.refunds, millis(r.Receipt.At))
	for _, sale := range found.sales {
		if found.takes(sale.At) {
			taken, err := s.reverseSale(c, r, sale.key(), sale.Points, r.Receipt.Cause())
			return -taken, err
		}
	}
	return 0, nil
}

// adoptRefund gives a refund that another card has sent, and that took nothing back
// there, to the card of the call: nobody protects a sale by sending its refund from
// another card. It gives the points that went.
func (s *Store) adoptRefund(c conn, r engine.ReceiptSubmission) (int64, error) {
	var sender, print string
	if err := c.one("SELECT card_number, fingerprint FROM receipt WHERE fn = ? AND i = ?", []any{r.Receipt.FN, r.Receipt.I}, &sender, &print); err != nil {
		return 0, err
	}
	if print != r.Receipt.Fingerprint() || sender == r.CardNumber {
		return 0, crm.ErrReceiptTaken
	}
	for _, card := range []string{min(sender, r.CardNumber), max(sender, r.CardNumber)} { // in one order, or twins wait in a circle
		if _, err := c.card(card, c.d.forUpdate); err != nil {
			return 0, err
		}
	}
	if err := c.usable(r.CardNumber); err != nil {
		return 0, err
	}
	there, err := c.returns(sender, r.Receipt.SumKopecks)
	if err != nil {
		return 0, err
	}
	if there.needs(millis(r.Receipt.At)) {
		return 0, crm.ErrReceiptTaken
	}
	points, err := s.reverseByRefund(c, r)
	if err != nil {
		return 0, err
	}
	matched, err := c.exec("UPDATE receipt SET card_number = ?, points = ? WHERE fn = ? AND i = ? AND card_number = ?",
		r.CardNumber, points, r.Receipt.FN, r.Receipt.I, sender)
	if err == nil && matched == 0 {
		err = errAgain
	}
	return points, err
}

// needs tells whether the sales that are taken back need the refund of a moment.
func (r returns) needs(refund int64) bool {
	rest := returns{taken: r.taken, refunds: slices.Clone(r.refunds)}
	if i := slices.Index(rest.refunds, refund); i >= 0 {
		rest.refunds = slices.Delete(rest.refunds, i, i+1)
	}
	return !rest.suffice(rest.taken)
}

// reverseByEarlier takes the sale of the call back when a refund of it came first.
// It gives the points that went.
func (s *Store) reverseByEarlier(c conn, r engine.ReceiptSubmission) (int64, error) {
	found, err := c.returns(r.CardNumber, r.Receipt.SumKopecks)
	if err != nil || !found.takes(millis(r.Receipt.At)) {
		return 0, err
	}
	return s.reverseSale(c, r, r.Receipt.ReceiptKey, r.Award.Points, "back:"+r.Receipt.Cause())
}

// reverseSale marks a sale, and takes back its points and messages.
func (s *Store) reverseSale(c conn, r engine.ReceiptSubmission, sale crm.ReceiptKey, points int64, key string) (int64, error) {
	matched, err := c.exec("UPDATE receipt SET reversed_by = ? WHERE fn = ? AND i = ? AND fp = ? AND reversed_by = ''",
		key, sale.FN, sale.I, sale.FP)
	if err != nil {
		return 0, err
	}
	if matched == 0 {
		return 0, errAgain
	}
	if err := s.undo(c, r.CardNumber, sale.Cause(), millis(r.Now)); err != nil {
		return 0, err
	}
	return s.takeBack(c, r.CardNumber, key, sale.Cause(), points, r.Reverse.Description, r.Now)
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
