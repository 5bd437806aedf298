package sqlmap

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlDialect is MySQL and MariaDB.
var mysqlDialect = dialect{
	placeholder: func(int) string { return "?" }, eachAlone: true, backticks: true, hashComments: true,
	connector: mysqlConnector,
	session: func(o session) []string {
		// Each of the two families executes its own comment. An offset, since the
		// server need not know names of zones.
		limits := fmt.Sprintf("SET SESSION /*!50708 max_execution_time=%d, */ /*M! max_statement_time=%g, */ innodb_lock_wait_timeout=%d, time_zone='%s'",
			o.timeout.Milliseconds(), o.timeout.Seconds(), max(1, int(o.timeout.Seconds())), time.Now().In(o.zone).Format("-07:00"))
		if o.readOnly {
			return []string{limits, "SET SESSION TRANSACTION READ ONLY"}
		}
		return []string{limits}
	},
	clock: "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
	again: func(err error) bool {
		switch mysqlNumber(err) {
		case 1213, 1205, 1062, 1020, 1180: // deadlock, lock wait, duplicate key, changed since read, error at commit
			return true
		}
		return false
	},
	reason: func(err error) string {
		if number := mysqlNumber(err); number != 0 {
			return fmt.Sprintf("error %d of the database", number)
		}
		return ""
	},
	explain:  mysqlExplain,
	mayWrite: mysqlMayWrite,
	routine:  mysqlRoutine,
}

func mysqlNumber(err error) uint16 {
	var fault *mysql.MySQLError
	if errors.As(err, &fault) {
		return fault.Number
	}
	return 0
}

func mysqlConnector(dsn string, zone *time.Location) (driver.Connector, error) {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("not of the form user:password@tcp(host:3306)/database")
	}
	c.MultiStatements, c.InterpolateParams, c.AllowAllFiles, c.ColumnsWithAlias = false, false, false, false
	c.ParseTime, c.Loc, c.Logger = true, zone, &mysql.NopLogger{} // our own log says what failed
	if c.Timeout == 0 {
		c.Timeout = time.Second
	}
	return mysql.NewConnector(c)
}

// mysqlExplain reads the columns type, table and rows of EXPLAIN.
func mysqlExplain(ctx context.Context, db *sql.DB, text string, args []any) (map[string]int64, error) {
	rows, err := db.QueryContext(ctx, "EXPLAIN "+text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	scans := map[string]int64{}
	for rows.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		plan := map[string]string{}
		for i, name := range names {
			plan[strings.ToLower(name)] = values[i].String
		}
		var count int64
		_, _ = fmt.Sscan(plan["rows"], &count)
		if kind := strings.ToLower(plan["type"]); kind == "all" || kind == "index" {
			scans[plan["table"]] = count
		}
	}
	return scans, rows.Err()
}

// mysqlMayWrite reads the grants: everything that is not known to read is a right
// to write.
func mysqlMayWrite(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "SHOW GRANTS")
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	reads := map[string]bool{"USAGE": true, "SELECT": true, "SHOW VIEW": true, "SHOW DATABASES": true, "PROCESS": true}
	for rows.Next() {
		var grant string
		if err := rows.Scan(&grant); err != nil {
			return "", err
		}
		rights, _, direct := strings.Cut(strings.TrimPrefix(grant, "GRANT "), " ON ")
		if !direct {
			continue // a role, whose rights have lines of their own
		}
		for right := range strings.SplitSeq(rights, ",") {
			name, _, _ := strings.Cut(right, "(") // rights on columns
			if name = strings.TrimSpace(name); !reads[name] && !strings.HasSuffix(right, ")") {
				return name, nil
			}
		}
	}
	return "", rows.Err()
}

func mysqlRoutine(ctx context.Context, db *sql.DB, name string, arguments int) error {
	schema, routine, qualified := strings.Cut(name, ".")
	if !qualified {
		schema, routine = "", name
	}
	var there, takes int
	err := db.QueryRowContext(ctx, `SELECT COUNT(DISTINCT r.specific_name), COUNT(p.ordinal_position) FROM information_schema.routines r
		LEFT JOIN information_schema.parameters p ON p.specific_schema = r.routine_schema AND p.specific_name = r.specific_name AND p.routine_type = 'PROCEDURE'
		WHERE r.routine_type = 'PROCEDURE' AND r.routine_schema = COALESCE(NULLIF(?, ''), DATABASE()) AND r.routine_name = ?`, schema, routine).Scan(&there, &takes)
	switch {
	case err != nil:
		return err
	case there == 0:
		return fmt.Errorf("there is no procedure %s, or the user of the connection may not execute it", name)
	case takes != arguments:
		return fmt.Errorf("the procedure %s takes %d arguments, and is given %d", name, takes, arguments)
	}
	return nil
}
