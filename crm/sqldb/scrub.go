package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Scrub implements engine.Scrubber.
func (s *Store) Scrub(ctx context.Context) (note string, err error) {
	note, err = s.engine.scrub(ctx)
	return note, s.translate(err)
}

// scrub copies the log into the file and cuts it off: it has the pages as they were
// before. What is deleted in the file is overwritten at once (secure_delete).
func (e *sqliteEngine) scrub(ctx context.Context) (string, error) {
	if err := e.vacuumOnce(ctx); err != nil {
		return "", fmt.Errorf("sqldb: what older versions deleted may still be in the file, and the next erasure tries again: %w", err)
	}
	var busy, log, moved int
	if err := e.readers.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return "", err
	}
	if busy != 0 {
		return "", errors.New("sqldb: somebody reads the database's log all the time, so what was erased is still in it: the next checkpoint takes it")
	}
	return "overwritten in the file, and its log is cut off; backups keep what they have", nil
}

// scrub says what the server keeps of what was erased.
func (e *mysqlEngine) scrub(ctx context.Context) (string, error) {
	settings, err := variables(ctx, e.db, "log_bin", "binlog_expire_logs_seconds", "expire_logs_days")
	if err != nil {
		return "", err
	}
	if settings["log_bin"] != "ON" {
		return "deleted in the database, which keeps no binary log; backups keep what they have", nil
	}
	return fmt.Sprintf("deleted in the database; its binary logs keep the rows until they are purged (binlog_expire_logs_seconds %s, expire_logs_days %s), and backups keep what they have",
		orNone(settings["binlog_expire_logs_seconds"]), orNone(settings["expire_logs_days"])), nil
}

func orNone(text string) string {
	if text == "" {
		return "not known"
	}
	return text
}

// overwrites is the application_id of a file in which nothing is left that a version
// deleted which did not overwrite it.
const overwrites = 0x6b6f7368

// vacuumOnce writes the file anew if an older version may have left in it what it
// deleted. Other writers wait meanwhile, on a connection of its own.
func (e *sqliteEngine) vacuumOnce(ctx context.Context) error {
	db, err := sql.Open("sqlite", sqliteDSN(e.files.path, "immediate", loaderTimeout, "secure_delete(ON)", "temp_store(FILE)"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	var mark int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&mark); err != nil || mark == overwrites {
		return err
	}
	if _, err := db.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", overwrites))
	return err
}
