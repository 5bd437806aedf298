package sqldb

import (
	"database/sql/driver"
	"errors"
	"regexp"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect holds every difference between the two families that shows in a
// statement or an error.
type dialect struct {
	// forUpdate ends a SELECT that locks its rows; on SQLite the writer is alone.
	forUpdate string
	// skipLocked is forUpdate that passes over rows which others hold.
	skipLocked string
	// branch stands before and after a branch of a UNION that has an order and a
	// limit of its own.
	branch [2]string
	// duplicate tells whether a unique key forbade a change.
	duplicate func(error) bool
}

var sqliteDialect = &dialect{branch: [2]string{"SELECT * FROM (", ")"}, duplicate: sqliteDuplicate}

var mysqlDialect = &dialect{
	forUpdate:  " FOR UPDATE",
	skipLocked: " FOR UPDATE SKIP LOCKED",
	branch:     [2]string{"(", ")"},
	duplicate:  mysqlDuplicate,
}

func sqliteDuplicate(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) &&
		(e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

func mysqlDuplicate(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && e.Number == 1062
}

// MySQL's numbers for a transaction that should simply be run again.
var conflictCodes = map[uint16]bool{
	1213: true, // deadlock, and certification failure on Galera (also at COMMIT)
	1205: true, // lock wait time-out
	1020: true, // record has changed since last read
}

// MySQL's numbers for a server that cannot serve now.
var outageCodes = map[uint16]bool{
	1021: true, 1114: true, // disk or table full
	1040: true, 1203: true, // too many connections
	1047: true,                                     // a Galera node that is not ready
	1053: true,                                     // shutdown in progress
	1158: true, 1159: true, 1160: true, 1161: true, // packets lost
	1290: true, 1836: true, // read-only server: a replica, or a switch under way
	1317: true, 1927: true, // query interrupted, connection killed
	2006: true, 2013: true, // gone away, lost during query
	1969: true, 3024: true, // statement time-out
}

// isConflict reports an error after which the transaction certainly did not
// happen and may happen when it is run again.
func isConflict(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && conflictCodes[e.Number]
}

// isOutage reports an error of the connection or the server: the transaction
// may or may not have happened.
func isOutage(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return outageCodes[my.Number]
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
			sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM:
			return true
		}
		return false
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || isNetwork(err)
}

// quoted is what databases put into messages from the data.
var quoted = regexp.MustCompile(`'.*'|".*"`)

// withoutData takes the values out of a database's message: it may hold a phone
// or an address, and goes to the log.
func withoutData(text string) string { return quoted.ReplaceAllString(text, "'…'") }
