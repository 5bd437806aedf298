package sqlmap

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// dialect is what databases do differently.
type dialect struct {
	// placeholder is that of the n-th parameter. eachAlone: a parameter that is used
	// twice is bound twice.
	placeholder func(n int) string
	eachAlone   bool
	// What there is in the text of statements.
	backticks, brackets, hashComments, dollars, qQuotes bool

	// connector makes connections; session gives the statements that each begins
	// with, of a connection that only reads or not.
	connector func(dsn string, zone *time.Location) (driver.Connector, error)
	session   func(o session) []string
	// clock is a statement that gives the server's time in milliseconds of Unix.
	clock string
	// again reports an error after which the transaction has surely been rolled back
	// and may succeed when it runs again; reason is an error without the data in it.
	again  func(error) bool
	reason func(error) string

	// explain tells of the tables that a statement reads from end to end, and how
	// many rows they have; nil where that is not known.
	explain func(ctx context.Context, db *sql.DB, text string, args []any) (map[string]int64, error)
	// mayWrite tells what the user of the connection may change, "" for nothing.
	mayWrite func(ctx context.Context, db *sql.DB) (string, error)
	// routine reports what is wrong with a CALL; nil where preparing tells.
	routine func(ctx context.Context, db *sql.DB, name string, arguments int) error
	// columns gives the result columns of a write without running it; nil where that
	// is not known.
	columns func(ctx context.Context, db *sql.DB, text string) ([]string, error)
}

// session is what a connection is for.
type session struct {
	readOnly bool
	timeout  time.Duration
	zone     *time.Location
}

// dialects are those of this build by the name of the driver.
func dialects() map[string]*dialect {
	all := map[string]*dialect{"mysql": &mysqlDialect, "postgres": &postgresDialect}
	if mssqlDialect != nil {
		all["mssql"] = mssqlDialect
	}
	if oracleDialect != nil {
		all["oracle"] = oracleDialect
	}
	return all
}

func driverNames() []string { return slices.Sorted(maps.Keys(dialects())) }

// prepared begins each connection with statements.
type prepared struct {
	driver.Connector
	statements []string
}

// Connect implements [driver.Connector].
func (p prepared) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range p.statements {
		if err := begin(ctx, conn, statement); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return conn, nil
}

func begin(ctx context.Context, conn driver.Conn, statement string) error {
	if able, ok := conn.(driver.ExecerContext); ok {
		_, err := able.ExecContext(ctx, statement, nil)
		return err
	}
	return errors.New("the driver cannot run a statement alone")
}
