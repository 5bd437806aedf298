package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
)

// Store is a engine.Store over SQL. It is safe for concurrent use.
type Store struct {
	engine dbms
	ids    *idSource
	// They are nil where operations share commits anyway.
	issues      *issueBatch
	settlements *settleBatch
	lookups     *outboxLookups
	// swept is when the parked deliveries of a vendor were looked through.
	swept sync.Map
	// importKnows tells that the last import met rows that were stored already.
	importKnows atomic.Bool
}

var _ engine.Store = (*Store)(nil)

// engine is what differs in how statements reach a database.
type dbms interface {
	// read runs statements outside a transaction.
	read(ctx context.Context, work func(conn) error) error
	// write runs work in one durable transaction. It may run it more than once,
	// each time from the top, so work must not keep results of an earlier run.
	write(ctx context.Context, work func(conn) error) error
	// bulk is write for rows of many that fit their columns and whose references
	// are among them: a database may leave out checks of these.
	bulk(ctx context.Context, work func(conn) error) error
	ping(ctx context.Context) error
	close() error
}

// Options shape a Store; the zero value is good for tests.
type Options struct {
	// Connections limits how many statements are at work at once; zero for 16.
	Connections int
	// Bulk is for a process that loads a lot and ends: on SQLite a connection for
	// bulk rows with a larger cache, since new rows touch pages all over the
	// indexes, with rarer checkpoints, and without checks that were made before.
	Bulk bool
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
	scheme, rest, _ := strings.Cut(url, ":")
	o = o.withDefaults()
	var (
		e   dbms
		err error
	)
	switch scheme {
	case "sqlite":
		e, err = openSQLite(ctx, rest, o)
	case "mysql":
		e, err = openMySQL(ctx, rest, o)
	default:
		return nil, fmt.Errorf("sqldb: the scheme %q is neither sqlite nor mysql", scheme)
	}
	if err != nil {
		return nil, err
	}
	store := &Store{engine: e, ids: newIDSource()}
	if scheme == "mysql" {
		store.issues, store.settlements, store.lookups = newIssueBatch(store), newSettleBatch(store), newOutboxLookups(store)
	}
	return store, nil
}

// Ping implements engine.Store.
func (s *Store) Ping(ctx context.Context) error {
	// A driver may answer before it looks at the context.
	if err := ctx.Err(); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return translate(s.engine.ping(ctx))
}

// Close implements engine.Store.
func (s *Store) Close() error {
	if s.issues != nil {
		s.issues.close()
		s.settlements.close()
		s.lookups.close()
	}
	return s.engine.close()
}

// read and write turn every error that leaves the package into one of a kind.
func (s *Store) read(ctx context.Context, work func(conn) error) error {
	if err := ctx.Err(); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return translate(s.engine.read(ctx, work))
}

func (s *Store) write(ctx context.Context, work func(conn) error) error {
	if err := ctx.Err(); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return repeat(func() error { return translate(s.engine.write(ctx, work)) }, errAgain)
}

func (s *Store) writeBulk(ctx context.Context, work func(conn) error) error {
	if err := ctx.Err(); err != nil {
		return crm.Wrap(crm.ErrUnavailable, err)
	}
	return translate(s.engine.bulk(ctx, work))
}

// signal is how a transaction tells the operation around it why it was given
// up. Signals never leave the package.
type signal string

// Error implements error.
func (s signal) Error() string { return "sqldb: " + string(s) }

const (
	// errAgain runs the whole transaction again: somebody else changed what it
	// had read.
	errAgain signal = "overtaken by another operation"
	// errTaken says that a phone or an email found an owner while the operation
	// made a customer for it; it starts over and finds that customer.
	errTaken signal = "the customer exists by now"
	// errRepeated says that the operation's key was claimed before.
	errRepeated signal = "the operation happened before"
	// errGuarded says that the card did not pass the guard; why is found out
	// once the operation is known not to be a repetition.
	errGuarded signal = "the card does not allow it"
)

// maxOvertakes bounds how often an operation starts over.
const maxOvertakes = 8

// repeat runs an operation until it does not fail with the given error.
func repeat(operation func() error, overtaken error) error {
	for range maxOvertakes {
		if err := operation(); !errors.Is(err, overtaken) {
			return err
		}
	}
	return crm.Fail(crm.ErrBusy, "overtaken too often")
}

func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
