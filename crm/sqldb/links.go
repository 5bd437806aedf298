package sqldb

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect"
)

var _ connect.Store = (*Store)(nil)

type linkRow struct {
	Member     string `db:"member"`
	SeenAt     int64  `db:"seen_at"`
	Balance    string `db:"balance"`
	BalanceAt  int64  `db:"balance_at"`
	DroppedAt  int64  `db:"dropped_at"`
	EnrolledAt int64  `db:"enrolled_at"`
}

const selectLink = "SELECT member, seen_at, balance, balance_at, dropped_at, enrolled_at FROM crm_link "

// link gives the row; what cannot be read is as good as not known.
func (r linkRow) link() (l connect.Link) {
	if json.Unmarshal([]byte(r.Member), &l.Member) != nil {
		return connect.Link{}
	}
	if r.Balance != "" && json.Unmarshal([]byte(r.Balance), &l.Balance) == nil {
		l.BalanceAt = optionalTime(r.BalanceAt)
	}
	l.SeenAt, l.DroppedAt, l.EnrolledAt = optionalTime(r.SeenAt), optionalTime(r.DroppedAt), optionalTime(r.EnrolledAt)
	return l
}

// optionalTime reads a time that may be zero.
func optionalTime(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

func optionalMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

// PutLink implements connect.Store.
func (s *Store) PutLink(ctx context.Context, l connect.Link) error {
	l.Member.Balance = nil
	member, err := json.Marshal(l.Member)
	if err != nil {
		return crm.Wrap(crm.ErrInternal, err)
	}
	var balance []byte
	if l.Balance != nil {
		if balance, err = json.Marshal(l.Balance); err != nil {
			return crm.Wrap(crm.ErrInternal, err)
		}
	}
	args := []any{l.Member.ID, l.Member.Profile.Phone, l.Member.Profile.Email, string(member), optionalMillis(l.SeenAt)}
	given := []any{string(balance), string(balance), string(balance), optionalMillis(l.BalanceAt), optionalMillis(l.EnrolledAt), optionalMillis(l.EnrolledAt)}
	number := l.Member.Card
	return s.do(ctx, func(c conn) error {
		matched, err := c.exec(`UPDATE crm_link SET ref = ?, phone = ?, email = ?, member = ?, seen_at = ?,
			balance = CASE WHEN ? = '' THEN balance ELSE ? END, balance_at = CASE WHEN ? = '' THEN balance_at ELSE ? END,
			enrolled_at = CASE WHEN ? = 0 THEN enrolled_at ELSE ? END WHERE number = ?`, append(slices.Concat(args, given), number)...)
		if err == nil && matched == 0 {
			var taken bool
			taken, err = c.insert(`INSERT INTO crm_link (ref, phone, email, member, seen_at, balance, balance_at, enrolled_at, dropped_at, number)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`, append(slices.Clone(args), string(balance), optionalMillis(l.BalanceAt), optionalMillis(l.EnrolledAt), number)...)
			if taken {
				err = errAgain // stored by another process in this moment
			}
		}
		if err != nil {
			return err
		}
		return c.dropNumber(number)
	})
}

func (c conn) dropNumber(number string) error {
	_, err := c.exec("DELETE FROM card_pool WHERE number = ?", number)
	return err
}

// Link implements connect.Store.
func (s *Store) Link(ctx context.Context, number string) (connect.Link, error) {
	return read(ctx, s, func(c conn) (connect.Link, error) {
		return only(c, linkRow.link, crm.ErrCardNotFound, selectLink+"WHERE number = ?", number)
	})
}

// LinksOf implements connect.Store.
func (s *Store) LinksOf(ctx context.Context, by crm.Identity) ([]connect.Link, error) {
	column, value := "phone", by.Phone
	if value == "" {
		column, value = "email", by.Email
	}
	return read(ctx, s, func(c conn) ([]connect.Link, error) {
		return list(c, linkRow.link, selectLink+"WHERE "+column+" = ? ORDER BY number", value)
	})
}

// ListLinks implements connect.Store.
func (s *Store) ListLinks(ctx context.Context, after connect.Link, limit int) ([]connect.Link, error) {
	phone, number := after.Member.Profile.Phone, after.Member.Card
	return read(ctx, s, func(c conn) ([]connect.Link, error) {
		return list(c, linkRow.link, selectLink+"WHERE phone > ? OR phone = ? AND number > ? AND phone <> '' ORDER BY phone, number LIMIT ?", phone, phone, number, limit)
	})
}

// DropLinks implements connect.Store.
func (s *Store) DropLinks(ctx context.Context, ref crm.Ref, at time.Time) error {
	column, value := "ref", ref.ID
	if value == "" {
		column, value = "number", ref.Card
	}
	return s.do(ctx, func(c conn) error {
		_, err := c.exec("UPDATE crm_link SET dropped_at = ? WHERE "+column+" = ? AND dropped_at < ?", millis(at), value, millis(at))
		return err
	})
}

// ForgetLink implements connect.Store.
func (s *Store) ForgetLink(ctx context.Context, number string) error {
	return s.do(ctx, func(c conn) error {
		_, err := c.exec("DELETE FROM crm_link WHERE number = ?", number)
		return err
	})
}

// PooledNumber implements connect.Store.
func (s *Store) PooledNumber(ctx context.Context, number string) (crm.CardNumber, error) {
	return read(ctx, s, func(c conn) (crm.CardNumber, error) {
		return only(c, pooledRow.number, crm.ErrNumberUnknown, selectPooled+"WHERE number = ?", number)
	})
}

// DropNumber implements connect.Store.
func (s *Store) DropNumber(ctx context.Context, number string) error {
	return s.do(ctx, func(c conn) error { return c.dropNumber(number) })
}

// OffersFor implements connect.Store.
func (s *Store) OffersFor(ctx context.Context, number string, day crm.Date) ([]crm.Offer, error) {
	return read(ctx, s, func(c conn) ([]crm.Offer, error) { return c.openOffers(number, day) })
}

// ForgetPerson implements connect.Store.
func (s *Store) ForgetPerson(ctx context.Context, phone, person string) ([]connect.Link, error) {
	return write(ctx, s, func(c conn) ([]connect.Link, error) {
		links, err := list(c, linkRow.link, selectLink+"WHERE phone = ?"+c.d.forUpdate, phone)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if err := c.forgetCard(l.Member.Card); err != nil {
				return nil, err
			}
		}
		_, err = c.exec("DELETE FROM crm_intent WHERE person = ?", person)
		return links, err
	})
}

// forgetCard removes a card's link and its open intents, and the number from those
// that are done. A slot that names the card goes with it; what happens once in all
// keeps its slot, which names a receipt, or a hash.
func (c conn) forgetCard(number string) error {
	for _, statement := range []string{
		"DELETE FROM crm_link WHERE number = ?",
		"DELETE FROM crm_intent WHERE card = ? AND (state <> 'done' OR operation IN ('enroll', 'update'))",
		"UPDATE crm_intent SET card = '', ref = '', slot = CASE WHEN operation = 'channels' THEN NULL ELSE slot END WHERE card = ?",
	} {
		if _, err := c.exec(statement, number); err != nil {
			return fmt.Errorf("forget a card: %w", err)
		}
	}
	return nil
}
