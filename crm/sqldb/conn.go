package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

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

// list reads the rows of a query, structs with db tags, as what they stand for.
func list[R, T any](c conn, value func(R) T, query string, args ...any) ([]T, error) {
	var rows []R
	if err := c.all(&rows, query, args...); err != nil || len(rows) == 0 {
		return nil, err
	}
	values := make([]T, len(rows))
	for i, row := range rows {
		values[i] = value(row)
	}
	return values, nil
}

// only reads the row that a query has at most; missing is the error when there is
// none.
func only[R, T any](c conn, value func(R) T, missing error, query string, args ...any) (one T, err error) {
	found, err := list(c, value, query, args...)
	switch {
	case err != nil:
		return one, err
	case len(found) == 0:
		return one, missing
	}
	return found[0], nil
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

func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// nested runs work so that its failure undoes its own changes only.
func (c conn) nested(work func() error) error {
	if _, err := c.raw.ExecContext(c.ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	failure := work()
	if failure != nil {
		if _, err := c.raw.ExecContext(c.ctx, "ROLLBACK TO SAVEPOINT part"); err != nil {
			return c.d.lostTx(failure, err)
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
func (d *dialect) lostTx(failure, lost error) error {
	if class := d.classify(failure); !isOwn(failure) && (class == classRepeatable || class == classUnavailable) {
		return failure
	}
	return fmt.Errorf("savepoint: %w", lost)
}

// values writes n groups of placeholders for an INSERT of many rows.
func values(n, columns int) string {
	group := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return strings.Repeat(group+", ", n-1) + group
}

// eachIn is each for a query with a list.
func (c conn) eachIn(scan func(rows *sql.Rows) error, query string, args ...any) error {
	query, args, err := sqlx.In(query, args...)
	if err != nil {
		return err
	}
	return eachRow(c.ctx, c.raw, scan, query, args)
}

// inColumn reads the single column of a query, which may have a list.
func inColumn[T any](c conn, query string, args ...any) (values []T, err error) {
	err = c.eachIn(func(rows *sql.Rows) error {
		var value T
		err := rows.Scan(&value)
		values = append(values, value)
		return err
	}, query, args...)
	return values, err
}
