package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3/lock"

	"koshelek-adapter/crm"
)

// mysqlEngine runs each operation in a transaction of its own; the database
// groups the commits.
type mysqlEngine struct{ db *sql.DB }

func openMySQL(ctx context.Context, dsn string, o Options) (*mysqlEngine, error) {
	if o.TLS != nil {
		dsn = namedTLS.ReplaceAllString(dsn, "${1}") // a name that only this option knows
	}
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("sqldb: mysql: the DSN is malformed; it is user:password@tcp(host:3306)/name")
	}
	if config.DBName == "" {
		return nil, errors.New("sqldb: mysql: the DSN names no database")
	}
	if o.TLS != nil {
		config.TLS = o.TLS.Clone()
	}
	shapeConfig(config)
	flavour, err := probe(ctx, config)
	if err != nil {
		return nil, mysqlDialect.translate(fmt.Errorf("sqldb: mysql: %w", err))
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
	return &mysqlEngine{db: db}, nil
}

// namedTLS is tls=custom of a DSN, with what stands before it.
var namedTLS = regexp.MustCompile(`([?&])tls=custom(?:&|$)`)

func prepareMySQL(ctx context.Context, db *sql.DB, o Options) error {
	if err := checkSettings(ctx, db, o); err != nil {
		return err
	}
	// The table locker works on Galera too, where GET_LOCK is local to a node.
	locker, err := lock.NewMySQLTableLocker(lock.WithTableLockTimeout(lockProbe, uint64(migrationTime/lockProbe)))
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
		n := newNodes(config.Addr)
		config.DialFunc = n.dial
		if config.TLS != nil && (config.TLS.ServerName == "" || strings.Contains(config.TLS.ServerName, ",")) {
			config.TLS = n.verified(config.TLS)
		}
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

func (e *mysqlEngine) dialect() *dialect { return mysqlDialect }

// read takes a connection under the caller's time and reads under the
// connection's own read time-out: a driver that watches a context for each
// statement costs a tenth of a search.
func (e *mysqlEngine) read(ctx context.Context, work func(conn) error) error {
	held, err := e.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = held.Close() }() // gives it back
	return work(conn{ctx: context.WithoutCancel(ctx), q: held, raw: held, d: mysqlDialect})
}

func (e *mysqlEngine) write(ctx context.Context, work func(conn) error) error {
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

func (e *mysqlEngine) bulk(ctx context.Context, work func(conn) error) error {
	return e.write(ctx, work)
}

// ping touches a table: a Galera node outside the primary component answers
// questions that need none.
func (e *mysqlEngine) ping(ctx context.Context) error {
	var n int
	var readOnly string // 0 and 1, or words in newer versions
	err := e.db.QueryRowContext(ctx, "SELECT COUNT(*), @@global.read_only FROM (SELECT 1 FROM card LIMIT 1) probe").Scan(&n, &readOnly)
	if err == nil && readOnly != "0" && readOnly != "OFF" && readOnly != "NO" {
		return crm.Wrap(crm.ErrUnavailable, errors.New("the database is read-only (read_only is "+readOnly+")"))
	}
	return err
}

func (e *mysqlEngine) close() error { return e.db.Close() }

var mysqlDialect = &dialect{
	forUpdate:  " FOR UPDATE",
	skipLocked: " FOR UPDATE SKIP LOCKED",
	branch:     [2]string{"(", ")"},
	settleMany: mysqlSettleMany,
	classify:   mysqlClass,
}

func mysqlSettleMany(n int) string {
	// The order of the join is ours: from the few to their rows, never over all.
	return `UPDATE (SELECT ? AS id, ? AS state, ? AS due_at, ? AS blocks, ? AS attempts, ? AS vendor_ref, ? AS booked, ? AS reason, ? AS answer,
		? AS updated_at` + strings.Repeat(" UNION ALL SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?", n-1) + `) v
		STRAIGHT_JOIN outbox o ON o.id = v.id
		SET o.state = v.state, o.due_at = v.due_at, o.claim = '', o.blocks = v.blocks, o.parked = 0, o.attempts = v.attempts,
		o.vendor_ref = v.vendor_ref, o.booked = v.booked, o.reason = v.reason, o.answer = v.answer, o.updated_at = v.updated_at`
}

// mysqlCodes are what the numbers of errors mean; those that are not named mean
// a fault.
var mysqlCodes = map[uint16]class{
	1062: classDuplicate,
	1406: classUnfit, 1264: classUnfit, 1366: classUnfit, // too long, out of range, not of the column's kind
	3819: classUnfit, 4025: classUnfit, // CHECK on MySQL and MariaDB
	1213: classRepeatable,                        // deadlock, and certification failure on Galera (also at COMMIT)
	1205: classRepeatable,                        // lock wait time-out
	1020: classRepeatable,                        // record has changed since last read
	1021: classRepeatable, 1114: classRepeatable, // disk or table full
	1040: classRepeatable, 1203: classRepeatable, // too many connections
	1047: classRepeatable,                                                                      // a Galera node that is not ready
	1053: classRepeatable,                                                                      // shutdown in progress
	1180: classRepeatable,                                                                      // the commit failed
	1158: classRepeatable, 1159: classRepeatable, 1160: classRepeatable, 1161: classRepeatable, // packets lost
	1290: classRepeatable, 1836: classRepeatable, // read-only server: a replica, or a switch under way
	1317: classRepeatable, 1927: classRepeatable, // query interrupted, connection killed
	2006: classRepeatable, 2013: classRepeatable, // gone away, lost during query
	1969: classRepeatable, 3024: classRepeatable, // statement time-out
}

func mysqlClass(err error) class {
	var e *mysql.MySQLError
	switch {
	case errors.As(err, &e):
		return mysqlCodes[e.Number]
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return classUnavailable
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrTxDone), isLost(err):
		return classRepeatable
	}
	return classOther
}
