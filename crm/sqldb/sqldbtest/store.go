package sqldbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// Store is an open store that is empty, and its database.
type Store struct {
	*sqldb.Store
	// URL opens the same data once more.
	URL string
	// DB is for a look, or a change, behind the store's back.
	DB *sql.DB
}

// kept are the open stores that no test uses, by driver.
var kept struct {
	sync.Mutex
	stores map[string][]*Store
	folder string
}

// Run is mariadbtest.Run that also removes the files of [Open]:
//
//	func TestMain(m *testing.M) { os.Exit(sqldbtest.Run(m)) }
func Run(m interface{ Run() int }) int {
	kept.stores = map[string][]*Store{}
	var err error
	if kept.folder, err = os.MkdirTemp("", "sqldbtest"); err != nil {
		fmt.Fprintln(os.Stderr, "sqldbtest:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(kept.folder) }()
	return mariadbtest.Run(m)
}

// Open gives a store that is t's until t ends, on a file of its own (driver
// "sqlite") or on a MariaDB database ("mysql"). Tests use one store after another,
// since to open one costs more than most tests do: what one has written is deleted.
// t may close it; then nobody gets it any more. A package that calls it ends its
// tests by [Run].
func Open(t testing.TB, driver string) *Store {
	t.Helper()
	s := takeOpen(driver)
	if s == nil {
		s = open(t, driver)
	}
	t.Cleanup(func() {
		if s.Ping(context.Background()) != nil { // t has closed it
			_ = s.DB.Close()
			return
		}
		if err := empty(s.DB, driver); err != nil {
			t.Errorf("sqldbtest: %v", err)
			return
		}
		kept.Lock()
		defer kept.Unlock()
		kept.stores[driver] = append(kept.stores[driver], s)
	})
	return s
}

func takeOpen(driver string) (s *Store) {
	kept.Lock()
	defer kept.Unlock()
	stores := kept.stores[driver]
	if last := len(stores) - 1; last >= 0 {
		s, kept.stores[driver] = stores[last], stores[:last]
	}
	return s
}

func open(t testing.TB, driver string) *Store {
	t.Helper()
	var dsn string
	var err error
	if driver == "mysql" {
		dsn = mariadbtest.Lasting(t)
	} else if dsn, err = os.MkdirTemp(kept.folder, ""); err == nil {
		dsn = filepath.Join(dsn, "store.db")
	}
	s := &Store{URL: driver + ":" + dsn}
	if err == nil {
		s.Store, err = sqldb.Open(context.Background(), s.URL, sqldb.Options{})
	}
	if err == nil {
		s.DB, err = sql.Open(driver, dsn)
	}
	if err != nil {
		t.Fatalf("sqldbtest: %v", err)
	}
	return s
}
