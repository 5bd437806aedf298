package sqldb_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/sqldb"
)

// TestPlacesThatKeepNothing: what is acknowledged there would be gone.
func TestPlacesThatKeepNothing(t *testing.T) {
	for _, path := range []string{":memory:", "file::memory:", ":memory:?cache=shared"} {
		_, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{AllowUnsafe: true})
		require.Error(t, err, path)
	}
}

// TestLogWithoutItsFile: an empty database would be begun, and the log with all
// that is not in the file yet would be thrown away.
func TestLogWithoutItsFile(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"-wal", "-journal"} {
		for name, file := range map[string]func(string) error{
			"missing": func(string) error { return nil },
			"empty":   func(path string) error { return os.WriteFile(path, nil, 0o600) },
		} {
			path := filepath.Join(t.TempDir(), "cards.db")
			require.NoError(t, file(path))
			require.NoError(t, os.WriteFile(path+suffix, []byte("acknowledged"), 0o600))
			before, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			_, err = sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{AllowUnsafe: true})
			require.ErrorContains(t, err, path+suffix, name)
			after, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			assert.Len(t, after, len(before), "nothing was made")
			kept, err := os.ReadFile(path + suffix)
			require.NoError(t, err)
			assert.Equal(t, "acknowledged", string(kept))
		}
	}
	path := filepath.Join(t.TempDir(), "cards.db") // an empty log is nobody's loss
	require.NoError(t, os.WriteFile(path+"-wal", nil, 0o600))
	store, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	require.NoError(t, err)
	require.NoError(t, store.Close())
}

// TestPingTellsOfALostFile: a store that can be read is not one that keeps.
func TestPingTellsOfALostFile(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(t *testing.T, store *sqldb.Store, path string){
		"deleted": func(t *testing.T, _ *sqldb.Store, path string) { require.NoError(t, os.Remove(path)) },
		"replaced": func(t *testing.T, _ *sqldb.Store, path string) {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path+".copy", text, 0o600))
			require.NoError(t, os.Rename(path+".copy", path))
		},
		"log deleted": func(t *testing.T, _ *sqldb.Store, path string) { require.NoError(t, os.Remove(path+"-wal")) },
		"read-only":   func(t *testing.T, store *sqldb.Store, _ string) { require.NoError(t, sqldb.ReadOnly(store)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cards.db")
			store, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
			require.NoError(t, err)
			defer func() { _ = store.Close() }()
			require.NoError(t, store.Ping(t.Context()))
			require.NoError(t, store.Ping(t.Context()))
			lose(t, store, path)
			require.ErrorIs(t, store.Ping(t.Context()), crm.ErrUnavailable)
		})
	}
}

// TestDoctorFindsDamage: a page in the middle of the file was overwritten.
func TestDoctorFindsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cards.db")
	store, err := sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	require.NoError(t, err)
	notes, err := store.Inspect(t.Context(), 4)
	require.NoError(t, err)
	assert.Contains(t, notes, sqldb.Note{Name: "quick check", Value: "ok"})
	require.NoError(t, store.Close())
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	_, err = file.WriteAt([]byte("damage damage damage"), 5*4096)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	store, err = sqldb.Open(t.Context(), "sqlite:"+path, sqldb.Options{})
	require.NoError(t, err)
	defer func() { _ = store.Close() }()
	notes, err = store.Inspect(t.Context(), 4)
	require.NoError(t, err)
	found := false
	for _, note := range notes {
		found = found || note.Name == "quick check" && note.Unsafe
	}
	assert.True(t, found, "%v", notes)
}
