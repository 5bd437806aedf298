package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	_ "modernc.org/sqlite" // the driver

	"koshelek-adapter/crm"
)

// schema is the club's. Its unique keys decide who was first. A card without the
// time of its issue is a number that is reserved.
const schema = `
CREATE TABLE IF NOT EXISTS member (
	id INTEGER PRIMARY KEY, phone TEXT UNIQUE, email TEXT UNIQUE, profile TEXT NOT NULL DEFAULT '{}', consents TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS card (
	number TEXT PRIMARY KEY, member INTEGER REFERENCES member, blocked INTEGER NOT NULL DEFAULT 0, points INTEGER NOT NULL DEFAULT 0,
	kept_until INTEGER NOT NULL DEFAULT 0, issued_at INTEGER NOT NULL DEFAULT 0, issued_for TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS card_member ON card (member);
CREATE TABLE IF NOT EXISTS receipt (
	fn TEXT, i INTEGER, card TEXT NOT NULL REFERENCES card, content TEXT NOT NULL, day TEXT NOT NULL, kopecks INTEGER NOT NULL,
	points INTEGER NOT NULL, PRIMARY KEY (fn, i));`

// club is the foreign CRM. Its one connection makes each operation wait for the
// one before, and each begins with the lock of the writer, so that no other process
// comes between reading and writing either.
type club struct{ db *sql.DB }

// openClub opens the club's file at path and makes it when there is none.
func openClub(ctx context.Context, path string) (crm.Program, error) {
	db, err := sql.Open("sqlite", "file:"+path+
		"?_txlock=immediate&_pragma=busy_timeout(2000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(on)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &club{db}, nil
}

// desk is one operation: a transaction and the first error in it. After an error
// nothing more is asked, and nothing stays.
type desk struct {
	ctx context.Context
	tx  *sql.Tx
	err error
}

// do runs an operation. An error that is no [crm.Kind] comes from the database;
// then nobody knows what became of the operation, and the caller sends it again.
func do[T any](ctx context.Context, c *club, work func(*desk) T) (answer T, err error) {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return answer, crm.Wrap(crm.ErrUnavailable, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	d := &desk{ctx: ctx, tx: tx}
	done := work(d)
	if d.err == nil {
		d.err = tx.Commit()
	}
	if crm.KindOf(d.err) == crm.ErrInternal {
		d.err = crm.Wrap(crm.ErrUnavailable, d.err)
	}
	if d.err != nil {
		return answer, d.err
	}
	return done, nil
}

// refuse ends the operation with an error.
func (d *desk) refuse(err error) {
	if d.err == nil {
		d.err = err
	}
}

// rows reads what a query gives.
func rows[T any](d *desk, scan func(*T) []any, query string, args ...any) (list []T) {
	if d.err != nil {
		return nil
	}
	found, err := d.tx.QueryContext(d.ctx, query, args...)
	if err != nil {
		d.err = err
		return nil
	}
	defer func() { d.err = errors.Join(d.err, found.Err(), found.Close()) }()
	for d.err == nil && found.Next() {
		list = append(list, *new(T))
		d.err = found.Scan(scan(&list[len(list)-1])...)
	}
	return list
}

// exec runs a statement and gives how many rows it changed.
func (d *desk) exec(statement string, args ...any) int {
	return len(rows(d, func(one *int) []any { return []any{one} }, statement+" RETURNING 1", args...))
}

// card is a row of the table card.
type card struct {
	crm.Card
	issuedAt  int64
	issuedFor string
}

// cards finds cards and reserved numbers; where is a text of our own.
func (d *desk) cards(where string, args ...any) []card {
	list := rows(d, func(c *card) []any {
		return []any{&c.Number, &c.CustomerID, &c.State, &c.Balance, &c.issuedAt, &c.issuedFor}
	},
		`SELECT number, ifnull(member, ''), iif(blocked, 'blocked', 'active'), points, issued_at, issued_for FROM card WHERE `+where, args...)
	for i := range list {
		list[i].BarcodeNumber, list[i].BarcodeType, list[i].IssuedAt = list[i].Number, crm.Code128, time.UnixMilli(list[i].issuedAt)
	}
	return list
}

// card finds one card or refuses with ErrCardNotFound.
func (d *desk) card(number string) card {
	if found := d.cards("number = ? AND issued_at > 0", number); len(found) > 0 {
		return found[0]
	}
	d.refuse(crm.ErrCardNotFound)
	return card{}
}

// member is a member with all cards, and the card that stands for them.
type member struct {
	crm.Profile
	id, profile string
	cards       []crm.Card
	best        crm.Card
}

// members finds members; where is a text of our own.
func (d *desk) members(where string, args ...any) []member {
	list := rows(d, func(m *member) []any { return []any{&m.id, &m.profile} }, `SELECT id, profile FROM member WHERE `+where, args...)
	for i := range list {
		m := &list[i]
		if err := json.Unmarshal([]byte(m.profile), &m.Profile); err != nil {
			d.refuse(err)
		}
		for _, c := range d.cards("member = ?", m.id) {
			m.cards = append(m.cards, c.Card)
		}
		m.best, _ = crm.PickCard(m.cards)
	}
	return list
}

// owner finds the member whom a profile names, or nobody. Koshelek has confirmed
// the phone, but an e-mail is typed by anybody: beside a phone that nobody has it
// opens only an account without a phone that the birth date does not contradict,
// else it is left out of the profile.
func (d *desk) owner(p *crm.Profile) (m member) {
	found := d.members("phone = ? OR email = ?", p.Phone, p.Email)
	if len(found) > 1 {
		d.refuse(crm.ErrAmbiguous)
	}
	if len(found) != 1 {
		return m
	}
	m = found[0]
	differs := p.BirthDate != "" && m.BirthDate != "" && p.BirthDate != m.BirthDate
	if p.Phone != "" && m.Phone != p.Phone && (m.Phone != "" || differs) {
		p.Email = ""
		return member{}
	}
	if m.best.State == crm.CardBlocked {
		d.refuse(crm.ErrCardBlocked)
	}
	return m
}

// give stores a profile and makes the number a card of the member, a new one for
// nobody. A phone that is stored stays: who was found by e-mail has not proved
// another. The mark tells who came for the number.
func (d *desk) give(number, mark string, m member, p crm.Profile) crm.Card {
	if m.id == "" {
		for _, m.id = range rows(d, func(id *string) []any { return []any{id} }, `INSERT INTO member DEFAULT VALUES RETURNING id`) {
		}
	}
	if m.Phone != "" {
		p.Phone = ""
	}
	d.save(m.id, p)
	d.exec(`UPDATE card SET member = ?, issued_for = ?, issued_at = iif(issued_at > 0, issued_at, ?) WHERE number = ? AND member IS NULL`,
		m.id, mark, time.Now().UnixMilli(), number)
	return d.card(number).Card
}

// save stores the fields that a profile has; the others stay.
func (d *desk) save(id string, p crm.Profile) {
	text, err := json.Marshal(p)
	if err != nil {
		d.refuse(err)
	}
	d.exec(`UPDATE member SET phone = ifnull(nullif(?, ''), phone), email = ifnull(nullif(?, ''), email),
		profile = json_patch(profile, (SELECT json_group_object(key, value) FROM json_each(?) WHERE value <> '')) WHERE id = ?`,
		p.Phone, p.Email, string(text), id)
}
