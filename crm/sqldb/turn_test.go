package sqldb

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWaitingProcessIsNext: a process whose transactions follow each other at
// once lets in one that waits.
func TestWaitingProcessIsNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "turns.db")
	var mu sync.Mutex
	var order []string
	open := func() *sqliteEngine {
		e, err := openSQLite(context.Background(), path, Options{}.withDefaults())
		require.NoError(t, err)
		t.Cleanup(func() { _ = e.close() })
		return e
	}
	busy, guest := open(), open()
	var group sync.WaitGroup
	write := func(e *sqliteEngine, name string) {
		group.Go(func() {
			assert.NoError(t, e.write(context.Background(), func(c conn) error {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
				return code(name)(c)
			}))
		})
	}
	release := held(t, busy)
	write(busy, "own next")
	waiting(t, busy, 1)
	write(guest, "guest")
	for probe := flock.New(path + ".turn"); ; {
		got, err := probe.TryLock()
		require.NoError(t, err)
		require.NoError(t, t.Context().Err())
		if !got {
			break // the guest holds it and waits for the database
		}
		require.NoError(t, probe.Unlock())
	}
	release()
	group.Wait()
	assert.Equal(t, []string{"guest", "own next"}, order)
	info, err := os.Stat(path + ".turn")
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// TestWritersGetByWithoutTurns: where the file of turns cannot be made, writes
// happen all the same.
func TestWritersGetByWithoutTurns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "turns.db")
	require.NoError(t, os.Mkdir(path+".turn", 0o700))
	e, err := openSQLite(context.Background(), path, Options{}.withDefaults())
	require.NoError(t, err)
	defer func() { _ = e.close() }()
	require.NoError(t, e.write(context.Background(), code("stored")))
	assert.Equal(t, []string{"stored"}, codes(t, e))
}
