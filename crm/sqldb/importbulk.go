package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// An import is mostly new cards of new customers. These need no decision: they
// are stored many to a statement. What touches anything that exists, or occurs
// twice in the call, is left to the path of single rows.

// bulkRows is how many rows one statement stores; the statement's text is then
// the same each time and is prepared once.
const bulkRows = 100

// seenTwice finds the numbers, phones and emails that occur more than once.
type seenTwice map[string]int

// The spaces keep a number that looks like a phone apart from the phone.
func numberKey(row engine.CardRecord) string { return "n" + row.Number }
func phoneKey(row engine.CardRecord) string  { return "p" + row.Holder.Phone }
func emailKey(row engine.CardRecord) string  { return "e" + row.Holder.Email }

func (s seenTwice) count(rows []engine.CardRecord) {
	for _, row := range rows {
		s[numberKey(row)]++
		if row.Holder.Phone != "" {
			s[phoneKey(row)]++
		}
		if row.Holder.Email != "" {
			s[emailKey(row)]++
		}
	}
}

// exist counts what the store has already as one more occurrence.
func (s seenTwice) exist(c conn, rows []engine.CardRecord) error {
	for _, look := range []struct {
		query, mark string
		value       func(engine.CardRecord) string
	}{
		{"SELECT number FROM card WHERE number IN (?)", "n", func(r engine.CardRecord) string { return r.Number }},
		{"SELECT phone FROM customer WHERE phone IN (?)", "p", func(r engine.CardRecord) string { return r.Holder.Phone }},
		{"SELECT email FROM customer WHERE email IN (?)", "e", func(r engine.CardRecord) string { return r.Holder.Email }},
	} {
		asked := make([]string, 0, len(rows))
		for _, row := range rows {
			if value := look.value(row); value != "" {
				asked = append(asked, value)
			}
		}
		for chunk := range slices.Chunk(asked, statementChunk) {
			found, err := inColumn[string](c, look.query, chunk)
			if err != nil {
				return err
			}
			for _, value := range found {
				s[look.mark+value]++
			}
		}
	}
	return nil
}

// plain reports whether a row touches nothing else, and so needs no decision.
func (s seenTwice) plain(row engine.CardRecord) bool {
	return s[numberKey(row)] == 1 && s[phoneKey(row)] <= 1 && s[emailKey(row)] <= 1 && simple(row)
}

// simple reports whether a row that touches nothing else needs no decision.
func simple(row engine.CardRecord) bool {
	held := row.Holder != crm.Profile{}
	return held == row.Holder.HasIdentity() && fits(row)
}

// fits reports whether every column takes the row; what may not fit is left to
// the path of single rows, which refuses it by itself.
func fits(row engine.CardRecord) bool {
	p := row.Holder
	for _, text := range []string{p.Surname, p.FirstName, p.Patronymic, p.Locality} {
		if len(text) > crm.MaxTextRunes {
			return false
		}
	}
	return len(row.Number) <= crm.MaxCardNumberBytes && len(row.BarcodeNumber) <= crm.MaxCardNumberBytes &&
		len(row.BarcodeType) <= 8 && len(row.State) <= 8 && row.Balance >= 0 &&
		len(p.Phone) <= 15 && len(p.Email) <= 254 && len(p.Sex) <= 1 && len(p.BirthDate) <= 10 && len(p.CountryCode) <= crm.MaxCodeRunes
}

// importNewRows stores rows as if they were all new and each touched nothing
// else, and tells whether they were. A call whose rows were not lets the next one
// look first, and one whose rows were lets it try again.
func (s *Store) importNewRows(ctx context.Context, rows []engine.CardRecord, now time.Time) (done bool, err error) {
	if s.importKnows.Load() || slices.ContainsFunc(rows, func(row engine.CardRecord) bool { return !simple(row) }) {
		return false, nil
	}
	bulk := bulk{at: millis(now), rows: make([]plainRow, 0, len(rows))}
	for i := range rows {
		bulk.add(&rows[i], s.ids, now)
	}
	_, err = run(ctx, s, s.engine.bulk, func(c conn) (struct{}, error) { return struct{}{}, bulk.store(c) })
	if errors.Is(err, errKnown) {
		s.importKnows.Store(true)
		return false, nil
	}
	return err == nil, err
}

// importPlain stores the plain rows and gives the indices of those that are left
// and would change something.
func (s *Store) importPlain(c conn, rows []engine.CardRecord, now time.Time) (left []int, err error) {
	seen := make(seenTwice, 3*len(rows))
	seen.count(rows)
	if err := seen.exist(c, rows); err != nil {
		return nil, err
	}
	bulk := bulk{at: millis(now), rows: make([]plainRow, 0, len(rows))}
	for i := range rows {
		if seen.plain(rows[i]) {
			bulk.add(&rows[i], s.ids, now)
			continue
		}
		left = append(left, i)
	}
	if err := bulk.store(c); errors.Is(err, errKnown) {
		return nil, errAgain // stored in this moment
	} else if err != nil {
		return nil, err
	}
	s.importKnows.Store(len(left) > 0)
	return c.changed(rows, left)
}

