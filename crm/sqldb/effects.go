package sqldb

import (
	"context"
	"database/sql"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// effects is what the operations of a transaction on SQLite have done so far.
type effects struct {
	// changed counts rows. It may count too many, never too few: SQLite repeats
	// the last count after a statement that changes no rows, such as SAVEPOINT,
	// and what a savepoint took back stays counted.
	changed int64
	// doubtful tells that a statement failed in a way after which SQLite may have
	// rolled the transaction back by itself.
	doubtful bool
}

// fail notes the error of a statement. A constraint undoes its statement only;
// a full disk or a lack of memory may end the transaction.
func (e *effects) fail(err error) {
	var lite *sqlite.Error
	if !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_CONSTRAINT {
		e.doubtful = true
	}
}

// tally is a querier that notes what its statements do.
type tally struct {
	querier
	effects *effects
}

// ExecContext implements querier.
func (t *tally) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	result, err := t.querier.ExecContext(ctx, query, args...)
	if err != nil {
		t.effects.fail(err)
		return nil, err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		t.effects.fail(err)
		return nil, err
	}
	t.effects.changed += rows
	return result, nil
}

// QueryContext implements querier. No statement of this package changes rows
// and gives some back.
func (t *tally) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := t.querier.QueryContext(ctx, query, args...)
	if err != nil {
		t.effects.fail(err)
	}
	return rows, err
}
