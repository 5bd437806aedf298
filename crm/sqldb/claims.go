package sqldb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// errClaim tells that an operation would give a card without a holder to somebody:
// that goes the way of claims.
const errClaim signal = "the card waits for a holder"

// claims reports an error after which an operation goes the way of claims: the card
// waits for a holder, or the number is a wrong one.
func claims(err error) bool {
	return errors.Is(err, errClaim) || failedClaim(err)
}

func failedClaim(err error) bool {
	switch crm.KindOf(err) {
	case crm.ErrCardNotFound, crm.ErrNumberUnknown, crm.ErrNumberTaken, crm.ErrCardBlocked:
		return true
	}
	return false
}

// claim runs an operation that ends well or counts as a failure of who tries. The
// count's row is locked all the while, so that as many fail as may, and no more,
// however many come at once and by whatever process.
func claim[T any](ctx context.Context, s *Store, who string, limit int64, now time.Time, try func(conn) (T, error)) (T, error) {
	type outcome struct {
		done    T
		refused error
	}
	if limit <= 0 {
		return write(ctx, s, try)
	}
	ended, err := write(ctx, s, func(c conn) (o outcome, err error) {
		tried, err := c.attempts(who, now, engine.FailureWindow)
		if err != nil {
			return o, err
		}
		if tried >= limit {
			return outcome{refused: crm.ErrTooManyAttempts}, nil
		}
		err = c.nested(func() error {
			o.done, err = try(c)
			return err
		})
		if failedClaim(err) {
			return outcome{refused: err}, c.attempted(who)
		}
		return o, err
	})
	return ended.done, cmp.Or(err, ended.refused)
}

// attempts locks the count of a subject and gives it; one whose window is over
// begins again.
func (c conn) attempts(subject string, now time.Time, window time.Duration) (tried int64, err error) {
	over := millis(now.Add(-window))
	matched, err := c.exec(`UPDATE attempt SET tried = CASE WHEN since <= ? THEN 0 ELSE tried END,
		since = CASE WHEN since <= ? THEN ? ELSE since END WHERE subject = ?`, over, over, millis(now), subject)
	if err != nil {
		return 0, err
	}
	if matched == 0 {
		taken, err := c.insert("INSERT INTO attempt (subject, since, tried) VALUES (?, ?, 0)", subject, millis(now))
		if taken {
			err = errAgain // made in this moment
		}
		return 0, err
	}
	err = c.one("SELECT tried FROM attempt WHERE subject = ?", []any{subject}, &tried)
	return tried, err
}

func (c conn) attempted(subject string) error {
	_, err := c.exec("UPDATE attempt SET tried = tried + 1 WHERE subject = ?", subject)
	return err
}

// failuresOf is the subject whose failures are counted: a phone, or what there is in
// its place. It holds nothing in the clear.
func failuresOf(phone, other string) string {
	sum := sha256.Sum256([]byte(phone + " " + other))
	return "failed:" + hex.EncodeToString(sum[:])
}

func failuresOfProfile(p crm.Profile) string {
	if p.Phone != "" {
		return failuresOf(p.Phone, "")
	}
	return failuresOf("", p.Email)
}

// giveTo makes a customer the holder of a card that has none. What was bought with it
// before, by whoever had the plastic, is not shown.
func (c conn) giveTo(card string, to owner, r engine.Claims, now time.Time) error {
	if r.Refuse {
		return crm.Fail(crm.ErrNumberTaken, "cards without a holder are given to nobody")
	}
	if err := c.notAllBlocked(to.id); err != nil {
		return err
	}
	if r.PerDay > 0 {
		subject := "claimed:" + to.id
		taken, err := c.attempts(subject, now, engine.ClaimWindow)
		if err != nil {
			return err
		}
		if taken >= r.PerDay {
			return crm.ErrTooManyAttempts
		}
		if err := c.attempted(subject); err != nil {
			return err
		}
	}
	matched, err := c.exec("UPDATE card SET customer_id = ?, shown_from = ?, updated_at = ? WHERE number = ? AND customer_id IS NULL AND state <> 'blocked'",
		to.id, string(r.Day), millis(now), card)
	if err != nil {
		return err
	}
	if matched == 0 {
		return errAgain
	}
	_, err = c.exec("UPDATE purchase SET hidden = 1 WHERE card_number = ?", card)
	return err
}

// keepPhone keeps the phone that a customer is about to lose.
func (s *Store) keepPhone(c conn, customer, next string, now time.Time) error {
	if next == "" {
		return nil
	}
	lost, err := c.exec(`INSERT INTO former_phone (id, customer_id, phone, until)
		SELECT ?, id, phone, ? FROM customer WHERE id = ? AND phone IS NOT NULL AND phone <> ?`,
		s.ids.next(now), millis(now.Add(engine.FormerPhoneFor)), customer, next)
	if err != nil || lost == 0 {
		return err
	}
	return c.audit(s.ids.next(now), millis(now), "koshelek", "phone changed", customer, "")
}

type formerPhoneRow struct {
	Phone string `db:"phone"`
	Until int64  `db:"until"`
}

// FormerPhones implements engine.FormerPhones.
func (s *Store) FormerPhones(ctx context.Context, number string, now time.Time) ([]engine.FormerPhone, error) {
	return read(ctx, s, func(c conn) ([]engine.FormerPhone, error) {
		card, err := c.card(number, "")
		if err != nil || card.CustomerID == "" {
			return nil, err
		}
		return list(c, func(r formerPhoneRow) engine.FormerPhone {
			return engine.FormerPhone{Phone: r.Phone, Until: fromMillis(r.Until)}
		}, "SELECT phone, until FROM former_phone WHERE customer_id = ? AND until > ? ORDER BY until DESC, id DESC", card.CustomerID, millis(now))
	})
}

// Forget implements engine.FormerPhones.
func (s *Store) Forget(ctx context.Context, now time.Time) error {
	return s.do(ctx, func(c conn) error {
		if _, err := c.exec("DELETE FROM former_phone WHERE until <= ?", millis(now)); err != nil {
			return err
		}
		_, err := c.exec("DELETE FROM attempt WHERE since <= ?", millis(now.Add(-engine.ClaimWindow)))
		return err
	})
}
