package sqldb

import (
	"cmp"
	"context"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Customer implements engine.Store.
func (s *Store) Customer(ctx context.Context, id string) (engine.Customer, error) {
	return read(ctx, s, func(c conn) (found engine.Customer, err error) {
		found.ID = id
		if found.Profile, err = only(c, customerRow.profile, crm.ErrCustomerNotFound, selectCustomer+"WHERE id = ?", id); err != nil {
			return found, err
		}
		found.Cards, err = c.cardsOf(id)
		return found, err
	})
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
	return only(c, codeRecord.record, nil, `SELECT card_number, reference, hash, expires_at, attempts, used, last_attempt, verdict,
		window_start, sends, failures FROM one_time_code WHERE customer_id = ?`+c.d.forUpdate, customer)
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
	return s.do(ctx, func(c conn) error {
		if err := c.lockCustomerID(r.CustomerID, crm.ErrCustomerNotFound); err != nil {
			return err
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
	verdict, err := write(ctx, s, func(c conn) (error, error) {
		before, err := c.lockCode(a.CustomerID)
		if err != nil {
			return nil, err
		}
		after, changed, verdict := before.Judge(a)
		if !changed {
			return verdict, nil
		}
		return verdict, c.putCode(a.CustomerID, after)
	})
	return cmp.Or(err, verdict)
}
