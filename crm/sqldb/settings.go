package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
)

// settingNames are what unsafeSettings looks at.
var settingNames = []string{
	"innodb_flush_log_at_trx_commit", "innodb_doublewrite", "log_bin", "sync_binlog", "binlog_format",
	"sql_mode", "transaction_isolation", "tx_isolation", "wsrep_on", "wsrep_sync_wait",
}

// checkSettings refuses a database whose settings can lose what this service
// acknowledged, with a sentence for each.
func checkSettings(ctx context.Context, db *sql.DB, o Options) error {
	settings, err := variables(ctx, db, settingNames...)
	if err != nil {
		return fmt.Errorf("sqldb: mysql: settings: %s", withoutData(err.Error()))
	}
	faults := unsafeSettings(settings)
	if len(faults) == 0 {
		return nil
	}
	if o.AllowUnsafe {
		for _, fault := range faults {
			o.Warn(fault)
		}
		return nil
	}
	return errors.New("sqldb: the database's settings are not safe for points and cards:\n  " +
		strings.Join(faults, "\n  "))
}

// unsafeSettings gives a sentence for each setting that can lose or bend data.
// A setting that the server does not know is not a fault.
func unsafeSettings(settings map[string]string) []string {
	var faults []string
	want := func(name, why string, allowed ...string) {
		value, known := settings[name]
		for _, good := range allowed {
			if !known || strings.EqualFold(value, good) {
				return
			}
		}
		faults = append(faults, fmt.Sprintf("%s is %s, must be %s: %s", name, value, allowed[0], why))
	}
	want("innodb_flush_log_at_trx_commit", "a crash may lose the last second of commits", "1")
	want("innodb_doublewrite", "a power cut may tear pages", "ON", "1", "DETECT_AND_RECOVER")
	if settings["log_bin"] == "ON" {
		want("sync_binlog", "with a binary log, a crash may roll back acknowledged commits", "1")
		want("binlog_format", "READ COMMITTED cannot be written to a log of statements", "ROW", "MIXED")
	}
	if !strings.Contains(settings["sql_mode"], "STRICT_TRANS_TABLES") {
		faults = append(faults, "sql_mode of the session lacks STRICT_TRANS_TABLES: long values would be cut")
	}
	want("transaction_isolation", "the session did not take it", "READ-COMMITTED")
	want("tx_isolation", "the session did not take it", "READ-COMMITTED")
	if settings["wsrep_on"] == "ON" {
		want("wsrep_sync_wait", "a node could answer with what was true a moment ago", "1", "3", "5", "7", "15")
	}
	return faults
}

// variables reads session variables by name; those that the server does not
// know are left out.
func variables(ctx context.Context, db *sql.DB, names ...string) (map[string]string, error) {
	query, args, err := sqlx.In("SHOW SESSION VARIABLES WHERE Variable_name IN (?)", names)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	err = eachRow(ctx, db, func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		found[strings.ToLower(name)] = value
		return nil
	}, query, args)
	return found, err
}

func (e *mysqlEngine) inspect(ctx context.Context, connections int) ([]Note, error) {
	settings, err := variables(ctx, e.db, settingNames...)
	if err != nil {
		return nil, err
	}
	more, err := variables(ctx, e.db, "version", "max_connections", "innodb_buffer_pool_size", "max_allowed_packet")
	if err != nil {
		return nil, err
	}
	notes := []Note{{Name: "server", Value: more["version"]}}
	for _, fault := range unsafeSettings(settings) {
		notes = append(notes, Note{Name: "setting", Value: "unsafe", Advice: fault, Unsafe: true})
	}
	allowed := Note{Name: "max_connections", Value: more["max_connections"]}
	if number(allowed.Value) < int64(2*connections) {
		allowed.Advice = fmt.Sprintf("a server opens up to %d; leave room for a second one and for commands", connections)
	}
	data, err := e.size(ctx)
	buffer := number(more["innodb_buffer_pool_size"])
	memory := Note{Name: "size", Value: fmt.Sprintf("%d MiB of data, a buffer pool of %d MiB", data>>20, buffer>>20)}
	if data > buffer {
		memory.Advice = "the data does not fit into innodb_buffer_pool_size: make it larger"
	}
	return append(notes, allowed, memory), err
}

// size is what the tables and their indexes take, in bytes.
func (e *mysqlEngine) size(ctx context.Context) (int64, error) {
	var size sql.NullInt64
	err := e.db.QueryRowContext(ctx, `SELECT CAST(SUM(data_length + index_length) AS SIGNED) FROM information_schema.tables
		WHERE table_schema = DATABASE()`).Scan(&size)
	return size.Int64, err
}
