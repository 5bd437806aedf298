package dataset

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver

	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

func launchSQLite(ctx context.Context, dir string, m mode) (*Store, error) {
	path := filepath.Join(dir, "adapter.db")
	s := &Store{Engine: SQLite, URL: "sqlite:" + path}
	if m.create {
		if err := sqldb.Migrate(ctx, s.URL, sqldb.Options{}); err != nil {
			return nil, err
		}
	}
	pragmas := []string{"busy_timeout(30000)", "synchronous(FULL)"}
	if m.unsafe {
		pragmas = []string{"journal_mode(OFF)", "synchronous(OFF)", "foreign_keys(OFF)", "cache_size(-200000)"}
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": pragmas}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	return s.over(ctx, db, "SELECT 'SQLite ' || sqlite_version()", func() error { return nil })
}

// UnavailableError is a database that cannot be started here.
type UnavailableError struct{ cause error }

// Error implements error.
func (e *UnavailableError) Error() string { return e.cause.Error() }

// Unwrap gives the cause.
func (e *UnavailableError) Unwrap() error { return e.cause }

func (o Options) launchMariaDB(ctx context.Context, dir string, m mode) (*Store, error) {
	const name = "bench"
	// The redo log is large enough that a short run never waits for a checkpoint.
	flags := []string{"--innodb-buffer-pool-size=" + o.BufferPool, "--innodb-log-file-size=512M"}
	session := map[string]string{}
	if m.unsafe {
		flags = append(flags, "--innodb-flush-log-at-trx-commit=0")
		session = map[string]string{"unique_checks": "0", "foreign_key_checks": "0"}
	}
	server, err := mariadbtest.Launch(ctx, dir, flags...)
	if err != nil {
		return nil, &UnavailableError{err}
	}
	s := &Store{Engine: MariaDB, URL: "mysql:" + server.DSN(name), PID: server.PID()}
	if m.create {
		if _, err = server.CreateDatabase(ctx, name); err == nil {
			err = sqldb.Migrate(ctx, s.URL, sqldb.Options{AllowUnsafe: m.unsafe})
		}
		if err != nil {
			return nil, errors.Join(err, server.Stop())
		}
	}
	config, err := mysql.ParseDSN(server.DSN(name))
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	config.InterpolateParams, config.Params = true, session
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	return s.over(ctx, sql.OpenDB(connector), "SELECT VERSION()", server.Stop)
}

// over gives the store its connection and asks for the database's version.
func (s *Store) over(ctx context.Context, db *sql.DB, version string, stop func() error) (*Store, error) {
	db.SetMaxOpenConns(1)
	s.db, s.close = db, func() error { return errors.Join(db.Close(), stop()) }
	if err := db.QueryRowContext(ctx, version).Scan(&s.Version); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}
