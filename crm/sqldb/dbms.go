package sqldb

import (
	"context"
	"fmt"
	"strings"
)

// dbms is one family of databases. One struct implements it, and owns all in
// which the family differs: driver, dialect, meaning of errors, how commits are
// shared, settings and migrations.
type dbms interface {
	// dialect is how the family writes what differs in statements.
	dialect() *dialect
	// read runs statements outside a transaction, write in one durable
	// transaction. Both may run work more than once, each time from the top, so
	// work must not keep results of an earlier run.
	read(ctx context.Context, work func(conn) error) error
	write(ctx context.Context, work func(conn) error) error
	// bulk is write for rows of many that fit their columns and whose references
	// are among them: a database may leave out checks of these.
	bulk(ctx context.Context, work func(conn) error) error
	// inspect tells an operator about settings and size.
	inspect(ctx context.Context, connections int) ([]Note, error)
	// scrub makes an erasure reach what the family keeps besides, and says what stays.
	scrub(ctx context.Context) (note string, err error)
	ping(ctx context.Context) error
	close() error
}

// dialect is what differs between families in a statement or an error.
type dialect struct {
	// forUpdate ends a SELECT that locks its rows.
	forUpdate string
	// skipLocked is forUpdate that passes over rows which others hold.
	skipLocked string
	// branch stands before and after a branch of a UNION that has an order and a
	// limit of its own.
	branch [2]string
	// settleMany is the UPDATE that stores n settlements with ten values each, where
	// round trips are what a change costs, so that changes of several callers are
	// worth gathering into one transaction; nil elsewhere.
	settleMany func(n int) string
	// classify tells what an error of the driver means.
	classify func(error) class
}

func (d *dialect) duplicate(err error) bool { return err != nil && d.classify(err) == classDuplicate }

// class is what an error of a database means to an operation.
type class int

const (
	// classOther is a fault of this package or of the database.
	classOther class = iota
	// classDuplicate: a unique key forbade the change.
	classDuplicate
	// classUnfit: a column refused a value, so it is the caller's fault and nothing
	// was cut short.
	classUnfit
	// classRepeatable: the operation did not happen, or nobody knows whether it did;
	// it may be run again from the top.
	classRepeatable
	// classUnavailable: the database cannot serve now.
	classUnavailable
)

// engines are the families by the scheme of their URLs.
var engines = map[string]func(ctx context.Context, address string, o Options) (dbms, error){
	"sqlite": func(ctx context.Context, path string, o Options) (dbms, error) { return openSQLite(ctx, path, o) },
	"mysql":  func(ctx context.Context, dsn string, o Options) (dbms, error) { return openMySQL(ctx, dsn, o) },
}

func openEngine(ctx context.Context, url string, o Options) (dbms, error) {
	scheme, address, _ := strings.Cut(url, ":")
	open, known := engines[scheme]
	if !known {
		return nil, fmt.Errorf("sqldb: the scheme %q is neither sqlite nor mysql", scheme)
	}
	return open(ctx, address, o)
}

// Scheme reports whether a database URL is one of this package's.
func Scheme(url string) bool {
	scheme, _, found := strings.Cut(url, ":")
	return found && engines[scheme] != nil
}
