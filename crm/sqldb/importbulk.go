package sqldb

import (
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
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
func numberKey(row crm.CardRecord) string { return "n" + row.Number }
func phoneKey(row crm.CardRecord) string  { return "p" + row.Holder.Phone }
func emailKey(row crm.CardRecord) string  { return "e" + row.Holder.Email }

func (s seenTwice) count(rows []crm.CardRecord) {
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
func (s seenTwice) exist(c conn, rows []crm.CardRecord) error {
	for _, look := range []struct {
		query, mark string
		value       func(crm.CardRecord) string
	}{
		{"SELECT number FROM card WHERE number IN (?)", "n", func(r crm.CardRecord) string { return r.Number }},
		{"SELECT phone FROM customer WHERE phone IN (?)", "p", func(r crm.CardRecord) string { return r.Holder.Phone }},
		{"SELECT email FROM customer WHERE email IN (?)", "e", func(r crm.CardRecord) string { return r.Holder.Email }},
	} {
		var asked, found []string
		for _, row := range rows {
			if value := look.value(row); value != "" {
				asked = append(asked, value)
			}
		}
		for chunk := range slices.Chunk(asked, statementChunk) {
			if err := c.inColumn(&found, look.query, chunk); err != nil {
				return err
			}
		}
		for _, value := range found {
			s[look.mark+value]++
		}
	}
	return nil
}

// plain reports whether a row touches nothing else, and so needs no decision.
func (s seenTwice) plain(row crm.CardRecord) bool {
	held := row.Holder != crm.Profile{}
	return s[numberKey(row)] == 1 && s[phoneKey(row)] <= 1 && s[emailKey(row)] <= 1 &&
		held == row.Holder.HasIdentity() && fits(row)
}

// fits reports whether every column takes the row; what may not fit is left to
// the path of single rows, which refuses it by itself.
func fits(row crm.CardRecord) bool {
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

// importPlain stores the plain rows and marks those that are left.
func (s *Store) importPlain(c conn, rows []crm.CardRecord, now time.Time) (left []int, err error) {
	seen := make(seenTwice, 3*len(rows))
	seen.count(rows)
	if err := seen.exist(c, rows); err != nil {
		return nil, err
	}
	bulk := newBulk(len(rows))
	for i, row := range rows {
		if seen.plain(row) {
			bulk.add(row, s.ids, now)
			continue
		}
		left = append(left, i)
	}
	return left, bulk.store(c)
}

// bulk collects the rows of four tables.
type bulk struct {
	numbers                          []string
	customers, cards, postings, lots []any
}

func newBulk(rows int) *bulk {
	return &bulk{numbers: make([]string, 0, rows), customers: make([]any, 0, 12*rows), cards: make([]any, 0, 9*rows)}
}

func (b *bulk) add(row crm.CardRecord, ids *idSource, now time.Time) {
	at, holder := millis(now), ""
	if p := row.Holder; p.HasIdentity() {
		holder = ids.next(now)
		b.customers = append(b.customers, holder, orNull(p.Phone), orNull(p.Email), p.Surname, p.FirstName, p.Patronymic,
			string(p.Sex), string(p.BirthDate), p.CountryCode, p.Locality, at, at)
	}
	b.numbers = append(b.numbers, row.Number)
	b.cards = append(b.cards, row.Number, row.BarcodeNumber, string(row.BarcodeType), string(row.State), orNull(holder),
		row.Balance, row.Balance, millis(row.IssuedAt), at)
	if row.Balance == 0 {
		return
	}
	id := ids.next(now)
	b.postings = append(b.postings, id, row.Number, string(crm.PostingGrant), row.Balance, importKey(row.Number), "", at)
	b.lots = append(b.lots, id, row.Number, row.Balance, row.Balance, 1, "", at, millis(crm.Forever))
}

// store writes what was collected. A duplicate means that somebody stored it
// in this moment.
func (b *bulk) store(c conn) error {
	if len(b.numbers) == 0 {
		return nil
	}
	if err := c.leavePool(b.numbers); err != nil {
		return err
	}
	for _, table := range []struct {
		columns string
		width   int
		args    []any
	}{
		{"customer (id, phone, email, surname, firstname, patronymic, sex, birth_date, country_code, locality, created_at, updated_at)", 12, b.customers},
		{"card (number, barcode_number, barcode_type, state, customer_id, balance, earned_total, issued_at, updated_at)", 9, b.cards},
		{"posting (id, card_number, kind, points, op_key, description, at)", 7, b.postings},
		{"lot (id, card_number, points, remaining, is_open, description, available_from, valid_until)", 8, b.lots},
	} {
		if err := c.insertMany(table.columns, table.width, table.args); err != nil {
			if c.d.duplicate(err) != "" {
				return errAgain
			}
			return fmt.Errorf("bulk import: %w", err)
		}
	}
	return nil
}

// insertMany stores rows, bulkRows to a statement.
func (c conn) insertMany(columns string, width int, args []any) error {
	full := "INSERT INTO " + columns + " VALUES " + values(bulkRows, width)
	for len(args) >= bulkRows*width {
		if _, err := c.exec(full, args[:bulkRows*width]...); err != nil {
			return err
		}
		args = args[bulkRows*width:]
	}
	if len(args) == 0 {
		return nil
	}
	_, err := c.execBuilt("INSERT INTO "+columns+" VALUES "+values(len(args)/width, width), args...)
	return err
}

// leavePool takes numbers that become cards out of the pool, which is empty for
// most programmes that import their cards.
func (c conn) leavePool(numbers []string) error {
	var one int
	if err := c.one("SELECT 1 FROM card_pool LIMIT 1", nil, &one); isNoRows(err) {
		return nil
	} else if err != nil {
		return err
	}
	for chunk := range slices.Chunk(numbers, statementChunk) {
		if _, err := c.execIn("DELETE FROM card_pool WHERE number IN (?)", chunk); err != nil {
			return err
		}
	}
	return nil
}
