package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestMain(m *testing.M) { os.Exit(sqldbtest.Run(m)) }

// TestContract holds each store to every promise of engine.Store. A store that
// is new gets a line here.
func TestContract(t *testing.T) {
	for name, open := range map[string]Opener{"sqlite": openSQLite, "mariadb": openMariaDB} {
		for _, check := range Checks() {
			t.Run(name+"/"+check.Name, func(t *testing.T) {
				t.Parallel()
				check.Run(t, open)
			})
		}
	}
}

// openSQLite gives a store in a file. A crash leaves the abandoned store open:
// its files are copied as they are at that moment, which is what a process that
// was killed leaves behind, and the copy is opened.
func openSQLite(t testing.TB) *Store {
	t.Helper()
	first := sqldbtest.Open(t, "sqlite")
	crashes, now := 0, strings.TrimPrefix(first.URL, "sqlite:")
	return &Store{Backend: first, Spoil: spoils(first), Crash: func(t testing.TB) engine.Store {
		t.Helper()
		crashes++
		old := now
		now = filepath.Join(t.TempDir(), fmt.Sprintf("crash-%d.db", crashes))
		for _, part := range []string{"", "-wal"} {
			copyFile(t, old+part, now+part)
		}
		return reopened(t, "sqlite:"+now)
	}}
}

// openMariaDB gives a store in a database of its own. A crash leaves the store
// hanging and opens the same data anew, as after a lost process.
func openMariaDB(t testing.TB) *Store {
	t.Helper()
	first := sqldbtest.Open(t, "mysql")
	return &Store{Backend: first, Spoil: spoils(first), Crash: func(t testing.TB) engine.Store { t.Helper(); return reopened(t, first.URL) }}
}

// spoils adds a point to a balance behind the ledger's back.
func spoils(s *sqldbtest.Store) func(t testing.TB, number string) {
	return func(t testing.TB, number string) {
		t.Helper()
		if _, err := s.DB.ExecContext(t.Context(), "UPDATE card SET balance = balance + 1 WHERE number = ?", number); err != nil {
			t.Fatalf("the balance cannot be changed: %v", err)
		}
	}
}

func reopened(t testing.TB, url string) engine.Store {
	t.Helper()
	store, err := sqldb.Open(context.Background(), url, sqldb.Options{Connections: 8})
	if err != nil {
		t.Fatalf("the store does not open: %v", err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// copyFile copies a file that need not be there.
func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if os.IsNotExist(err) {
		return
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatalf("the file of the store cannot be copied: %v", err)
	}
}
