package crmtest_test

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/crmtest"
	"koshelek-adapter/crm/sqldb"
	"koshelek-adapter/crm/sqldb/sqldbtest"
)

func TestSQLite(t *testing.T) { crmtest.Run(t, openSQLite) }

// openSQLite gives a store in a file. A crash leaves the abandoned store open:
// its files are copied as they are at that moment, which is what a process that
// was killed leaves behind, and the copy is opened.
func openSQLite(t crmtest.TB) *crmtest.Store {
	t.Helper()
	path := strings.TrimPrefix(sqldbtest.SQLite(t), "sqlite:")
	crashes := 0
	return &crmtest.Store{
		Backend: openFile(t, path),
		Crash: func(t crmtest.TB) crm.Backend {
			t.Helper()
			crashes++
			old := path
			path = fmt.Sprintf("%s-after-crash-%d", path, crashes)
			for _, part := range []string{"", "-wal"} {
				copyFile(t, old+part, path+part)
			}
			return openFile(t, path)
		},
		Spoil: func(t crmtest.TB, number string) {
			t.Helper()
			spoil(t, path, number)
		},
	}
}

func openFile(t crmtest.TB, path string) crm.Backend {
	t.Helper()
	store, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	if err != nil {
		t.Fatalf("the store does not open: %v", err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// copyFile copies a file that need not be there.
func copyFile(t crmtest.TB, from, to string) {
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

func spoil(t crmtest.TB, path, number string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatalf("the file of the store does not open: %v", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE card SET balance = balance + 1 WHERE number = ?", number); err != nil {
		t.Fatalf("the balance cannot be changed: %v", err)
	}
}
