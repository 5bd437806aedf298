package sqldb_test

import (
	"context"
	"os"
	"testing"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/engine/storetest"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }

// TestContract runs every promise of engine.Store on both engines.
func TestContract(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t storetest.TB) *storetest.Store {
			return opened(t, sqldbtest.SQLite(t))
		})
	})
	t.Run("mariadb", func(t *testing.T) {
		t.Parallel()
		databases := sqldbtest.Reused(t)
		storetest.Run(t, func(t storetest.TB) *storetest.Store { return opened(t, databases.URL(t)) })
	})
}

// opened is a fresh store. A crash leaves the first one hanging and opens the
// same data anew, as after a lost process.
func opened(t storetest.TB, url string) *storetest.Store {
	var current *sqldb.Store
	open := func(t storetest.TB) engine.Store {
		store, err := sqldb.Open(context.Background(), url, sqldb.Options{Connections: 8})
		if err != nil {
			t.Fatalf("the store does not open: %v", err)
		}
		t.Cleanup(func() { _ = store.Close() })
		current = store
		return store
	}
	return &storetest.Store{Backend: open(t), Crash: open, Spoil: func(t storetest.TB, number string) {
		if err := sqldb.Spoil(current, number); err != nil {
			t.Fatalf("the balance is not spoiled: %v", err)
		}
	}}
}
