package sqldb

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

const customerColumns = `c.phone, c.email, c.surname, c.firstname, c.patronymic, c.sex, c.birth_date, c.country_code, c.locality`

// listedCustomer is a customer behind a LEFT JOIN: every part may be missing.
type listedCustomer struct {
	phone, email, surname, first, patronymic, sex, birth, country, locality sql.NullString
}

func (r *listedCustomer) dest() []any {
	return []any{&r.phone, &r.email, &r.surname, &r.first, &r.patronymic, &r.sex, &r.birth, &r.country, &r.locality}
}

func (r *listedCustomer) profile() crm.Profile {
	return crm.Profile{
		Phone: r.phone.String, Email: r.email.String, Surname: r.surname.String, FirstName: r.first.String,
		Patronymic: r.patronymic.String, Sex: crm.Sex(r.sex.String), BirthDate: crm.Date(r.birth.String),
		CountryCode: r.country.String, Locality: r.locality.String,
	}
}

// ListCards implements engine.Store.
func (s *Store) ListCards(ctx context.Context, after string, limit int) (list []crm.Holder, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		return c.each(func(rows *sql.Rows) error {
			var card cardRow
			var holder listedCustomer
			if err := rows.Scan(append(card.dest(), holder.dest()...)...); err != nil {
				return err
			}
			list = append(list, crm.Holder{Profile: holder.profile(), Card: card.card()})
			return nil
		}, "SELECT "+cardColumns+", "+customerColumns+` FROM card k LEFT JOIN customer c ON c.id = k.customer_id
			WHERE k.number > ? ORDER BY k.number LIMIT ?`, after, limit)
	})
	return list, err
}

// ListCustomers implements engine.Store: the customers of a page, then their cards.
func (s *Store) ListCustomers(ctx context.Context, after string, limit int) (list []crm.Holder, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		var rows []customerRow
		if err := c.all(&rows, selectCustomer+`WHERE id > ? AND EXISTS (SELECT 1 FROM card k WHERE k.customer_id = customer.id)
			ORDER BY id LIMIT ?`, after, limit); err != nil || len(rows) == 0 {
			return err
		}
		cards, err := c.cardsOfMany(rows)
		if err != nil {
			return err
		}
		for _, row := range rows {
			card, _ := crm.PickCard(cards[row.ID])
			card.CustomerID = row.ID // the place of the next page, also if the card left in this moment
			list = append(list, crm.Holder{Profile: row.profile(), Card: card})
		}
		return nil
	})
	return list, err
}

// ListPurchases implements engine.Store.
func (s *Store) ListPurchases(ctx context.Context, card, ref string, limit int) (list []crm.Purchase, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		return c.each(func(rows *sql.Rows) error {
			var p crm.Purchase
			err := rows.Scan(&p.CardNumber, &p.Ref, (*string)(&p.Date), &p.Item, &p.AmountKopecks, &p.QuantityMilli, &p.Location, &p.BonusPoints)
			list = append(list, p)
			return err
		}, `SELECT card_number, ref, day, item, amount_kopecks, quantity_milli, location, bonus_points FROM purchase
			WHERE card_number >= ? AND (card_number > ? OR ref > ?) ORDER BY card_number, ref LIMIT ?`, card, card, ref, limit)
	})
	return list, err
}

// ListPostings implements engine.Store.
func (s *Store) ListPostings(ctx context.Context, after string, limit int) (list []crm.Posting, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		var rows []postingRow
		err := c.all(&rows, selectPosting+"WHERE id > ? ORDER BY id LIMIT ?", after, limit)
		for _, row := range rows {
			list = append(list, row.posting())
		}
		return err
	})
	return list, err
}

// ListCodes implements engine.Store.
func (s *Store) ListCodes(ctx context.Context, after string, limit int) (list []engine.PromoCode, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		var rows []codeRow
		err := c.all(&rows, selectCode+"WHERE code > ? ORDER BY code LIMIT ?", after, limit)
		for _, row := range rows {
			list = append(list, row.code())
		}
		return err
	})
	return list, err
}

// ListOffers implements engine.Store.
func (s *Store) ListOffers(ctx context.Context, after string, limit int) (list []crm.Offer, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		var rows []offerRow
		err := c.all(&rows, "SELECT "+offerColumns+" FROM offer o WHERE o.id > ? ORDER BY o.id LIMIT ?", after, limit)
		for _, row := range rows {
			list = append(list, row.offer())
		}
		return err
	})
	return list, err
}

// ListNumbers implements engine.Store.
func (s *Store) ListNumbers(ctx context.Context, after string, limit int) (list []engine.PooledNumber, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		return c.each(func(rows *sql.Rows) error {
			var n engine.PooledNumber
			var until int64
			err := rows.Scan(&n.Number, &n.BarcodeNumber, (*string)(&n.BarcodeType), &until)
			n.ReservedUntil = crm.Forever
			if until != math.MaxInt64 {
				n.ReservedUntil = fromMillis(until)
			}
			list = append(list, n)
			return err
		}, "SELECT number, barcode_number, barcode_type, reserved_until FROM card_pool WHERE number > ? ORDER BY number LIMIT ?", after, limit)
	})
	return list, err
}

// AuditLog implements engine.Store.
func (s *Store) AuditLog(ctx context.Context, subject string, limit int) (list []engine.AuditLine, err error) {
	err = s.read(ctx, func(c conn) error {
		list = nil
		return c.each(func(rows *sql.Rows) error {
			line := engine.AuditLine{Subject: subject}
			var at int64
			err := rows.Scan(&at, &line.Actor, &line.Action, &line.Detail)
			line.At = fromMillis(at)
			list = append(list, line)
			return err
		}, "SELECT at, actor, action, detail FROM audit WHERE subject = ? ORDER BY id DESC LIMIT ?", subject, limit)
	})
	slices.Reverse(list)
	return list, err
}
