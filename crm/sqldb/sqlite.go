package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long SQLite waits for another process that writes, such as
// an operator's import; it commits in small pieces.
const busyTimeout = 10 * time.Second

// loaderTimeout is for a process that loads a lot: nobody waits for its single
// rows, and what it waits for may be another import's checkpoint.
const loaderTimeout = 5 * time.Minute

// sqliteEngine reads on a pool of connections and writes through one writer.
type sqliteEngine struct {
	readers *sql.DB
	// free holds a token for each reader, since database/sql forgets the caller's
	// time while it waits for a connection for a statement that watches none.
	free     chan struct{}
	prepared *statements
	writer   *writer
	writers  *sql.DB
	// loader writes bulk rows: a writer of its own in a process that loads a lot.
	loader  *writer
	loaders *sql.DB
	files   *watchedFiles
}

func openSQLite(ctx context.Context, path string, o Options) (*sqliteEngine, error) {
	if path == "" || strings.ContainsAny(path, "?#") {
		return nil, errors.New("sqldb: sqlite: needs the path of a file, without '?' and '#'")
	}
	if err := checkSQLiteFile(path); err != nil {
		return nil, err
	}
	// The file holds personal data: its folder is for the owner when we make it.
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("sqldb: the data folder: %w", err)
	}
	if err := ownFile(path); err != nil {
		return nil, err
	}
	patience := busyTimeout
	if o.Bulk {
		patience = loaderTimeout
	}
	writers, err := sql.Open("sqlite", sqliteDSN(path, "immediate", patience, writerPragmas...))
	if err != nil {
		return nil, err
	}
	writers.SetMaxOpenConns(1)
	if err := migrateSQLite(ctx, path, writers); err != nil {
		_ = writers.Close()
		return nil, err
	}
	if err := checkSQLiteSettings(ctx, writers, o); err != nil {
		_ = writers.Close()
		return nil, err
	}
	e, err := startSQLite(ctx, path, writers, o)
	if err != nil {
		return nil, err
	}
	if e.files, err = watchFiles(path); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if err := e.load(ctx, path, o); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// load opens what bulk rows are written through.
func (e *sqliteEngine) load(ctx context.Context, path string, o Options) (err error) {
	e.loader = e.writer
	if !o.Bulk {
		return nil
	}
	if e.loaders, err = sql.Open("sqlite", sqliteDSN(path, "immediate", loaderTimeout, loaderPragmas...)); err != nil {
		return err
	}
	loader, err := newWriter(ctx, e.loaders, newTurn(path), o.OnBatch)
	if err == nil {
		e.loader = loader
	}
	return err
}

// ownFile makes the database file with an owner-only mode before SQLite makes
// it with a wider one; the WAL and shared memory files inherit it.
func ownFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("sqldb: the database file: %w", err)
	}
	return file.Close()
}

// startSQLite opens the readers. A read is work for a processor, not a wait for
// a network, so more connections than processors can use would only hold more
// page caches.
func startSQLite(ctx context.Context, path string, writers *sql.DB, o Options) (*sqliteEngine, error) {
	w, err := newWriter(ctx, writers, newTurn(path), o.OnBatch)
	if err != nil {
		_ = writers.Close()
		return nil, err
	}
	readers, err := sql.Open("sqlite", sqliteDSN(path, "deferred", busyTimeout))
	if err != nil {
		w.close()
		_ = writers.Close()
		return nil, err
	}
	connections := min(o.Connections, max(4, 2*runtime.GOMAXPROCS(0)))
	readers.SetMaxOpenConns(connections)
	readers.SetMaxIdleConns(connections)
	return &sqliteEngine{
		readers: readers, writers: writers, writer: w, prepared: newStatements(readers.PrepareContext),
		free: make(chan struct{}, connections),
	}, nil
}

// writerPragmas are what the writer needs besides. It touches pages all over the
// indexes, and copies the log into the file the cheaper the more it has gathered.
// A connection holds up to twice its nominal cache, so the readers, whose misses
// the system's cache serves, get by with little.
//
// What is deleted is overwritten, so that an erasure reaches the file.
//
// A long reader lets the log grow; once it is gone the log is cut back to 64 MiB.
var writerPragmas = []string{"secure_delete(ON)", "cache_size(-16000)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)"} // 16 MiB, 32 MiB

