package dataset

import (
	"context"
	"database/sql"
	"strings"
)

const (
	rowsPerInsert = 500    // one statement
	rowsPerCommit = 50_000 // one transaction
)

// insert stores tables one after another, over one connection.
func (s *Store) insert(ctx context.Context, all []table) error {
	for _, t := range all {
		for from := 0; from < t.rows; from += rowsPerCommit {
			to := min(from+rowsPerCommit, t.rows)
			if err := t.insert(ctx, s.db, from, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// insert stores a range of rows in one transaction.
func (t table) insert(ctx context.Context, db *sql.DB, from, to int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	for at := from; at < to; at += rowsPerInsert {
		end := min(at+rowsPerInsert, to)
		if _, err := tx.ExecContext(ctx, t.statement(end-at), t.arguments(at, end)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (t table) statement(rows int) string {
	group := "(" + strings.TrimSuffix(strings.Repeat("?,", len(t.columns)), ",") + ")"
	return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(group+",", rows), ",")
}

func (t table) arguments(from, to int) []any {
	args := make([]any, 0, (to-from)*len(t.columns))
	for i := from; i < to; i++ {
		args = append(args, t.row(i)...)
	}
	return args
}
