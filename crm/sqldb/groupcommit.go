package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
)

// writer is the one connection that writes to an SQLite file. It takes all
// operations that queued up while it committed the last ones, runs them in one
// transaction, commits, and only then lets their callers know. One wait for the
// disk so serves many operations.
//
// An operation that fails must leave nothing behind, and most that fail have
// changed nothing yet. So the operations first run as they are; only when one
// fails after a change is the batch run again, with a savepoint for each. A
// savepoint for each from the start would cost a fifth of the writer's time.
type writer struct {
	conn     *sql.Conn
	prepared *statements
	turn     turn
	// q and raw are what operations write through, and effects what they did.
	q, raw  *tally
	effects effects
	onBatch func(int)
	jobs    *queue[func(conn) error]
	ended   chan struct{}
}

// job is one waiting operation.
type job = item[func(conn) error]

func newWriter(ctx context.Context, db *sql.DB, turn turn, onBatch func(int)) (*writer, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		conn: c, prepared: newStatements(c.PrepareContext), turn: turn, onBatch: onBatch,
		jobs: newQueue[func(conn) error](), ended: make(chan struct{}),
	}
	w.q, w.raw = &tally{w.prepared, &w.effects}, &tally{c, &w.effects}
	go func() {
		defer close(w.ended)
		w.jobs.each(w.run)
	}()
	return w, nil
}

// do queues work and returns when it is durable or has failed.
func (w *writer) do(ctx context.Context, work func(conn) error) error { return w.jobs.do(ctx, work) }

// close lets what is queued finish and ends the writer.
func (w *writer) close() {
	if !w.jobs.close() {
		return
	}
	<-w.ended
	w.prepared.close()
	_ = w.conn.Close()
}

// run commits a batch. When the transaction as a whole fails, each operation is
// run again alone, so that one bad apple (a full disk, say) is answered for
// itself.
func (w *writer) run(batch []*job) {
	w.onBatch(len(batch))
	err := w.commit(batch, w.untouched)
	if errors.Is(err, errHalfDone) {
		err = w.commit(batch, w.attempt)
	}
	switch {
	case err == nil:
	case len(batch) == 1:
		batch[0].err = err
	default:
		for _, j := range batch {
			j.err = w.commit([]*job{j}, w.attempt)
		}
	}
}

// commit runs the jobs in one transaction, each by the given way. An error of a
// single job stands in the job; the returned error says that nothing of the
// batch happened. A job alone needs no care, its error is the transaction's.
func (w *writer) commit(batch []*job, way func(*job) error) error {
	if err := w.turn.begin(func() error { return w.plain("BEGIN IMMEDIATE") }); err != nil {
		return err
	}
	w.effects = effects{}
	alone := len(batch) == 1
	if alone {
		way = w.guarded
	}
	for _, j := range batch {
		j.err = way(j)
		var broken *brokenTx
		if errors.As(j.err, &broken) || alone && j.err != nil {
			w.rollback()
			return j.err
		}
	}
	if err := w.plain("COMMIT"); err != nil {
		w.rollback()
		return err
	}
	return nil
}

// brokenTx marks an error after which the whole transaction is gone.
type brokenTx struct{ error }

func (b *brokenTx) Unwrap() error { return b.error }

// errHalfDone says that a job failed after it had changed something, or that a
// statement failed in a way that may have ended the transaction.
const errHalfDone signal = "an operation failed half-way"

// untouched runs one job as it is, which is enough when it succeeds or is
// refused before its first change.
func (w *writer) untouched(j *job) error {
	before := w.effects.changed
	failure := w.guarded(j)
	touched := failure != nil && (w.effects.changed != before || !isOwn(failure))
	if touched || w.effects.doubtful {
		return &brokenTx{errHalfDone}
	}
	return failure
}

// attempt runs one job under a savepoint.
func (w *writer) attempt(j *job) error {
	if err := w.plain("SAVEPOINT op"); err != nil {
		return &brokenTx{err}
	}
	failure := w.guarded(j)
	if failure != nil {
		if err := w.plain("ROLLBACK TO SAVEPOINT op"); err != nil {
			return &brokenTx{err}
		}
	}
	if err := w.plain("RELEASE SAVEPOINT op"); err != nil {
		return &brokenTx{err}
	}
	return failure
}

// guarded keeps a panic of one operation from ending the writer of all.
func (w *writer) guarded(j *job) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("sqldb: panic in an operation: %v\n%s", fault, debug.Stack())
		}
	}()
	return j.work(conn{ctx: context.WithoutCancel(j.ctx), q: w.q, raw: w.raw, d: sqliteDialect})
}

func (w *writer) plain(statement string) error {
	_, err := w.prepared.ExecContext(context.Background(), statement)
	return err
}

// rollback ends a transaction that SQLite may have ended by itself already, in
// which case it says so and there is nothing to do.
func (w *writer) rollback() { _ = w.plain("ROLLBACK") }
