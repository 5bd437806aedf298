package sqldb

import (
	"database/sql"
	"slices"

	"github.com/jmoiron/sqlx"

	"koshelek-adapter/crm"
)

// An import that runs again finds most rows stored as they are: those are found
// many at a time and need nothing.

// changed gives those of the rows, by index, that are not stored as they are.
// seen counts what occurs in the call and in the store.
func (c conn) changed(rows []crm.CardRecord, left []int, seen seenTwice) ([]int, error) {
	var asked []string
	for _, i := range left {
		asked = append(asked, rows[i].Number)
	}
	stored := make(map[string]crm.Holder, len(asked))
	for chunk := range slices.Chunk(asked, statementChunk) {
		if err := c.storedCards(stored, chunk); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(left, func(i int) bool {
		row := rows[i]
		// Another row of the call may change the same card or customer before.
		alone := seen[numberKey(row)] == 2 && seen[phoneKey(row)] <= 2 && seen[emailKey(row)] <= 2
		is, found := stored[row.Number]
		return alone && found && same(row, is)
	}), nil
}

func (c conn) storedCards(into map[string]crm.Holder, numbers []string) error {
	query, args, err := sqlx.In("SELECT "+cardColumns+", "+customerColumns+
		" FROM card k LEFT JOIN customer c ON c.id = k.customer_id WHERE k.number IN (?)", numbers)
	if err != nil {
		return err
	}
	return eachRow(c.ctx, c.raw, func(rows *sql.Rows) error {
		var card cardRow
		var holder listedCustomer
		if err := rows.Scan(append(card.dest(), holder.dest()...)...); err != nil {
			return err
		}
		into[card.number.String] = crm.Holder{Profile: holder.profile(), Card: card.card()}
		return nil
	}, query, args)
}

// same reports whether an import of the row would change nothing: an empty
// field of the holder leaves what is stored.
func same(row crm.CardRecord, is crm.Holder) bool {
	if row.CardNumber != is.Card.CardNumber || row.State != is.Card.State {
		return false
	}
	given, kept := row.Holder, is.Profile
	if is.Card.CustomerID == "" {
		return given == crm.Profile{}
	}
	for _, pair := range [][2]string{
		{given.Phone, kept.Phone}, {given.Email, kept.Email}, {given.Surname, kept.Surname}, {given.FirstName, kept.FirstName},
		{given.Patronymic, kept.Patronymic}, {string(given.Sex), string(kept.Sex)}, {string(given.BirthDate), string(kept.BirthDate)},
		{given.CountryCode, kept.CountryCode}, {given.Locality, kept.Locality},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return true
}
