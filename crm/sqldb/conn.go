package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"

	"github.com/jmoiron/sqlx"
)

// querier is the part of sql.DB, sql.Tx and sql.Conn that statements need.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// conn runs the statements of one operation.
type conn struct {
	ctx context.Context
	q   querier
	// raw runs statements that are built for one call and not worth keeping.
	raw querier
	d   *dialect
}

// exec runs a change and gives the number of rows that it matched.
func (c conn) exec(query string, args ...any) (int64, error) { return rowsOf(c.ctx, c.q, query, args) }

// execBuilt is exec for a statement that is built for this call.
func (c conn) execBuilt(query string, args ...any) (int64, error) {
	return rowsOf(c.ctx, c.raw, query, args)
}

func rowsOf(ctx context.Context, q querier, query string, args []any) (int64, error) {
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// insert runs an INSERT and tells whether a unique key forbade it. A statement
// that fails so leaves the transaction as it was.
func (c conn) insert(query string, args ...any) (taken bool, err error) {
	_, err = c.exec(query, args...)
	if c.d.duplicate(err) {
		return true, nil
	}
	return false, err
}

// one scans the single row of a query; sql.ErrNoRows when there is none.
func (c conn) one(query string, args []any, dest ...any) error {
	rows, err := c.q.QueryContext(c.ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// each calls scan for every row of a query.
func (c conn) each(scan func(rows *sql.Rows) error, query string, args ...any) error {
	return eachRow(c.ctx, c.q, scan, query, args)
}

func eachRow(ctx context.Context, q querier, scan func(rows *sql.Rows) error, query string, args []any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// all reads every row of a query into a slice of structs with db tags.
func (c conn) all(dest any, query string, args ...any) error {
	return structs(c.ctx, c.q, dest, query, args)
}

func structs(ctx context.Context, q querier, dest any, query string, args []any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := sqlx.StructScan(rows, dest); err != nil {
		return err
	}
	return rows.Err()
}

// in completes a query that has one "(?)" for a list, and reads it like all.
func (c conn) in(dest any, query string, args ...any) error {
	query, args, err := sqlx.In(query, args...)
	if err != nil {
		return err
	}
	return structs(c.ctx, c.raw, dest, query, args)
}

// execIn is exec for a query with a list.
func (c conn) execIn(query string, args ...any) (int64, error) {
	query, args, err := sqlx.In(query, args...)
	if err != nil {
		return 0, err
	}
	return c.execBuilt(query, args...)
}

// nested runs work so that its failure undoes its own changes only.
func (c conn) nested(work func() error) error {
	if _, err := c.raw.ExecContext(c.ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	failure := work()
	if failure != nil {
		if _, err := c.raw.ExecContext(c.ctx, "ROLLBACK TO SAVEPOINT part"); err != nil {
			return lostTx(failure, err)
		}
	}
	if _, err := c.raw.ExecContext(c.ctx, "RELEASE SAVEPOINT part"); err != nil {
		return err
	}
	return failure
}

// lostTx is the error when a savepoint went with its whole transaction. After a
// deadlock that is so, and the deadlock is what the caller must see; an error of
// the work's own must not be taken for an answer then.
func lostTx(failure, lost error) error {
	if isConflict(failure) || isOutage(failure) {
		return failure
	}
	return fmt.Errorf("savepoint: %w", lost)
}

// values writes n groups of placeholders for an INSERT of many rows.
func values(n, columns int) string {
	group := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return strings.Repeat(group+", ", n-1) + group
}

// maxStatements bounds the cache; the package's own statements are far fewer.
const maxStatements = 256

// statements is a querier that prepares each statement once.
type statements struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)
	mu      sync.RWMutex
	known   map[string]kept
}

// kept is a statement that lives as long as its cache, which closes it.
type kept struct{ stmt *sql.Stmt }

func newStatements(prepare func(ctx context.Context, query string) (*sql.Stmt, error)) *statements {
	return &statements{prepare: prepare, known: map[string]kept{}}
}

// ExecContext implements querier.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	k, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return k.stmt.ExecContext(ctx, args...)
}

// QueryContext implements querier.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	k, err := s.get(ctx, query)
	if err != nil {
		return nil, err
	}
	return k.stmt.QueryContext(ctx, args...)
}

func (s *statements) get(ctx context.Context, query string) (kept, error) {
	s.mu.RLock()
	k, found := s.known[query]
	s.mu.RUnlock()
	if found {
		return k, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, found := s.known[query]; found {
		return k, nil
	}
	if len(s.known) >= maxStatements {
		return kept{}, fmt.Errorf("sqldb: more than %d statements; is one built from data?", maxStatements)
	}
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return kept{}, err
	}
	s.known[query] = kept{stmt}
	return s.known[query], nil
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.known {
		_ = k.stmt.Close()
	}
	clear(s.known)
}

// inColumn is in for a single column.
func inColumn[T any](c conn, dest *[]T, query string, args ...any) error {
	query, args, err := sqlx.In(query, args...)
	if err != nil {
		return err
	}
	return eachRow(c.ctx, c.raw, func(rows *sql.Rows) error {
		var value T
		if err := rows.Scan(&value); err != nil {
			return err
		}
		*dest = append(*dest, value)
		return nil
	}, query, args)
}