// bulk is rows that are stored together.
type bulk struct {
	rows []plainRow
	at   int64
}

// plainRow is a row with the IDs that it gets.
type plainRow struct {
	*engine.CardRecord
	holder, posting string // "" for none
}

func (b *bulk) add(row *engine.CardRecord, ids *idSource, now time.Time) {
	r := plainRow{CardRecord: row}
	if row.Holder.HasIdentity() {
		r.holder = ids.next(now)
	}
	if row.Balance != 0 {
		r.posting = ids.next(now)
	}
	b.rows = append(b.rows, r)
}

// bulkTable is one of the tables that a row goes to.
type bulkTable struct {
	columns string
	width   int
	// has reports whether a row has anything there, args gives what.
	has  func(plainRow) bool
	args func(args []any, r plainRow, at int64) []any
}

// bulkTables are in the order in which their foreign keys allow it.
var bulkTables = []bulkTable{
	{
		"customer (id, phone, email, surname, firstname, patronymic, sex, birth_date, country_code, locality, created_at, updated_at)", 12,
		func(r plainRow) bool { return r.holder != "" },
		func(args []any, r plainRow, at int64) []any {
			p := r.Holder
			return append(args, r.holder, orNull(p.Phone), orNull(p.Email), p.Surname, p.FirstName, p.Patronymic,
				string(p.Sex), string(p.BirthDate), p.CountryCode, p.Locality, at, at)
		},
	},
	{
		"card (number, barcode_number, barcode_type, state, customer_id, balance, earned_total, issued_at, updated_at)", 9,
		func(plainRow) bool { return true },
		func(args []any, r plainRow, at int64) []any {
			return append(args, r.Number, r.BarcodeNumber, string(r.BarcodeType), string(r.State), orNull(r.holder),
				r.Balance, r.Balance, millis(r.IssuedAt), at)
		},
	},
	{
		"posting (id, card_number, kind, points, op_key, description, at)", 7,
		func(r plainRow) bool { return r.posting != "" },
		func(args []any, r plainRow, at int64) []any {
			return append(args, r.posting, r.Number, string(crm.PostingGrant), r.Balance, importKey(r.Number), "", at)
		},
	},
	{
		"lot (id, card_number, points, remaining, is_open, description, available_from, valid_until)", 8,
		func(r plainRow) bool { return r.posting != "" },
		func(args []any, r plainRow, at int64) []any {
			return append(args, r.posting, r.Number, r.Balance, r.Balance, 1, "", at, millis(crm.Forever))
		},
	},
}

// store writes what was collected; errKnown when one of it is stored already.
func (b *bulk) store(c conn) error {
	if len(b.rows) == 0 {
		return nil
	}
	if err := c.leavePool(b.rows); err != nil {
		return err
	}
	for _, table := range bulkTables {
		if err := b.storeTable(c, table); err != nil {
			if c.d.duplicate(err) {
				return errKnown
			}
			return fmt.Errorf("bulk import: %w", err)
		}
	}
	return nil
}

// storeTable fills one statement after the other, so that no more than its
// arguments are held.
func (b *bulk) storeTable(c conn, t bulkTable) error {
	full := "INSERT INTO " + t.columns + " VALUES " + values(bulkRows, t.width)
	args := make([]any, 0, bulkRows*t.width)
	for _, r := range b.rows {
		if !t.has(r) {
			continue
		}
		if args = t.args(args, r, b.at); len(args) == cap(args) {
			if _, err := c.exec(full, args...); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := c.execBuilt("INSERT INTO "+t.columns+" VALUES "+values(len(args)/t.width, t.width), args...)
	return err
}

// leavePool takes numbers that become cards out of the pool, which is empty for
// most programmes that import their cards.
func (c conn) leavePool(rows []plainRow) error {
	var one int
	if err := c.one("SELECT 1 FROM card_pool LIMIT 1", nil, &one); isNoRows(err) {
		return nil
	} else if err != nil {
		return err
	}
	for chunk := range slices.Chunk(rows, statementChunk) {
		numbers := make([]string, len(chunk))
		for i, r := range chunk {
			numbers[i] = r.Number
		}
		if _, err := c.execIn("DELETE FROM card_pool WHERE number IN (?)", numbers); err != nil {
			return err
		}
	}
	return nil
}
