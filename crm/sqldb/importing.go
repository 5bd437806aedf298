package sqldb

import (
	"context"
	"errors"
	"time"

	"koshelek-adapter/crm"
)

// importChunk is how many rows share a transaction: large enough to share the
// wait for the disk, small enough to let customers in between.
const importChunk = 500

// ImportCards implements crm.Backend.
func (s *Store) ImportCards(ctx context.Context, rows []crm.CardRecord, now time.Time) (refused []crm.Refusal, err error) {
	for start := 0; start < len(rows); start += importChunk {
		chunk := rows[start:min(start+importChunk, len(rows))]
		var late []crm.Refusal
		err := s.write(ctx, func(c conn) error {
			late, err = s.importChunk(c, chunk, start, now)
			return err
		})
		if err != nil {
			return refused, err
		}
		refused = append(refused, late...)
	}
	return refused, nil
}

func (s *Store) importChunk(c conn, rows []crm.CardRecord, start int, now time.Time) (refused []crm.Refusal, err error) {
	for i, row := range rows {
		err := c.nested(func() error { return s.importCard(c, row, now) })
		var e *crm.Error
		var kind crm.Kind
		switch {
		case err == nil:
		case errors.Is(err, errTaken):
			return nil, errAgain // a customer who was made in this moment
		case errors.As(err, &e), errors.As(err, &kind):
			refused = append(refused, crm.Refusal{Index: start + i, Err: err})
		default:
			return nil, err
		}
	}
	return refused, nil
}

func (s *Store) importCard(c conn, row crm.CardRecord, now time.Time) error {
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
// holder that it has.
func (s *Store) importHolder(c conn, p crm.Profile, current string, now time.Time) (string, error) {
	if !p.HasIdentity() {
		return current, nil
	}
	id, err := s.customer(c, p, now)
	if err == nil && current != "" && id != current {
		return "", crm.ErrNumberTaken
	}
	return id, err
}

func (s *Store) importNew(c conn, row crm.CardRecord, holder string, now time.Time) error {
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
	return s.credit(c, row.Number, "import:"+row.Number, crm.Accrual{
		Points: row.Balance, Kind: crm.PostingGrant, AvailableFrom: now, ValidUntil: crm.Forever,
	}, now)
}
