package sqldb

import (
	"context"
	"crypto/tls"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v4"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Store is a engine.Store over SQL. It is safe for concurrent use.
type Store struct {
	engine dbms
	*dialect
	ids     *idSource
	onRetry func()
	// They are nil where operations share commits anyway.
	issues      *issueBatch
	settlements *settleBatch
	// swept is when the parked deliveries of a vendor were looked through.
	swept sync.Map
	// importKnows tells that the last import met rows that were stored already.
	importKnows atomic.Bool
}

var _ engine.Store = (*Store)(nil)

// Options shape a Store; the zero value is good for tests.
type Options struct {
	// Connections limits how many statements are at work at once; zero for 16.
	Connections int
	// Bulk is for a process that loads a lot and ends: on SQLite a connection for
	// bulk rows with a larger cache, since new rows touch pages all over the
	// indexes, with rarer checkpoints, and without checks that were made before.
	Bulk bool
	// TLS encrypts connections to MySQL, whatever tls= of the DSN says; nil for what
	// that says. Without a ServerName each server must have the name, or the address,
	// by which the DSN calls it.
	TLS *tls.Config
	// AllowUnsafe serves although the database's settings can lose what was
	// acknowledged; Warn is told instead.
	AllowUnsafe bool
	// Warn is told of settings that are unsafe but allowed; may be nil.
	Warn func(text string)
	// OnBatch is told how many operations shared a commit, OnRetry that a
	// transaction is run again; both may be nil.
	OnBatch func(operations int)
	OnRetry func()
}

func (o Options) withDefaults() Options {
	if o.Connections == 0 {
		o.Connections = 16
	}
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	if o.OnBatch == nil {
		o.OnBatch = func(int) {}
	}
	if o.OnRetry == nil {
		o.OnRetry = func() {}
	}
	return o
}

// Open opens "sqlite:path" or "mysql:dsn" (the DSN of go-sql-driver/mysql,
// where tcp(a:3306,b:3306) names the nodes of a cluster), checks the settings
// that durability needs, and brings the schema up to date; of several
// processes that start at once one does so. Errors never hold the password.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	o = o.withDefaults()
	e, err := openEngine(ctx, url, o)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e, dialect: e.dialect(), ids: newIDSource(), onRetry: o.OnRetry}
	if s.settleMany != nil {
		s.issues, s.settlements = newIssueBatch(s), newSettleBatch(s)
	}
	return s, nil
}

// Migrate brings the schema of a database up to date and closes it again; Open
// does the same by itself.
func Migrate(ctx context.Context, url string, o Options) error {
	store, err := Open(ctx, url, o)
	if err != nil {
		return err
	}
	return store.Close()
}

// Ping implements engine.Store.
func (s *Store) Ping(ctx context.Context) error {
	// A driver may answer before it looks at the context.
	if err := ctx.Err(); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return s.translate(s.engine.ping(ctx))
}

// Close implements engine.Store.
func (s *Store) Close() error {
	if s.issues != nil {
		s.issues.close()
		s.settlements.close()
	}
	return s.engine.close()
}

// read and write give what work gives.
func read[T any](ctx context.Context, s *Store, work func(conn) (T, error)) (T, error) {
	return run(ctx, s, s.engine.read, work)
}

func write[T any](ctx context.Context, s *Store, work func(conn) (T, error)) (T, error) {
	return run(ctx, s, s.engine.write, work)
}

// scan is read for what may take long: the database is told when the caller's
// time is over. To watch a context costs as much as a look-up by key, so read
// looks at it only until a connection is free.
func scan[T any](ctx context.Context, s *Store, work func(conn) (T, error)) (T, error) {
	return read(ctx, s, func(c conn) (T, error) {
		c.ctx = ctx
		return work(c)
	})
}

// do is write without an answer.
func (s *Store) do(ctx context.Context, work func(conn) error) error {
	_, err := write(ctx, s, func(c conn) (struct{}, error) { return struct{}{}, work(c) })
	return err
}

// A transaction that the database or another operation has overtaken is run
// again for so long and so often.
const (
	repeatTime = 3 * time.Second
	repeatMost = 9
	firstWait  = 4 * time.Millisecond
	longWait   = 250 * time.Millisecond
)

// run runs work in the given way until it does not fail with an error after which
// it may be run again, also when the connection was lost, perhaps in the commit:
// every operation begins by finding out whether it has happened, by its unique
// key. Every error that leaves it has a kind or is a signal.
func run[T any](ctx context.Context, s *Store, way func(context.Context, func(conn) error) error, work func(conn) (T, error)) (answer T, err error) {
	if err := ctx.Err(); err != nil {
		return answer, crm.Wrap(crm.ErrUnavailable, err)
	}
	once := func() error {
		return way(ctx, func(c conn) (err error) {
			answer, err = work(c)
			return err
		})
	}
	if err = once(); s.repeatable(err) {
		err = s.again(ctx, once)
	}
	if err != nil {
		var none T
		return none, s.translate(err)
	}
	return answer, nil
}

func (s *Store) again(ctx context.Context, once func() error) error {
	waits := backoff.NewExponentialBackOff(backoff.WithInitialInterval(firstWait), backoff.WithMaxInterval(longWait),
		backoff.WithMultiplier(2), backoff.WithRandomizationFactor(0.5), backoff.WithMaxElapsedTime(repeatTime))
	return backoff.Retry(func() error {
		s.onRetry()
		err := once()
		if s.repeatable(err) {
			return err
		}
		return backoff.Permanent(err)
	}, backoff.WithContext(backoff.WithMaxRetries(waits, repeatMost), ctx))
}

// repeated reports an operation that did not happen now, since its key was
// claimed or its card did not pass the guard: what was there is looked up next.
func repeated(err error) bool { return errors.Is(err, errRepeated) || errors.Is(err, errGuarded) }
