package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3/lock"
)

// mysqlEngine runs each operation in a transaction of its own; the database
// groups the commits.
type mysqlEngine struct {
	db      *sql.DB
	retries retrypolicy.RetryPolicy[any]
}

func openMySQL(ctx context.Context, dsn string, o Options) (*mysqlEngine, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("sqldb: mysql: the DSN is malformed; it is user:password@tcp(host:3306)/name")
	}
	if config.DBName == "" {
		return nil, errors.New("sqldb: mysql: the DSN names no database")
	}
	shapeConfig(config)
	flavour, err := probe(ctx, config)
	if err != nil {
		return nil, translate(fmt.Errorf("sqldb: mysql: %w", err))
	}
	flavour.shape(config)
	db, err := openPool(config, o.Connections)
	if err != nil {
		return nil, err
	}
	if err := prepareMySQL(ctx, db, o); err != nil {
		_ = db.Close()
		return nil, err
	}
	return &mysqlEngine{db: db, retries: retryPolicy(o.OnRetry)}, nil
}

func prepareMySQL(ctx context.Context, db *sql.DB, o Options) error {
	if err := checkSettings(ctx, db, o); err != nil {
		return err
	}
	// The table locker works on Galera too, where GET_LOCK is local to a node.
	locker, err := lock.NewMySQLTableLocker()
	if err != nil {
		return err
	}
	return migrate(ctx, db, "mysql", locker)
}

func openPool(config *mysql.Config, connections int) (*sql.DB, error) {
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, errors.New("sqldb: mysql: " + withoutData(err.Error()))
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	// A minute lets connections spread again after a node came back.
	db.SetConnMaxLifetime(time.Minute)
	return db, nil
}

// shapeConfig sets what this package's statements rely on, whatever the DSN says.
func shapeConfig(config *mysql.Config) {
	config.InterpolateParams = true // one round trip in place of three
	config.ClientFoundRows = true   // a guarded UPDATE counts the rows that it matched
	config.MultiStatements = false
	config.RejectReadOnly = true // drop connections to a node that became a replica
	config.Loc = time.UTC
	config.Logger = &mysql.NopLogger{} // its lines come back as errors, which are logged without data
	config.ParseTime = true            // for the migrations' lock; the schema itself has whole milliseconds
	if config.Timeout == 0 {
		config.Timeout = 3 * time.Second
	}
	if config.ReadTimeout == 0 {
		config.ReadTimeout = 15 * time.Second
	}
	if config.WriteTimeout == 0 {
		config.WriteTimeout = 15 * time.Second
	}
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["sql_mode"] = "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
	_ = config.Apply(mysql.Charset("utf8mb4", ""))
	if strings.Contains(config.Addr, ",") {
		config.DialFunc = newNodes(config.Addr).dial
	}
}

// flavour is what differs inside the family and must be known before a session
// is set up.
type flavour struct {
	mariaDB bool
	galera  bool
}

func probe(ctx context.Context, config *mysql.Config) (flavour, error) {
	db, err := openPool(config.Clone(), 1)
	if err != nil {
		return flavour{}, err
	}
	defer func() { _ = db.Close() }()
	var version string
	if err := db.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return flavour{}, err
	}
	settings, err := variables(ctx, db, "wsrep_on")
	return flavour{
		mariaDB: strings.Contains(strings.ToLower(version), "mariadb"),
		galera:  settings["wsrep_on"] == "ON",
	}, err
}

// shape sets the session: READ COMMITTED, since no operation relies on a
// snapshot and gap locks would only make deadlocks; and on Galera reads that
// see what other nodes acknowledged.
func (f flavour) shape(config *mysql.Config) {
	isolation := "transaction_isolation"
	if f.mariaDB {
		isolation = "tx_isolation"
	}
	config.Params[isolation] = "'READ-COMMITTED'"
	if f.galera {
		config.Params["wsrep_sync_wait"] = "1"
	}
}

func retryPolicy(onRetry func()) retrypolicy.RetryPolicy[any] {
	return retrypolicy.NewBuilder[any]().
		HandleIf(func(_ any, err error) bool { return isConflict(err) || isOutage(err) }).
		WithMaxAttempts(10).
		WithMaxDuration(3*time.Second).
		WithBackoff(4*time.Millisecond, 250*time.Millisecond).
		WithJitterFactor(0.5).
		OnRetry(func(failsafe.ExecutionEvent[any]) { onRetry() }).
		ReturnLastFailure().
		Build()
}

// read takes a connection under the caller's time and reads under the
// connection's own read time-out: a driver that watches a context for each
// statement costs a tenth of a search.
func (e *mysqlEngine) read(ctx context.Context, work func(conn) error) error {
	err := e.readOnce(ctx, work)
	if err == nil || !isOutage(err) && !isConflict(err) {
		return err
	}
	return failsafe.With(e.retries).WithContext(ctx).Run(func() error { return e.readOnce(ctx, work) })
}

func (e *mysqlEngine) readOnce(ctx context.Context, work func(conn) error) error {
	held, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = held.Close() }() // gives it back
	return work(conn{ctx: context.WithoutCancel(ctx), q: held, raw: held, d: mysqlDialect})
}

// write runs the transaction again from the top when the database asks for it,
// and also when the connection was lost, perhaps in the commit: every
// operation begins by finding out whether it has happened, by its unique key.
func (e *mysqlEngine) write(ctx context.Context, work func(conn) error) error {
	err := e.transact(ctx, work)
	if err == nil || !isOutage(err) && !isConflict(err) {
		return err
	}
	return failsafe.With(e.retries).WithContext(ctx).Run(func() error { return e.transact(ctx, work) })
}

func (e *mysqlEngine) bulk(ctx context.Context, work func(conn) error) error {
	return e.write(ctx, work)
}

func (e *mysqlEngine) transact(ctx context.Context, work func(conn) error) error {
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	if err := work(conn{ctx: ctx, q: tx, raw: tx, d: mysqlDialect}); err != nil {
		return err
	}
	return tx.Commit()
}

// ping touches a table: a Galera node outside the primary component answers
// questions that need none.
func (e *mysqlEngine) ping(ctx context.Context) error {
	var n int
	return e.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM card LIMIT 1) probe").Scan(&n)
}

func (e *mysqlEngine) close() error { return e.db.Close() }
