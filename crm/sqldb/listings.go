package sqldb

import (
	"context"
	"database/sql"
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
func (s *Store) ListCards(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return scan(ctx, s, func(c conn) (list []crm.Holder, err error) {
		err = c.each(func(rows *sql.Rows) error {
			holder, err := scanHolder(rows)
			list = append(list, holder)
			return err
		}, selectHolder+"WHERE k.number > ? ORDER BY k.number LIMIT ?", after, limit)
		return list, err
	})
}

const selectHolder = "SELECT " + cardColumns + ", " + customerColumns + " FROM card k LEFT JOIN customer c ON c.id = k.customer_id "

// scanHolder reads a row of selectHolder.
func scanHolder(rows *sql.Rows) (crm.Holder, error) {
	var card cardRow
	var holder listedCustomer
	err := rows.Scan(append(card.dest(), holder.dest()...)...)
	return crm.Holder{Profile: holder.profile(), Card: card.card()}, err
}

// ListCustomers implements engine.Store.
func (s *Store) ListCustomers(ctx context.Context, after string, limit int) ([]crm.Holder, error) {
	return s.holders(ctx, `WHERE id > ? AND EXISTS (SELECT 1 FROM card k WHERE k.customer_id = customer.id)
		ORDER BY id LIMIT ?`, after, limit)
}

// page reads a listing.
func page[R, T any](ctx context.Context, s *Store, value func(R) T, query string, args ...any) ([]T, error) {
	return scan(ctx, s, func(c conn) ([]T, error) { return list(c, value, query, args...) })
}

// ListPurchases implements engine.Store.
func (s *Store) ListPurchases(ctx context.Context, card, ref string, limit int) ([]crm.Purchase, error) {
	return page(ctx, s, purchaseRow.purchase, selectPurchase+
		"WHERE card_number >= ? AND (card_number > ? OR ref > ?) ORDER BY card_number, ref LIMIT ?", card, card, ref, limit)
}

// ListPostings implements engine.Store.
func (s *Store) ListPostings(ctx context.Context, after string, limit int) ([]crm.Posting, error) {
	return page(ctx, s, postingRow.posting, selectPosting+"WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}

// ListCodes implements engine.Store.
func (s *Store) ListCodes(ctx context.Context, after string, limit int) ([]engine.PromoCode, error) {
	return page(ctx, s, codeRow.code, selectCode+"WHERE code > ? ORDER BY code LIMIT ?", after, limit)
}

// ListOffers implements engine.Store.
func (s *Store) ListOffers(ctx context.Context, after string, limit int) ([]crm.Offer, error) {
	return page(ctx, s, offerRow.offer, selectOffer+"WHERE o.id > ? ORDER BY o.id LIMIT ?", after, limit)
}

// ListNumbers implements engine.Store.
func (s *Store) ListNumbers(ctx context.Context, after string, limit int) ([]engine.PooledNumber, error) {
	return page(ctx, s, pooledRow.pooled, selectPooled+"WHERE number > ? ORDER BY number LIMIT ?", after, limit)
}

type auditRow struct {
	At      int64  `db:"at"`
	Actor   string `db:"actor"`
	Action  string `db:"action"`
	Subject string `db:"subject"`
	Detail  string `db:"detail"`
}

func (r auditRow) line() engine.AuditLine {
	return engine.AuditLine{At: fromMillis(r.At), Actor: r.Actor, Action: r.Action, Subject: r.Subject, Detail: r.Detail}
}

// AuditLog implements engine.Store.
func (s *Store) AuditLog(ctx context.Context, subject string, limit int) ([]engine.AuditLine, error) {
	lines, err := page(ctx, s, auditRow.line, "SELECT at, actor, action, subject, detail FROM audit WHERE subject = ? OR ? = '' ORDER BY id DESC LIMIT ?", subject, subject, limit)
	slices.Reverse(lines)
	return lines, err
}