// loaderPragmas are those of bulk rows, which were checked before and refer to
// each other only: their checks and foreign keys cost a fifth of the time.
var loaderPragmas = []string{
	"cache_size(-32000)", "wal_autocheckpoint(131072)", // 32 MiB, 512 MiB
	"foreign_keys(OFF)", "ignore_check_constraints(ON)",
}

// sqliteDSN sets what every connection needs. FULL makes each commit wait for
// the disk: what was acknowledged survives a power cut. Patience is how long a
// connection waits for others that write.
func sqliteDSN(path, txlock string, patience time.Duration, pragmas ...string) string {
	query := url.Values{"_txlock": {txlock}, "_pragma": append([]string{
		fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()),
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)",
		"cache_size(-3000)", "temp_store(MEMORY)",
	}, pragmas...)}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// migrateSQLite holds a lock on a file beside the database, since two processes
// that migrate at once would both find the tables missing.
func migrateSQLite(ctx context.Context, path string, db *sql.DB) error {
	lock := flock.New(path + ".lock")
	if _, err := lock.TryLockContext(ctx, lockProbe); err != nil {
		return fmt.Errorf("sqldb: lock for the migration: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	return migrate(ctx, db, "sqlite", nil)
}

func (e *sqliteEngine) dialect() *dialect { return sqliteDialect }

func (e *sqliteEngine) read(ctx context.Context, work func(conn) error) error {
	select {
	case e.free <- struct{}{}:
		defer func() { <-e.free }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return work(conn{ctx: context.WithoutCancel(ctx), q: e.prepared, raw: e.readers, d: sqliteDialect})
}

func (e *sqliteEngine) write(ctx context.Context, work func(conn) error) error {
	return e.writer.do(ctx, work)
}

func (e *sqliteEngine) bulk(ctx context.Context, work func(conn) error) error {
	return e.loader.do(ctx, work)
}

// ping writes: a store that can only be read is not ready.
func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.writer.do(ctx, e.files.probe)
}

func (e *sqliteEngine) close() error {
	e.writer.close()
	e.prepared.close()
	err := errors.Join(e.readers.Close(), e.writers.Close())
	if e.loaders != nil {
		e.loader.close()
		err = errors.Join(err, e.loaders.Close())
	}
	return err
}

// sqliteDialect locks no rows: the writer is alone.
var sqliteDialect = &dialect{branch: [2]string{"SELECT * FROM (", ")"}, classify: sqliteClass}

func sqliteClass(err error) class {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return classOther
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return classDuplicate
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return classUnfit
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOMEM:
		return classUnavailable
	}
	return classOther
}

func (e *sqliteEngine) inspect(ctx context.Context, _ int) ([]Note, error) {
	values := map[string]string{}
	mode, synchronous, err := sqliteSettings(ctx, e.readers)
	if err != nil {
		return nil, err
	}
	var damage string
	if err := e.readers.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&damage); err != nil {
		return nil, err
	}
	for _, name := range []string{"page_size", "page_count", "freelist_count"} {
		var value string
		if err := e.readers.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value); err != nil {
			return nil, err
		}
		values[name] = value
	}
	pages, size := number(values["page_count"]), number(values["page_size"])
	notes := []Note{
		{Name: "sqlite", Value: fmt.Sprintf("journal_mode %s, synchronous %s", mode, synchronous)},
		{Name: "size", Value: fmt.Sprintf("%d MiB", pages*size>>20)},
		{Name: "quick check", Value: damage},
	}
	if damage != "ok" {
		notes[2].Unsafe, notes[2].Advice = true, "the file is damaged: stop the server, keep a copy of it with its -wal, and restore a backup"
	}
	if !safeSQLite(mode, synchronous) {
		notes[0].Unsafe, notes[0].Advice = true, "must be wal and 2 (FULL)"
	}
	if free := number(values["freelist_count"]); pages > 1000 && free > pages/2 {
		notes[1].Advice = "more than half of the file is free: VACUUM it while no server runs"
	}
	return notes, nil
}
