package sqldb

import (
	"context"
	"errors"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// singleRows is how many rows that need a decision each share a transaction:
// few enough to let customers in between.
const singleRows = 500

// ImportCards implements engine.Store. The usual rows are all new: they are just
// stored, many to a statement, and the unique keys tell when that is wrong. Then
// comes one transaction for all rows that need no decision, and transactions for
// the others, in which each row has a savepoint.
func (s *Store) ImportCards(ctx context.Context, rows []engine.CardRecord, now time.Time) (refused []crm.RowError, err error) {
	if done, err := s.importNewRows(ctx, rows, now); done || err != nil {
		return nil, err
	}
	left, err := write(ctx, s, func(c conn) ([]int, error) { return s.importPlain(c, rows, now) })
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(left, singleRows) {
		some, err := write(ctx, s, func(c conn) ([]crm.RowError, error) { return s.importSingly(c, rows, part, now) })
		if err != nil {
			return nil, err
		}
		refused = append(refused, some...)
	}
	return refused, nil
}

// importSingly stores the rows with these indices one after the other.
func (s *Store) importSingly(c conn, rows []engine.CardRecord, indices []int, now time.Time) (refused []crm.RowError, err error) {
	for _, i := range indices {
		err := c.nested(func() error { return s.importCard(c, rows[i], now) })
		switch {
		case err == nil:
		case isRefusal(err), !isOwn(err) && c.d.classify(err) == classUnfit:
			refused = append(refused, crm.RowError{Index: i, Err: c.d.translate(err)})
		default:
			return nil, err
		}
	}
	return refused, nil
}

func (s *Store) importCard(c conn, row engine.CardRecord, now time.Time) error {
	card, err := c.card(row.Number, c.d.forUpdate)
	isNew := errors.Is(err, crm.ErrCardNotFound)
	if err != nil && !isNew {
		return err
	}
	holder, err := s.importHolder(c, row.Holder, card.CustomerID, now)
	if err != nil {
		return err
	}
	if isNew {
		return s.importNew(c, row, holder, now)
	}
	_, err = c.exec("UPDATE card SET barcode_number = ?, barcode_type = ?, state = ?, customer_id = ?, updated_at = ? WHERE number = ?",
		row.BarcodeNumber, string(row.BarcodeType), string(row.State), orNull(holder), millis(now), row.Number)
	return err
}

// importHolder gives the customer of a row, "" for none. A card keeps the
// holder that it has, whose profile the row then updates.
func (s *Store) importHolder(c conn, p crm.Profile, current string, now time.Time) (string, error) {
	switch {
	case p == crm.Profile{}:
		return current, nil
	case current == "" && !p.HasIdentity():
		return "", crm.ErrNoIdentity
	case current == "":
		to, err := s.customer(c, p, crm.EmailIdentifies, now)
		return to.id, err
	}
	owner, _, err := c.lockCustomer(p, crm.EmailIdentifies)
	if err != nil {
		return "", err
	}
	if owner != nil && owner.ID != current {
		return "", crm.ErrNumberTaken
	}
	taken, err := c.updateCustomer(current, p, millis(now))
	if taken {
		return "", errAgain
	}
	return current, err
}

// importKey is the operation of an opening balance, which happens once.
func importKey(number string) string { return "import:" + number }

func (s *Store) importNew(c conn, row engine.CardRecord, holder string, now time.Time) error {
	if err := c.leaveRegistered(holder); err != nil {
		return err
	}
	if _, err := c.exec("DELETE FROM card_pool WHERE number = ?", row.Number); err != nil {
		return err
	}
	err := c.insertCard(crm.Card{
		CardNumber: row.CardNumber, State: row.State, CustomerID: holder,
		Balance: row.Balance, EarnedTotal: row.Balance, IssuedAt: row.IssuedAt,
	}, millis(now))
	if errors.Is(err, crm.ErrNumberTaken) {
		return errAgain // made in this moment, by a twin of this import for instance
	}
	if err != nil {
		return err
	}
	return s.credit(c, row.Number, importKey(row.Number), crm.Accrual{
		Points: row.Balance, Kind: crm.PostingGrant, AvailableFrom: now, ValidUntil: crm.Forever,
	}, now)
}
