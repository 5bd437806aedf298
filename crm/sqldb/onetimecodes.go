package sqldb

import (
	"cmp"
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Customer implements engine.Store.
func (s *Store) Customer(ctx context.Context, id string) (found engine.Customer, err error) {
	err = s.read(ctx, func(c conn) error {
		var rows []customerRow
		if err := c.all(&rows, selectCustomer+"WHERE id = ?", id); err != nil {
			return err
		}
		if len(rows) == 0 {
			return crm.ErrCustomerNotFound
		}
		found = engine.Customer{ID: rows[0].ID, Profile: rows[0].profile()}
		found.Cards, err = c.cardsOf(id)
		return err
	})
	return found, err
}

// codeRecord is a one-time code as it is stored.
type codeRecord struct {
	CardNumber  string `db:"card_number"`
	Reference   string `db:"reference"`
	Hash        string `db:"hash"`
	ExpiresAt   int64  `db:"expires_at"`
	Attempts    int64  `db:"attempts"`
	Used        int64  `db:"used"`
	LastAttempt string `db:"last_attempt"`
	Verdict     string `db:"verdict"`
	WindowStart int64  `db:"window_start"`
	Sends       int64  `db:"sends"`
	Failures    int64  `db:"failures"`
}

func (r codeRecord) record() engine.CodeRecord {
	return engine.CodeRecord{
		CardNumber: r.CardNumber, Reference: r.Reference, Hash: r.Hash, ExpiresAt: fromMillis(r.ExpiresAt),
		Attempts: r.Attempts, Used: r.Used == 1, LastAttempt: r.LastAttempt, Verdict: crm.Kind(r.Verdict),
		WindowStart: fromMillis(r.WindowStart), Sends: r.Sends, Failures: r.Failures,
	}
}

// lockCode reads a customer's code, empty when there is none, for a change.
func (c conn) lockCode(customer string) (engine.CodeRecord, error) {
	var rows []codeRecord
	err := c.all(&rows, `SELECT card_number, reference, hash, expires_at, attempts, used, last_attempt, verdict,
		window_start, sends, failures FROM one_time_code WHERE customer_id = ?`+c.d.forUpdate, customer)
	if err != nil || len(rows) == 0 {
		return engine.CodeRecord{}, err
	}
	return rows[0].record(), nil
}

func (c conn) putCode(customer string, r engine.CodeRecord) error {
	return c.put(`UPDATE one_time_code SET card_number = ?, reference = ?, hash = ?, expires_at = ?, attempts = ?, used = ?,
		last_attempt = ?, verdict = ?, window_start = ?, sends = ?, failures = ? WHERE customer_id = ?`,
		`INSERT INTO one_time_code (card_number, reference, hash, expires_at, attempts, used,
		last_attempt, verdict, window_start, sends, failures, customer_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		[]any{
			r.CardNumber, r.Reference, r.Hash, millis(r.ExpiresAt), r.Attempts, bit(r.Used),
			r.LastAttempt, string(r.Verdict), millis(r.WindowStart), r.Sends, r.Failures, customer,
		})
}

// PutOneTimeCode implements engine.Store. The customer's lock orders what is sent
// to one customer, also the first time, when there is no code to lock.
func (s *Store) PutOneTimeCode(ctx context.Context, r engine.OneTimeCode) error {
	return s.write(ctx, func(c conn) error {
		var customers []customerRow
		if err := c.all(&customers, selectCustomer+"WHERE id = ?"+c.d.forUpdate, r.CustomerID); err != nil {
			return err
		}
		if len(customers) == 0 {
			return crm.ErrCustomerNotFound
		}
		before, err := c.lockCode(r.CustomerID)
		if err != nil {
			return err
		}
		after, changed, err := before.Renew(r)
		if err != nil || !changed {
			return err
		}
		return c.putCode(r.CustomerID, after)
	})
}

// UseOneTimeCode implements engine.Store. A wrong code is a change too: the
// attempt is committed, and only then answered.
func (s *Store) UseOneTimeCode(ctx context.Context, a engine.CodeAttempt) error {
	var verdict error
	err := s.write(ctx, func(c conn) error {
		before, err := c.lockCode(a.CustomerID)
		if err != nil {
			return err
		}
		after, changed, judged := before.Judge(a)
		verdict = judged
		if !changed {
			return nil
		}
		return c.putCode(a.CustomerID, after)
	})
	return cmp.Or(err, verdict)
}
