package sqldb

import (
	"context"
	"errors"
	"sync"

	"koshelek-adapter/crm/engine"
)

// errRehearsed ends a rehearsal's transaction.
const errRehearsed signal = "it was a rehearsal"

var errBrokenRehearsal = errors.New("sqldb: the transaction of the rehearsal is gone")

// Rehearse lets work do what it does on a store that forgets all of it: everything
// happens in one transaction that is rolled back. Meanwhile other writers of an
// SQLite file wait, and on MySQL those of the same rows.
func (s *Store) Rehearse(ctx context.Context, work func(engine.Store) error) error {
	err := s.engine.write(ctx, func(c conn) error {
		rehearsed := &Store{engine: &rehearsal{dbms: s.engine, c: c}, dialect: s.dialect, ids: s.ids, onRetry: s.onRetry}
		if err := work(rehearsed); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// rehearsal is a database inside a transaction: each operation has a savepoint.
type rehearsal struct {
	dbms
	mu     sync.Mutex // the transaction has one connection
	c      conn
	broken bool
}

func (r *rehearsal) read(ctx context.Context, work func(conn) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken {
		return errBrokenRehearsal
	}
	return work(r.c)
}

// write never goes on after its transaction is lost: what came then would stay.
func (r *rehearsal) write(ctx context.Context, work func(conn) error) error {
	return r.read(ctx, func(c conn) error {
		do := func(statement string) error {
			_, err := c.raw.ExecContext(c.ctx, statement)
			r.broken = r.broken || err != nil
			return err
		}
		if err := do("SAVEPOINT rehearsed"); err != nil {
			return err
		}
		failure := work(c)
		if failure != nil {
			if err := do("ROLLBACK TO SAVEPOINT rehearsed"); err != nil {
				return errors.Join(errBrokenRehearsal, failure)
			}
		}
		return errors.Join(failure, do("RELEASE SAVEPOINT rehearsed"))
	})
}

func (r *rehearsal) bulk(ctx context.Context, work func(conn) error) error { return r.write(ctx, work) }

func (r *rehearsal) close() error { return nil }
