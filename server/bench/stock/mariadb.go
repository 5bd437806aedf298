package stock

import (
	"context"
	"database/sql"
	"errors"

	"github.com/go-sql-driver/mysql"

	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

const databaseName = "bench"

// redoLog is large enough that a short run never waits for a checkpoint.
const redoLog = "--innodb-log-file-size=512M"

// UnavailableError is a database that cannot be started here.
type UnavailableError struct{ cause error }

// Error implements error.
func (e *UnavailableError) Error() string { return e.cause.Error() }

// Unwrap gives the cause.
func (e *UnavailableError) Unwrap() error { return e.cause }

func (o Options) flags(more ...string) []string {
	return append([]string{"--innodb-buffer-pool-size=" + o.BufferPool, redoLog}, more...)
}

// makeMariaDB fills a server's folder; durability is for the runs, not for this.
func (o Options) makeMariaDB(ctx context.Context, dir string) (err error) {
	server, err := mariadbtest.Launch(ctx, dir, o.flags("--innodb-flush-log-at-trx-commit=0")...)
	if err != nil {
		return &UnavailableError{err}
	}
	// A clean end writes everything out, so that the copies start at once.
	defer func() { err = errors.Join(err, server.Stop()) }()
	dsn, err := server.CreateDatabase(ctx, databaseName)
	if err != nil {
		return err
	}
	if err := sqldb.Migrate(ctx, "mysql:"+dsn, sqldb.Options{AllowUnsafe: true}); err != nil {
		return err
	}
	db, err := openMySQL(dsn, map[string]string{"unique_checks": "0", "foreign_key_checks": "0"})
	if err != nil {
		return err
	}
	err = o.fillWith(ctx, db)
	return errors.Join(err, db.Close())
}

func (o Options) openMariaDB(ctx context.Context, dir string) (*Store, error) {
	server, err := mariadbtest.Launch(ctx, dir, o.flags()...)
	if err != nil {
		return nil, &UnavailableError{err}
	}
	db, err := openMySQL(server.DSN(databaseName), nil)
	if err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	s := &Store{
		URL: "mysql:" + server.DSN(databaseName), db: db, pid: server.PID,
		close: func() error { return errors.Join(db.Close(), server.Stop()) },
	}
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&s.Version); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func openMySQL(dsn string, session map[string]string) (*sql.DB, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	config.InterpolateParams, config.Params = true, session
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	return db, nil
}
