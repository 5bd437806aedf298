package journalcrm

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/engine"
	"koshelek-adapter/crm/engine/storetest"
)

// TestContract judges this CRM by every promise of engine.Store.
func TestContract(t *testing.T) {
	storetest.Run(t, func(t storetest.TB) *storetest.Store {
		path := filepath.Join(t.TempDir(), "crm.journal")
		now := openFor(t, path)
		return &storetest.Store{
			Backend: now,
			Crash: func(t storetest.TB) engine.Store {
				path = copyOf(t, path)
				now = openFor(t, path)
				return now
			},
			Spoil: func(_ storetest.TB, number string) {
				now.mutex.Lock()
				defer now.mutex.Unlock()
				now.state.Cards[number].Balance++
			},
		}
	})
}

func openFor(t storetest.TB, path string) *CRM {
	t.Helper()
	c, err := Open(context.Background(), path)
	if err != nil {
		t.Fatalf("the journal does not open: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("the journal does not close: %v", err)
		}
	})
	return c
}

// copyOf gives a copy of the journal as it is on the disk now, which is what a
// crash would leave; the process that has the original open lives on.
func copyOf(t storetest.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("the journal cannot be read: %v", err)
	}
	next := filepath.Join(t.TempDir(), "crm.journal")
	if err := os.WriteFile(next, content, 0o600); err != nil {
		t.Fatalf("the journal cannot be copied: %v", err)
	}
	return next
}

// lines splits a journal, each line with its end.
func lines(t *testing.T, path string) [][]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return bytes.SplitAfter(bytes.TrimSuffix(content, []byte("\n")), []byte("\n"))
}
