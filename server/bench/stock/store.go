package stock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/sqldb"
)

// The engines.
const (
	SQLite  = "sqlite"
	MariaDB = "mariadb"
)

// Options say which store is wanted.
type Options struct {
	// Dir is where filled stores are kept and copies live.
	Dir    string
	Engine string
	Cards  int
	// BufferPool is MariaDB's cache, such as 1G.
	BufferPool string
	// Say hears what takes long.
	Say func(format string, args ...any)
}

// Store is a copy of a filled store that may be written to.
type Store struct {
	Keys
	Engine string
	// URL is what ADAPTER_DATABASE names.
	URL string
	// Version of the database.
	Version string

	db    *sql.DB
	pid   func() int
	free  int // numbers of the pool that were ever added
	fresh atomic.Int64
	close func() error
}

// Open makes a copy of a filled store, which is filled when it is not there yet.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Cards < 2 || o.Cards > FreshSpace {
		return nil, fmt.Errorf("stock: a store has 2 to %d cards", FreshSpace)
	}
	kept, err := o.kept(ctx)
	if err != nil {
		return nil, fmt.Errorf("stock: fill %s with %d cards: %w", o.Engine, o.Cards, err)
	}
	work := filepath.Join(o.Dir, "run", o.note().name())
	if err := copied(kept, work); err != nil {
		return nil, fmt.Errorf("stock: copy: %w", err)
	}
	s, err := o.launch(ctx, work)
	if err != nil {
		return nil, fmt.Errorf("stock: open %s: %w", o.Engine, err)
	}
	s.Keys, s.Engine = Keys{o.Cards}, o.Engine
	end := s.close
	s.close = func() error {
		if err := end(); err != nil {
			return err
		}
		return os.RemoveAll(work)
	}
	return s, nil
}

// Fill fills a store unless that was done before.
func Fill(ctx context.Context, o Options) error {
	_, err := o.kept(ctx)
	return err
}

func (o Options) note() note {
	return note{Format: format, Engine: o.Engine, Cards: o.Cards}
}

// kept gives the folder of the filled store.
func (o Options) kept(ctx context.Context) (string, error) {
	dir := filepath.Join(o.Dir, "stock", o.note().name())
	if o.note().fits(dir) {
		return dir, nil
	}
	if _, err := emptied(dir); err != nil {
		return "", err
	}
	o.Say("filling %s with %d cards", o.Engine, o.Cards)
	if err := o.make(ctx, dir); err != nil {
		return "", err
	}
	return dir, o.note().write(dir)
}

func (o Options) make(ctx context.Context, dir string) error {
	switch o.Engine {
	case SQLite:
		return o.makeSQLite(ctx, dir)
	case MariaDB:
		return o.makeMariaDB(ctx, dir)
	}
	return fmt.Errorf("unknown engine %q", o.Engine)
}

func (o Options) launch(ctx context.Context, dir string) (*Store, error) {
	if o.Engine == SQLite {
		return openSQLite(ctx, dir)
	}
	return o.openMariaDB(ctx, dir)
}

// fillWith inserts everything over one connection.
func (o Options) fillWith(ctx context.Context, db *sql.DB) error {
	return fill(ctx, db, tables(Keys{o.Cards}), func(table string, rows int) {
		if rows%500_000 == 0 {
			o.Say("  %s: %d rows", table, rows)
		}
	})
}

// PID is the database's process, 0 when it has none of its own.
func (s *Store) PID() int { return s.pid() }

// Fresh gives the first of n counters that nobody else was given.
func (s *Store) Fresh(n int) int { return int(s.fresh.Add(int64(n))) - n }

// TopUp brings the pool to so many free numbers; a filled store has none.
func (s *Store) TopUp(ctx context.Context, want int) error {
	var free int
	if err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM card_pool WHERE reserved_until = 0").Scan(&free); err != nil {
		return err
	}
	if free >= want {
		return nil
	}
	from := s.free
	s.free += want - free
	return fill(ctx, s.db, []table{numbers(from, s.free)}, func(string, int) {})
}

// Verify recomputes every balance and tells how many cards differ.
func (s *Store) Verify(ctx context.Context) (count int, err error) {
	store, err := sqldb.Open(ctx, s.URL, sqldb.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	for after := ""; ; {
		bad, last, err := store.Verify(ctx, after, 1000)
		count += len(bad)
		if err != nil || last == "" {
			return count, err
		}
		after = last
	}
}

// Open opens the store as the program does.
func (s *Store) Open(ctx context.Context) (crm.Backend, error) {
	store, err := sqldb.Open(ctx, s.URL, sqldb.Options{})
	if err != nil {
		return nil, err // a nil *sqldb.Store must not become a Backend
	}
	return store, nil
}

// Close ends the database and removes the copy.
func (s *Store) Close() error { return s.close() }
