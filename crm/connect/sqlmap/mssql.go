//go:build mssql

package sqlmap

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

// mssqlDialect is SQL Server. It is not tested: there is no server to test with.
var mssqlDialect = &dialect{
	placeholder: func(n int) string { return fmt.Sprintf("@p%d", n) }, brackets: true,
	connector: func(dsn string, _ *time.Location) (driver.Connector, error) {
		connector, err := mssql.NewConnector(dsn)
		if err != nil {
			return nil, errors.New("not of the form sqlserver://user:password@host:1433?database=name")
		}
		return connector, nil
	},
	session: func(o session) []string {
		// There are no transactions that only read: the rights of the user must do it.
		return []string{fmt.Sprintf("SET LOCK_TIMEOUT %d", o.timeout.Milliseconds()), "SET XACT_ABORT ON"}
	},
	clock: "SELECT DATEDIFF_BIG(millisecond, '1970-01-01', SYSUTCDATETIME())",
	again: func(err error) bool {
		switch mssqlNumber(err) {
		case 1205, 1222, 2601, 2627: // deadlock, lock time-out, duplicate keys
			return true
		}
		return false
	},
	reason: func(err error) string {
		if number := mssqlNumber(err); number != 0 {
			return fmt.Sprintf("error %d of the database", number)
		}
		return ""
	},
}

func mssqlNumber(err error) int32 {
	var fault mssql.Error
	if errors.As(err, &fault) {
		return fault.Number
	}
	return 0
}
