package stock

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver

	"koshelek-adapter/crm/sqldb"
)

const sqliteName = "adapter.db"

// makeSQLite fills a file without a thought for a crash: one that is not
// complete is filled anew.
func (o Options) makeSQLite(ctx context.Context, dir string) error {
	path := filepath.Join(dir, sqliteName)
	if err := sqldb.Migrate(ctx, "sqlite:"+path, sqldb.Options{}); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", sqliteDSN(path, "journal_mode(OFF)", "synchronous(OFF)", "foreign_keys(OFF)", "cache_size(-200000)"))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	err = o.fillWith(ctx, db)
	return errors.Join(err, db.Close())
}

func openSQLite(ctx context.Context, dir string) (*Store, error) {
	path := filepath.Join(dir, sqliteName)
	db, err := sql.Open("sqlite", sqliteDSN(path, "busy_timeout(30000)", "synchronous(OFF)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &Store{URL: "sqlite:" + path, db: db, pid: func() int { return 0 }, close: db.Close}
	err = db.QueryRowContext(ctx, "SELECT 'SQLite ' || sqlite_version()").Scan(&s.Version)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func sqliteDSN(path string, pragmas ...string) string {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}
