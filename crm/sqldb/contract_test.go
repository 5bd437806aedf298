package sqldb_test

import (
	"context"
	"os"
	"testing"

	"koshelek-adapter/crm/crmtest"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/mariadbtest"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }

// TestContract runs every promise of engine.Store on both engines.
func TestContract(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		crmtest.Run(t, func(t crmtest.TB) *crmtest.Store {
			return opened(t, sqldbtest.SQLite(t))
		})
	})
	t.Run("mariadb", func(t *testing.T) {
		t.Parallel()
		databases := sqldbtest.Reused(t)
		crmtest.Run(t, func(t crmtest.TB) *crmtest.Store { return opened(t, databases.URL(t)) })
	})
}

// opened is a fresh store. A crash leaves the first one hanging and opens the
// same data anew, as after a lost process.
func opened(t crmtest.TB, url string) *crmtest.Store {
	var current *sqldb.Store
	open := func(t crmtest.TB) engine.Store {
		store, err := sqldb.Open(context.Background(), url, sqldb.Options{Connections: 8})
		if err != nil {
			t.Fatalf("the store does not open: %v", err)
		}
		t.Cleanup(func() { _ = store.Close() })
		current = store
		return store
	}
	return &crmtest.Store{Backend: open(t), Crash: open, Spoil: func(t crmtest.TB, number string) {
		if err := sqldb.Spoil(current, number); err != nil {
			t.Fatalf("the balance is not spoiled: %v", err)
		}
	}}
}
