package sqlmap

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresDialect is PostgreSQL.
var postgresDialect = dialect{
	placeholder: func(n int) string { return "$" + strconv.Itoa(n) }, dollars: true,
	connector: func(dsn string, _ *time.Location) (driver.Connector, error) {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			return nil, errors.New("not of the form postgres://user:password@host:5432/database")
		}
		if config.ConnectTimeout == 0 {
			config.ConnectTimeout = time.Second
		}
		return stdlib.GetConnector(*config), nil
	},
	session: func(o session) []string {
		all := []string{
			fmt.Sprintf("SET statement_timeout = %d", o.timeout.Milliseconds()),
			"SET client_encoding = 'UTF8'",
			"SET standard_conforming_strings = on",
			"SET TIME ZONE '" + strings.ReplaceAll(o.zone.String(), "'", "''") + "'",
		}
		if o.readOnly {
			all = append(all, "SET default_transaction_read_only = on")
		}
		return all
	},
	clock: "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
	again: func(err error) bool {
		switch postgresState(err) {
		case "40001", "40P01", "23505", "55P03": // serialization, deadlock, unique, lock not available
			return true
		}
		return false
	},
	reason: func(err error) string {
		if state := postgresState(err); state != "" {
			return "SQLSTATE " + state
		}
		return ""
	},
	explain: postgresExplain,
	mayWrite: func(ctx context.Context, db *sql.DB) (may string, err error) {
		err = db.QueryRowContext(ctx, `SELECT COALESCE((SELECT 'everything, as a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper),
			(SELECT 'table ' || c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
			AND (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')) ORDER BY 1 LIMIT 1), '')`).Scan(&may)
		return may, err
	},
	columns: func(ctx context.Context, db *sql.DB, text string) (names []string, err error) {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		defer func() { _ = conn.Close() }() // back into the pool
		return names, conn.Raw(func(raw any) error {
			described, err := raw.(*stdlib.Conn).Conn().Prepare(ctx, "", text)
			if err != nil {
				return err
			}
			for _, field := range described.Fields {
				names = append(names, field.Name)
			}
			return nil
		})
	},
}

func postgresState(err error) string {
	var fault *pgconn.PgError
	if errors.As(err, &fault) {
		return fault.Code
	}
	return ""
}

// postgresPlan is a node of EXPLAIN (FORMAT JSON, VERBOSE).
type postgresPlan struct {
	Node   string         `json:"Node Type"`
	Schema string         `json:"Schema"`
	Table  string         `json:"Relation Name"`
	Rows   float64        `json:"Plan Rows"`
	Plans  []postgresPlan `json:"Plans"`
}

// postgresExplain looks for sequential scans. A plan tells the rows that are left,
// so the size of the table is asked for.
func postgresExplain(ctx context.Context, db *sql.DB, text string, args []any) (map[string]int64, error) {
	var plan []byte
	if err := db.QueryRowContext(ctx, "EXPLAIN (FORMAT JSON, VERBOSE) "+text, args...).Scan(&plan); err != nil {
		return nil, err
	}
	var top []struct{ Plan postgresPlan }
	if err := json.Unmarshal(plan, &top); err != nil {
		return nil, err
	}
	scans := map[string]int64{}
	for _, t := range top {
		if err := t.Plan.scans(ctx, db, scans); err != nil {
			return nil, err
		}
	}
	return scans, nil
}

func (p postgresPlan) scans(ctx context.Context, db *sql.DB, found map[string]int64) error {
	if p.Node == "Seq Scan" {
		var rows float64
		err := db.QueryRowContext(ctx, "SELECT COALESCE(max(reltuples), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2", p.Schema, p.Table).Scan(&rows)
		if err != nil {
			return err
		}
		found[p.Table] = int64(max(rows, p.Rows))
	}
	for _, below := range p.Plans {
		if err := below.scans(ctx, db, found); err != nil {
			return err
		}
	}
	return nil
}
