package baseline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver
)

// database runs statements as crm/sqldb would: prepared once on SQLite, as text
// with the values filled in on MySQL.
type database struct {
	readers, writers *sql.DB
	// prepared is nil where statements are sent as text.
	prepared map[string]*sql.Stmt
	close    func() error
}

func openDatabase(ctx context.Context, address string, connections int) (*database, error) {
	scheme, rest, _ := strings.Cut(address, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest, connections)
	case "mysql":
		return openMySQL(rest, connections)
	}
	return nil, fmt.Errorf("baseline: scheme %q is neither sqlite nor mysql", scheme)
}

func openSQLite(ctx context.Context, path string, connections int) (*database, error) {
	readers, err := sql.Open("sqlite", sqliteDSN(path, "deferred"))
	if err != nil {
		return nil, err
	}
	connections = min(connections, max(4, 2*runtime.GOMAXPROCS(0))) // as crm/sqldb bounds its readers
	readers.SetMaxOpenConns(connections)
	readers.SetMaxIdleConns(connections)
	writers, err := sql.Open("sqlite", sqliteDSN(path, "immediate"))
	if err != nil {
		return nil, errors.Join(err, readers.Close())
	}
	writers.SetMaxOpenConns(1)
	d := &database{readers: readers, writers: writers, prepared: map[string]*sql.Stmt{}}
	d.close = func() error { return errors.Join(readers.Close(), writers.Close()) }
	if err := d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// sqliteDSN is crm/sqldb's.
func sqliteDSN(path, txlock string) string {
	query := url.Values{"_txlock": {txlock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		"cache_size(-8000)", "temp_store(MEMORY)",
	}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// prepare prepares every statement where it will run; they go with their
// connections.
func (d *database) prepare(ctx context.Context) error {
	return errors.Join(
		d.prepareAll(ctx, d.readers.PrepareContext, readStatements),
		d.prepareAll(ctx, d.writers.PrepareContext, writeStatements))
}

func (d *database) prepareAll(ctx context.Context, prepare func(context.Context, string) (*sql.Stmt, error), all []string) error {
	for _, statement := range all {
		prepared, err := prepare(ctx, statement)
		if err != nil {
			return err
		}
		d.keep(statement, prepared)
	}
	return nil
}

func (d *database) keep(statement string, prepared *sql.Stmt) { d.prepared[statement] = prepared }

func openMySQL(dsn string, connections int) (*database, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	config.InterpolateParams, config.ClientFoundRows = true, true
	config.Params = map[string]string{
		"sql_mode":     "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
		"tx_isolation": "'READ-COMMITTED'",
	}
	if err := config.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return &database{readers: db, writers: db, close: db.Close}, nil
}

// query reads outside a transaction.
func (d *database) query(statement string, args ...any) (*sql.Rows, error) {
	if prepared := d.prepared[statement]; prepared != nil {
		return prepared.Query(args...)
	}
	return d.readers.Query(statement, args...)
}

// transact runs work in a transaction of its own.
func (d *database) transact(work func(t transaction) error) error {
	tx, err := d.writers.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if err := work(transaction{tx, d}); err != nil {
		return err
	}
	return tx.Commit()
}

type transaction struct {
	tx *sql.Tx
	d  *database
}

func (t transaction) exec(statement string, args ...any) error {
	if prepared := t.d.prepared[statement]; prepared != nil {
		bound := t.tx.Stmt(prepared)
		defer func() { _ = bound.Close() }()
		_, err := bound.Exec(args...)
		return err
	}
	_, err := t.tx.Exec(statement, args...)
	return err
}
