//go:build oracle

package sqlmap

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	ora "github.com/sijms/go-ora/v2"
	"github.com/sijms/go-ora/v2/network"
)

// oracleDialect is Oracle. It is not tested: there is no server to test with. A
// procedure gives no rows there: a write is a SELECT of a function.
var oracleDialect = &dialect{
	placeholder: func(n int) string { return fmt.Sprintf(":%d", n) }, eachAlone: true, qQuotes: true,
	connector: func(dsn string, _ *time.Location) (driver.Connector, error) { return ora.NewConnector(dsn), nil },
	session: func(o session) []string {
		// Rights must do what sessions cannot: there are none that only read.
		return []string{"ALTER SESSION SET TIME_ZONE = '" + time.Now().In(o.zone).Format("-07:00") + "'"}
	},
	clock: "SELECT ROUND((CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE) - DATE '1970-01-01') * 86400000) FROM dual",
	again: func(err error) bool {
		switch oracleNumber(err) {
		case 1, 60, 8177, 30006: // duplicate key, deadlock, serialization, lock time-out
			return true
		}
		return false
	},
	reason: func(err error) string {
		if number := oracleNumber(err); number != 0 {
			return fmt.Sprintf("ORA-%05d", number)
		}
		return ""
	},
}

func oracleNumber(err error) int {
	var fault *network.OracleError
	if errors.As(err, &fault) {
		return fault.ErrCode
	}
	return 0
}
