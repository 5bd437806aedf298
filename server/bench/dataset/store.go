package dataset

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"koshelek-adapter/crm/sqldb"
)

// The engines.
const (
	SQLite  = "sqlite"
	MariaDB = "mariadb"
)

// Options say where stores live and what their database may use.
type Options struct {
	// Dir is where filled stores are kept and copies live.
	Dir string
	// Engine is SQLite or MariaDB.
	Engine string
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
	// PID is the database's process, 0 when it has none of its own.
	PID int

	db    *sql.DB
	fresh atomic.Int64
	close func() error
}

// Open makes a copy of a store with so many cards, which is filled when it is
// not there yet.
func Open(ctx context.Context, o Options, cards int) (*Store, error) {
	kept, err := o.Fill(ctx, cards)
	if err != nil {
		return nil, err
	}
	work := filepath.Join(o.Dir, "run", filepath.Base(kept))
	if err := copied(kept, work); err != nil {
		return nil, fmt.Errorf("dataset: copy: %w", err)
	}
	return o.openAt(ctx, work, cards, false)
}

// Empty makes a store with tables and no rows.
func Empty(ctx context.Context, o Options) (*Store, error) {
	work := filepath.Join(o.Dir, "run", o.Engine+"-empty")
	if err := emptied(work); err != nil {
		return nil, err
	}
	return o.openAt(ctx, work, 0, true)
}

// openAt opens a store that is removed when it is closed.
func (o Options) openAt(ctx context.Context, dir string, cards int, create bool) (*Store, error) {
	s, err := o.launch(ctx, dir, mode{create: create})
	if err != nil {
		return nil, fmt.Errorf("dataset: open %s: %w", o.Engine, err)
	}
	s.Keys = Keys{cards}
	end := s.close
	s.close = func() error { return errors.Join(end(), os.RemoveAll(dir)) }
	return s, nil
}

// Fill fills a store unless that was done before, and gives its folder.
func (o Options) Fill(ctx context.Context, cards int) (string, error) {
	if cards < 2 || cards > freshSpace {
		return "", fmt.Errorf("dataset: a store has 2 to %d cards", freshSpace)
	}
	n := note{Format: format, Engine: o.Engine, Cards: cards}
	dir := filepath.Join(o.Dir, "dataset", n.name())
	if n.fits(dir) {
		return dir, nil
	}
	if err := emptied(dir); err != nil {
		return "", err
	}
	o.Say("filling %s with %d cards", o.Engine, cards)
	s, err := o.launch(ctx, dir, mode{create: true, unsafe: true})
	if err == nil {
		err = s.insert(ctx, tables(Keys{cards}))
		err = errors.Join(err, s.close()) // a clean end writes everything out, so that the copies start at once
	}
	if err != nil {
		return "", fmt.Errorf("dataset: fill %s with %d cards: %w", o.Engine, cards, err)
	}
	return dir, n.write(dir)
}

// mode says how a store is opened: create makes its tables; unsafe gives up
// durability, for a store that is filled anew when that was not completed.
type mode struct{ create, unsafe bool }

func (o Options) launch(ctx context.Context, dir string, m mode) (*Store, error) {
	switch o.Engine {
	case SQLite:
		return launchSQLite(ctx, dir, m)
	case MariaDB:
		return o.launchMariaDB(ctx, dir, m)
	}
	return nil, fmt.Errorf("unknown engine %q", o.Engine)
}

// Fresh gives a counter that nobody else was given.
func (s *Store) Fresh() int { return int(s.fresh.Add(1)) }

// Insert stores the cards of so many customers, with their balances, by plain
// statements of many rows: what an import is measured beside.
func (s *Store) Insert(ctx context.Context, cards int) error {
	k := Keys{cards}
	return s.insert(ctx, []table{customers(k), cardRows(k), postings(k), lots(k)})
}

// Warm reads the customers and their cards, so that what is measured is a
// database that has run for a while and not one that was just started.
func (s *Store) Warm(ctx context.Context) error {
	for _, query := range []string{
		"SELECT COUNT(*) FROM customer WHERE surname <> firstname", "SELECT COUNT(*) FROM customer WHERE phone > ''",
		"SELECT SUM(balance) FROM card", "SELECT COUNT(*) FROM card WHERE customer_id > ''",
	} {
		var n int64
		if err := s.db.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return fmt.Errorf("dataset: warm up: %w", err)
		}
	}
	return nil
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

// Close ends the database and removes the copy.
func (s *Store) Close() error { return s.close() }
