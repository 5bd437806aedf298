package sqldb

import (
	"context"
	"slices"
	"strconv"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// archived is what a posting has beside itself.
type archived struct {
	ID        string `db:"id"`
	Key       string `db:"op_key"`
	Card      string `db:"card_number"` // of the lot, "" for none
	Points    int64  `db:"points"`
	Remaining int64  `db:"remaining"`
	From      int64  `db:"available_from"`
	Until     int64  `db:"valid_until"`
}

func (a archived) lot() *engine.LedgerLot {
	if a.Card == "" {
		return nil
	}
	return &engine.LedgerLot{CardNumber: a.Card, Remaining: a.Remaining, AvailableFrom: fromMillis(a.From), ValidUntil: fromMillis(a.Until)}
}

const selectArchived = `SELECT p.id, p.op_key, p.points, COALESCE(l.card_number, '') AS card_number, COALESCE(l.remaining, 0) AS remaining,
	COALESCE(l.available_from, 0) AS available_from, COALESCE(l.valid_until, 0) AS valid_until
	FROM posting p LEFT JOIN lot l ON l.id = p.id WHERE `

// Lines implements engine.Archive.
func (s *Store) Lines(ctx context.Context, postings []crm.Posting) ([]engine.LedgerLine, error) {
	return scan(ctx, s, func(c conn) ([]engine.LedgerLine, error) {
		var lines []engine.LedgerLine
		for chunk := range slices.Chunk(postings, statementChunk) {
			ids := make([]string, len(chunk))
			for i, p := range chunk {
				ids[i] = p.ID
			}
			var rows []archived
			if err := c.in(&rows, selectArchived+"p.id IN (?)", ids); err != nil {
				return nil, err
			}
			found := make(map[string]archived, len(rows))
			for _, row := range rows {
				found[row.ID] = row
			}
			for _, p := range chunk {
				lines = append(lines, engine.LedgerLine{Posting: p, Key: found[p.ID].Key, Lot: found[p.ID].lot()})
			}
		}
		return lines, nil
	})
}

// Restore implements engine.Archive.
func (s *Store) Restore(ctx context.Context, lines []engine.LedgerLine, by engine.By) (counts engine.Counts, refused []crm.RowError, err error) {
	err = s.do(ctx, func(c conn) error {
		b := s.bringing(c, "posting", by)
		counts, refused = b.counts, nil
		for i, line := range lines {
			err := c.nested(func() error {
				outcome, err := c.restore(line, by.Now)
				if err != nil {
					return err
				}
				return b.done(outcome, line.CardNumber, strconv.FormatInt(line.Points, 10))
			})
			switch {
			case err == nil:
			case isRefusal(err), !isOwn(err) && c.d.classify(err) == classUnfit:
				refused = append(refused, crm.RowError{Index: i, Err: c.d.translate(err)})
			default:
				return err
			}
		}
		return nil
	})
	return counts, refused, err
}

func (c conn) restore(line engine.LedgerLine, now time.Time) (engine.Outcome, error) {
	same, err := c.restored(line)
	if err != nil || same {
		return engine.RowUnchanged, err
	}
	if err := c.leaveOpening(line, now); err != nil {
		return "", err
	}
	matched, err := c.exec("UPDATE card SET balance = balance + ?, earned_total = earned_total + ?, updated_at = ? WHERE number = ? AND balance + ? >= 0",
		line.Points, max(line.Points, 0), millis(now), line.CardNumber, line.Points)
	if err != nil {
		return "", err
	}
	if matched == 0 {
		if _, err := c.card(line.CardNumber, ""); err != nil {
			return "", err
		}
		return "", crm.Fail(crm.ErrInsufficientPoints, "lines of the card that come before this one are missing")
	}
	if err := c.post(line.ID, line.CardNumber, line.Key, line.Kind, line.Points, line.Description, line.At); repeated(err) {
		return "", crm.ErrOperationConflict
	} else if err != nil {
		return "", err
	}
	if line.Lot == nil {
		return engine.RowNew, nil
	}
	if _, err := c.card(line.Lot.CardNumber, ""); err != nil {
		return "", err
	}
	_, err = c.exec(insertLot+"(?, ?, ?, ?, ?, ?, ?, ?)", line.ID, line.Lot.CardNumber, line.Points, line.Lot.Remaining,
		bit(line.Lot.Remaining > 0), line.Description, millis(line.Lot.AvailableFrom), millis(line.Lot.ValidUntil))
	return engine.RowNew, err
}

// restored reports whether the line is there already. Another one of its ID or key is
// a conflict.
func (c conn) restored(line engine.LedgerLine) (bool, error) {
	postings, err := list(c, postingRow.posting, selectPosting+"WHERE id = ? OR op_key = ? AND op_key <> ?", line.ID, line.Key, importKey(line.CardNumber))
	if err != nil || len(postings) == 0 {
		return false, err
	}
	wanted := line.Posting
	wanted.At = fromMillis(millis(line.At))
	if len(postings) > 1 || postings[0] != wanted {
		return false, crm.ErrOperationConflict
	}
	return true, nil
}

// leaveOpening takes back the opening balance of an import that stands for the line.
func (c conn) leaveOpening(line engine.LedgerLine, now time.Time) error {
	var found []archived
	err := c.all(&found, selectArchived+"p.op_key = ? AND (p.at > ? OR p.op_key = ?)", importKey(line.CardNumber), millis(line.At), line.Key)
	if err != nil || len(found) == 0 {
		return err
	}
	opening := found[0]
	if opening.Card != line.CardNumber || opening.Remaining != opening.Points {
		return crm.Fail(crm.ErrOperationConflict, "an import gave the card a balance, and some of it is spent: its ledger is another one now")
	}
	if _, err := c.exec("UPDATE card SET balance = balance - ?, earned_total = earned_total - ?, updated_at = ? WHERE number = ?",
		opening.Points, opening.Points, millis(now), line.CardNumber); err != nil {
		return err
	}
	for _, statement := range []string{"DELETE FROM lot WHERE id = ?", "DELETE FROM posting WHERE id = ?"} {
		if _, err := c.exec(statement, opening.ID); err != nil {
			return err
		}
	}
	return nil
}
