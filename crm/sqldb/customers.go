package sqldb

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// customerRow is a customer as it is stored.
type customerRow struct {
	ID          string         `db:"id"`
	Phone       sql.NullString `db:"phone"`
	Email       sql.NullString `db:"email"`
	Surname     string         `db:"surname"`
	FirstName   string         `db:"firstname"`
	Patronymic  string         `db:"patronymic"`
	Sex         string         `db:"sex"`
	BirthDate   string         `db:"birth_date"`
	CountryCode string         `db:"country_code"`
	Locality    string         `db:"locality"`
}

const selectCustomer = `SELECT id, phone, email, surname, firstname, patronymic, sex, birth_date,
	country_code, locality FROM customer `

// The insert statements end in VALUES, for one row or many.
const (
	insertCustomer = `INSERT INTO customer (id, phone, email, surname, firstname, patronymic, sex, birth_date,
		country_code, locality, created_at, updated_at) VALUES `
	insertOperation = "INSERT INTO operation (op_key, fingerprint, subject, created_at) VALUES "
	insertCard      = `INSERT INTO card (number, barcode_number, barcode_type, state, customer_id,
		balance, earned_total, issued_at, updated_at) VALUES `
	insertPosting = "INSERT INTO posting (id, card_number, kind, points, op_key, description, at) VALUES "
	insertLot     = `INSERT INTO lot (id, card_number, points, remaining, is_open, description, available_from, valid_until)
		VALUES `
)

func (r customerRow) profile() crm.Profile {
	return crm.Profile{
		Phone: r.Phone.String, Email: r.Email.String, Surname: r.Surname, FirstName: r.FirstName,
		Patronymic: r.Patronymic, Sex: crm.Sex(r.Sex), BirthDate: crm.Date(r.BirthDate),
		CountryCode: r.CountryCode, Locality: r.Locality,
	}
}

// insertCustomer makes a customer; errKnown when phone or email has an owner.
func (c conn) insertCustomer(id string, p crm.Profile, now int64) error {
	taken, err := c.insert(insertCustomer+"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id, orNull(p.Phone), orNull(p.Email), p.Surname, p.FirstName, p.Patronymic, string(p.Sex), string(p.BirthDate),
		p.CountryCode, p.Locality, now, now)
	if taken {
		return errKnown
	}
	return err
}

// lockCustomer finds the customer of a profile by phone, else by email where the
// trust allows, and locks the row; nil when there is none. It tells whether the
// email is another customer's and must be left out. Phone and email of two
// customers give ErrAmbiguous.
func (c conn) lockCustomer(p crm.Profile, trust crm.EmailTrust) (row *customerRow, withheld bool, err error) {
	byPhone, err := c.lockCustomerBy("phone", p.Phone)
	if err != nil {
		return nil, false, err
	}
	byEmail, err := c.lockCustomerBy("email", p.Email)
	switch {
	case err != nil:
		return nil, false, err
	case byEmail == nil:
		return byPhone, false, nil
	case byPhone == nil && byEmail.answersTo(p, trust):
		return byEmail, false, nil
	case byPhone == nil && trust == crm.EmailHints:
		return nil, true, nil
	case byPhone != nil && byEmail.ID == byPhone.ID:
		return byPhone, false, nil
	case byPhone != nil:
		withheld, err = c.emailWithheld(p.Phone, p.Email)
	}
	if err == nil && !withheld {
		err = crm.ErrAmbiguous
	}
	return byPhone, withheld, err
}

// answersTo tells whether a customer who was found by email, while nobody has the
// phone, is the one of the profile.
func (r customerRow) answersTo(p crm.Profile, trust crm.EmailTrust) bool {
	if trust == crm.EmailIdentifies || p.Phone == "" {
		return true
	}
	agree := func(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }
	return !r.Phone.Valid && agree(r.Surname, p.Surname) && agree(r.FirstName, p.FirstName) &&
		agree(r.Patronymic, p.Patronymic) && agree(r.BirthDate, string(p.BirthDate))
}

// withheldKey is the operation that left a stranger's email out of a customer's
// profile, so that the same call again finds that customer and no conflict. It
// holds no email in the clear.
func withheldKey(phone, email string) string {
	sum := sha256.Sum256([]byte(phone + " " + email))
	return "withheld:" + hex.EncodeToString(sum[:])
}

// emailWithheld tells whether the email was left out of the profile of the
// phone's customer.
func (c conn) emailWithheld(phone, email string) (bool, error) {
	var n int
	err := c.one("SELECT COUNT(*) FROM operation WHERE op_key = ?", []any{withheldKey(phone, email)}, &n)
	return n > 0, err
}

func (c conn) lockCustomerBy(column, value string) (*customerRow, error) {
	if value == "" {
		return nil, nil
	}
	row := func(r customerRow) *customerRow { return &r }
	return only(c, row, nil, selectCustomer+"WHERE "+column+" = ?"+c.d.forUpdate, value)
}

// lockCustomerID locks a customer; missing when there is none.
func (c conn) lockCustomerID(id string, missing error) error {
	_, err := only(c, customerRow.profile, missing, selectCustomer+"WHERE id = ?"+c.d.forUpdate, id)
	return err
}

// customer gives the customer of a profile, made when there is none, with what
// the profile says stored. A customer who was found by email alone keeps the
// phone that is stored: the call proves nothing about it.
func (s *Store) customer(c conn, p crm.Profile, trust crm.EmailTrust, now time.Time) (owner, error) {
	row, withheld, err := c.lockCustomer(p, trust)
	if err != nil {
		return owner{}, err
	}
	email := p.Email
	if withheld {
		p.Email = ""
	}
	if row == nil {
		o := owner{id: s.ids.next(now), phone: p.Phone}
		err := c.insertCustomer(o.id, p, millis(now))
		if errors.Is(err, errKnown) {
			err = errAgain // made in this moment
		}
		if err == nil && withheld {
			_, err = c.operation(withheldKey(p.Phone, email), "", o.id, millis(now))
		}
		return o, err
	}
	o := owner{id: row.ID, phone: p.Phone}
	if row.Phone.Valid {
		o.phone, p.Phone = row.Phone.String, ""
	}
	taken, err := c.updateCustomer(row.ID, p, millis(now))
	if taken {
		return owner{}, errAgain
	}
	return o, err
}

// owner is the customer whom a card is for, with the phone that is stored.
type owner struct{ id, phone string }

// updateCustomer stores the fields that are not empty and tells whether the
// phone or the email of somebody else forbade it.
func (c conn) updateCustomer(id string, p crm.Profile, now int64) (taken bool, err error) {
	set, args := []string{"updated_at = ?"}, []any{now}
	for _, field := range []struct{ column, value string }{
		{"phone", p.Phone}, {"email", p.Email}, {"surname", p.Surname}, {"firstname", p.FirstName},
		{"patronymic", p.Patronymic}, {"sex", string(p.Sex)}, {"birth_date", string(p.BirthDate)},
		{"country_code", p.CountryCode}, {"locality", p.Locality},
	} {
		if field.value != "" {
			set, args = append(set, field.column+" = ?"), append(args, field.value)
		}
	}
	_, err = c.execBuilt("UPDATE customer SET "+strings.Join(set, ", ")+" WHERE id = ?", append(args, id)...)
	if c.d.duplicate(err) {
		return true, nil
	}
	return false, err
}
