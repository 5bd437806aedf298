package sqldb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"koshelek-adapter/crm"
)

// checkSQLiteFile refuses what would lose cards before anything is touched.
func checkSQLiteFile(path string) error {
	if name := strings.TrimPrefix(path, "file:"); strings.HasPrefix(name, ":") {
		return errors.New("sqldb: sqlite: a database in memory keeps nothing; name a file")
	}
	info, err := os.Stat(path)
	if err == nil && info.Size() > 0 {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("sqldb: the database file: %w", err)
	}
	// SQLite would begin an empty database and throw away what the log holds.
	for _, suffix := range []string{"-wal", "-journal"} {
		if rest, err := os.Stat(path + suffix); err == nil && rest.Size() > 0 && !(suffix == "-journal" && ofNewDatabase(path+suffix)) {
			return fmt.Errorf("sqldb: %s is missing or empty, but its log %s is there and may hold acknowledged data; nothing was touched: "+
				"bring the file back from where it was moved, or move the log away to begin a new database", path, path+suffix)
		}
	}
	return nil
}

// ofNewDatabase reports a rollback journal that can give nothing back: it is gone
// again, is not synced yet (SQLite writes its magic last), or belongs to a database
// of no pages, which another process is creating right now.
func ofNewDatabase(journal string) bool {
	file, err := os.Open(journal)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer func() { _ = file.Close() }()
	var header [20]byte // magic, records, nonce, pages of the database before
	if _, err := io.ReadFull(file, header[:]); err != nil {
		return false
	}
	return bytes.Equal(header[:8], make([]byte, 8)) || bytes.Equal(header[16:], make([]byte, 4))
}

// checkSQLiteSettings looks whether the connection got what durability needs: a
// file system may not be able to hold a write-ahead log.
func checkSQLiteSettings(ctx context.Context, db *sql.DB, o Options) error {
	mode, synchronous, err := sqliteSettings(ctx, db)
	if err != nil {
		return err
	}
	if safeSQLite(mode, synchronous) {
		return nil
	}
	text := fmt.Sprintf("journal_mode is %s and synchronous %s; wal and 2 (FULL) are needed to keep what is acknowledged", mode, synchronous)
	if !o.AllowUnsafe {
		return errors.New("sqldb: sqlite: " + text)
	}
	o.Warn(text)
	return nil
}

func sqliteSettings(ctx context.Context, db *sql.DB) (mode, synchronous string, err error) {
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return "", "", err
	}
	err = db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous)
	return mode, synchronous, err
}

func safeSQLite(mode, synchronous string) bool { return mode == "wal" && synchronous == "2" }

// watchedFiles tell whether the database is still under its name: a process goes
// on with a file that was deleted or replaced, and all that it stores is lost.
type watchedFiles struct {
	path string
	file os.FileInfo
	wal  os.FileInfo // nil until there was one
}

func watchFiles(path string) (*watchedFiles, error) {
	info, err := os.Stat(path)
	return &watchedFiles{path: path, file: info}, err
}

// check is called after a write, when there must be a log; not concurrently.
func (w *watchedFiles) check() error {
	file, err := os.Stat(w.path)
	if err != nil || !os.SameFile(file, w.file) {
		return crm.Wrap(crm.ErrUnavailable, errors.New("the database file was deleted or replaced while it was in use"))
	}
	wal, err := os.Stat(w.path + "-wal")
	if w.wal == nil && err == nil {
		w.wal = wal
	}
	if w.wal != nil && (err != nil || !os.SameFile(wal, w.wal)) {
		return crm.Wrap(crm.ErrUnavailable, errors.New("the database's log was deleted or replaced while it was in use"))
	}
	return nil
}

// probe writes without changing anything, and looks whether that went where it
// should: a file system that is full or turned read-only answers reads for long.
func (w *watchedFiles) probe(c conn) error {
	var version int
	if err := c.one("PRAGMA user_version", nil, &version); err != nil {
		return err
	}
	if _, err := c.exec(fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return w.check()
}
