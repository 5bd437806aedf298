package sqldb

import (
	"context"
	"database/sql"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// cardColumns are read by cardRow, always in this order.
const cardColumns = "k.number, k.barcode_number, k.barcode_type, k.state, k.customer_id, k.balance, k.earned_total, k.issued_at"

// cardRow is a card as it is stored; every part may be missing behind a LEFT JOIN.
type cardRow struct {
	number, barcode, symbology, state, customer sql.NullString
	balance, earned, issued                     sql.NullInt64
}

func (r *cardRow) dest() []any {
	return []any{&r.number, &r.barcode, &r.symbology, &r.state, &r.customer, &r.balance, &r.earned, &r.issued}
}

func (r *cardRow) card() crm.Card {
	return crm.Card{
		CardNumber: crm.CardNumber{
			Number: r.number.String, BarcodeNumber: r.barcode.String, BarcodeType: crm.BarcodeType(r.symbology.String),
		},
		State: crm.CardState(r.state.String), CustomerID: r.customer.String,
		Balance: r.balance.Int64, EarnedTotal: r.earned.Int64, IssuedAt: fromMillis(r.issued.Int64),
	}
}

const findBy = "SELECT c.id, c.phone, c.email, c.birth_date, " + cardColumns +
	" FROM customer c LEFT JOIN card k ON k.customer_id = c.id WHERE "

// FindCards implements engine.Store. Phone and email are two look-ups by key in
// one round trip; an OR would tempt the planner into reading the table.
func (s *Store) FindCards(ctx context.Context, by crm.Identity) ([]crm.Match, error) {
	query, args := findBy+"c.phone = ?", []any{by.Phone}
	switch {
	case by.Phone == "" && by.Email == "":
		return nil, nil
	case by.Phone == "":
		query, args = findBy+"c.email = ?", []any{by.Email}
	case by.Email != "":
		query += " UNION ALL " + findBy + "c.email = ? AND (c.phone IS NULL OR c.phone <> ?)"
		args = append(args, by.Email, by.Phone)
	}
	return read(ctx, s, func(c conn) (found []crm.Match, err error) {
		err = c.each(func(rows *sql.Rows) error {
			var id, birth string
			var phone, email sql.NullString
			var row cardRow
			if err := rows.Scan(append([]any{&id, &phone, &email, &birth}, row.dest()...)...); err != nil {
				return err
			}
			if len(found) == 0 || found[len(found)-1].CustomerID != id {
				found = append(found, crm.Match{
					CustomerID: id, BirthDate: crm.Date(birth), HasPhone: phone.Valid,
					ByPhone: by.Phone != "" && phone.String == by.Phone,
					ByEmail: by.Email != "" && email.String == by.Email,
				})
			}
			if row.number.Valid {
				last := &found[len(found)-1]
				last.Cards = append(last.Cards, row.card())
			}
			return nil
		}, query, args...)
		if err != nil || len(found) < 2 {
			return found, err
		}
		withheld, err := c.emailWithheld(by.Phone, by.Email)
		if withheld {
			found = slices.DeleteFunc(found, func(m crm.Match) bool { return !m.ByPhone })
		}
		return found, err
	})
}

// Card implements engine.Store.
func (s *Store) Card(ctx context.Context, number string) (crm.Card, error) {
	return read(ctx, s, func(c conn) (crm.Card, error) { return c.card(number, "") })
}

// card reads one card; lock is "" or the dialect's lock.
func (c conn) card(number, lock string) (crm.Card, error) {
	var row cardRow
	err := c.one("SELECT "+cardColumns+" FROM card k WHERE k.number = ?"+lock, []any{number}, row.dest()...)
	if isNoRows(err) {
		return crm.Card{}, crm.ErrCardNotFound
	}
	return row.card(), err
}

// cardsOf reads the cards of a customer.
func (c conn) cardsOf(customer string) (cards []crm.Card, err error) {
	err = c.each(func(rows *sql.Rows) error {
		var row cardRow
		if err := rows.Scan(row.dest()...); err != nil {
			return err
		}
		cards = append(cards, row.card())
		return nil
	}, "SELECT "+cardColumns+" FROM card k WHERE k.customer_id = ?", customer)
	return cards, err
}

// insertCard stores a card that does not exist; ErrNumberTaken when it does.
func (c conn) insertCard(card crm.Card, now int64) error {
	taken, err := c.insert(insertCard+"(?, ?, ?, ?, ?, ?, ?, ?, ?)",
		card.Number, card.BarcodeNumber, string(card.BarcodeType), string(card.State), orNull(card.CustomerID),
		card.Balance, card.EarnedTotal, millis(card.IssuedAt), now)
	if taken {
		return crm.ErrNumberTaken
	}
	return err
}

// orNull stores "" as NULL, so that unique keys and foreign keys pass over it.
func orNull(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

// SetCardState implements engine.Store.
func (s *Store) SetCardState(ctx context.Context, r engine.StateChange) error {
	return s.do(ctx, func(c conn) error {
		card, err := c.card(r.CardNumber, c.d.forUpdate)
		if err != nil || card.State == r.State {
			return err
		}
		if _, err := c.exec("UPDATE card SET state = ?, updated_at = ? WHERE number = ?",
			string(r.State), millis(r.Now), r.CardNumber); err != nil {
			return err
		}
		return c.audit(s.ids.next(r.Now), millis(r.Now), r.Actor, "card "+string(r.State), r.CardNumber, r.Reason)
	})
}

// audit appends a line; nothing of a person may stand in it.
func (c conn) audit(id string, at int64, actor, action, subject, detail string) error {
	_, err := c.exec("INSERT INTO audit (id, at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)",
		id, at, actor, action, subject, detail)
	return err
}
