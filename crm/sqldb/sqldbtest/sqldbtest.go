// Package sqldbtest gives tests the URL of an empty store whose tables are made
// already. Making them is most of the work of opening a store, and tests open
// thousands.
package sqldbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// SQLite gives the URL of an empty store in a file that belongs to t.
func SQLite(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	template, err := emptyFile()
	if err == nil {
		err = os.WriteFile(path, template, 0o600)
	}
	if err != nil {
		t.Fatalf("sqldbtest: %v", err)
	}
	return "sqlite:" + path
}

// emptyFile gives the file of an empty store, which is made once.
var emptyFile = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "sqldbtest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "empty.db")
	if err := sqldb.Migrate(context.Background(), "sqlite:"+path, sqldb.Options{}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// MariaDB gives the URL of an empty store that is t's until t ends; t must have
// closed the store by then. Without a server t is skipped, or fails when
// REQUIRE_MYSQL=1.
func MariaDB(t testing.TB) string {
	t.Helper()
	dsn := take()
	if dsn == "" {
		dsn = mariadbtest.Lasting(t)
	}
	t.Cleanup(func() {
		if err := clean(dsn); err != nil {
			t.Errorf("sqldbtest: %v", err)
			return
		}
		free.Lock()
		defer free.Unlock()
		free.dsns = append(free.dsns, dsn)
	})
	return "mysql:" + dsn
}

// free are the databases of this process that nobody uses. Tests use them one
// after another: what one has written is deleted before the next one gets the
// database, and the first who gets it makes its tables.
var free struct {
	sync.Mutex
	dsns []string
}

func take() (dsn string) {
	free.Lock()
	defer free.Unlock()
	if last := len(free.dsns) - 1; last >= 0 {
		dsn, free.dsns = free.dsns[last], free.dsns[:last]
	}
	return dsn
}

// clean deletes every row but those that tell which tables there are.
func clean(dsn string) (err error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	return errors.Join(empty(db, "mysql"), db.Close())
}

// dialects say how the rows of all tables are deleted: which tables there are,
// and what is said before and after that.
var dialects = map[string]struct{ before, tables, after string }{
	"mysql": {
		"SET foreign_key_checks = 0",
		"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'goose%'",
		"SET foreign_key_checks = 1",
	},
	"sqlite": {
		"PRAGMA busy_timeout = 10000",
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'",
		"PRAGMA wal_checkpoint(TRUNCATE)", // the log would grow from test to test
	},
}

func empty(db *sql.DB, driver string) (err error) {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	d := dialects[driver]
	var tables []string
	if err := (&sqlx.Conn{Conn: conn}).SelectContext(ctx, &tables, d.tables); err != nil {
		return err
	}
	statements := []string{d.before, "BEGIN"}
	for _, table := range tables {
		statements = append(statements, "DELETE FROM `"+table+"`")
	}
	for _, statement := range append(statements, "COMMIT", d.after) {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
