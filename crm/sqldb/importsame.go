package sqldb

import (
	"database/sql"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// An import that runs again finds most rows stored as they are: those are found
// many at a time and need nothing.

// changed gives the rows, by index, from the first one on that is not stored as
// it is. What comes after it must be looked at one by one, equal or not: the
// row may change the customer of a later one.
func (c conn) changed(rows []engine.CardRecord, left []int) ([]int, error) {
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
	first := slices.IndexFunc(left, func(i int) bool {
		is, found := stored[rows[i].Number]
		return !found || !same(rows[i], is)
	})
	if first < 0 {
		return nil, nil
	}
	return left[first:], nil
}

func (c conn) storedCards(into map[string]crm.Holder, numbers []string) error {
	return c.eachIn(func(rows *sql.Rows) error {
		holder, err := scanHolder(rows)
		into[holder.Card.Number] = holder
		return err
	}, selectHolder+"WHERE k.number IN (?)", numbers)
}

// same reports whether an import of the row would change nothing: an empty
// field of the holder leaves what is stored.
func same(row engine.CardRecord, is crm.Holder) bool {
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
