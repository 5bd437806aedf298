package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

const (
	maxBatch  = 256  // operations that share one commit
	queueSize = 1024 // operations that may wait
)

var errClosed = errors.New("sqldb: the store is closed")

// writer is the one connection that writes to an SQLite file. It takes all
// operations that queued up while it committed the last ones, runs each under a
// savepoint of its own, commits them together, and only then lets their callers
// know. One wait for the disk so serves many operations, and nobody waits for
// a batch to fill.
type writer struct {
	conn     *sql.Conn
	prepared *statements
	onBatch  func(int)

	mu     sync.RWMutex // guards closed against sends on jobs
	closed bool
	jobs   chan *job
	ended  chan struct{}
}

// job is one waiting operation.
type job struct {
	ctx  context.Context
	work func(conn) error
	// state decides between the writer that starts the job and the caller that
	// gives up: what has started is waited for, so that its results are never
	// written while the caller reads them.
	state atomic.Int32
	err   error
	done  chan struct{}
}

const (
	jobWaiting int32 = iota
	jobStarted
	jobAbandoned
)

func newWriter(ctx context.Context, db *sql.DB, onBatch func(int)) (*writer, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		conn: c, prepared: newStatements(c.PrepareContext), onBatch: onBatch,
		jobs: make(chan *job, queueSize), ended: make(chan struct{}),
	}
	go w.loop()
	return w, nil
}

// do queues work and returns when it is durable or has failed.
func (w *writer) do(ctx context.Context, work func(conn) error) error {
	j := &job{ctx: ctx, work: work, done: make(chan struct{})}
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaiting, jobAbandoned) {
			return ctx.Err()
		}
		<-j.done
		return j.err
	}
}

func (w *writer) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets what is queued finish and ends the writer.
func (w *writer) close() {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return
	}
	w.closed = true
	close(w.jobs)
	w.mu.Unlock()
	<-w.ended
	w.prepared.close()
	_ = w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.ended)
	batch := make([]*job, 0, maxBatch)
	for first := range w.jobs {
		batch = w.gather(append(batch[:0], first))
		w.run(batch)
		clear(batch)
	}
}

// gather takes what waits, without waiting for more.
func (w *writer) gather(batch []*job) []*job {
	for len(batch) < maxBatch {
		select {
		case j, open := <-w.jobs:
			if !open {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// run commits a batch and lets the callers know. When the transaction as a
// whole fails, each operation is run again alone, so that one bad apple (a full
// disk, say) is answered for itself.
func (w *writer) run(batch []*job) {
	started := batch[:0]
	for _, j := range batch {
		if j.state.CompareAndSwap(jobWaiting, jobStarted) {
			started = append(started, j)
		}
	}
	if len(started) == 0 {
		return
	}
	w.onBatch(len(started))
	switch err := w.commit(started); {
	case err == nil:
	case len(started) == 1:
		started[0].err = err
	default:
		for _, j := range started {
			j.err = w.commit([]*job{j})
		}
	}
	for _, j := range started {
		close(j.done)
	}
}

// commit runs the jobs in one transaction. An error of a single job stands in
// the job; the returned error says that nothing of the batch happened. A job
// alone needs no savepoint, its error is the transaction's.
func (w *writer) commit(batch []*job) error {
	if err := w.plain("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	alone := len(batch) == 1
	for _, j := range batch {
		j.err = w.attempt(j, !alone)
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

// attempt runs one job, under a savepoint when it shares the transaction.
func (w *writer) attempt(j *job, shared bool) error {
	if !shared {
		return w.guarded(j)
	}
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
	return j.work(conn{ctx: context.WithoutCancel(j.ctx), q: w.prepared, raw: w.conn, d: sqliteDialect})
}

func (w *writer) plain(statement string) error {
	_, err := w.prepared.ExecContext(context.Background(), statement)
	return err
}

// rollback ends a transaction that SQLite may have ended by itself already, in
// which case it says so and there is nothing to do.
func (w *writer) rollback() { _ = w.plain("ROLLBACK") }
