package sqldb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// openedSQLite is an engine over a file, and the sizes of its batches.
func openedSQLite(t *testing.T) (*sqliteEngine, func() []int) {
	t.Helper()
	var mu sync.Mutex
	var sizes []int
	options := Options{OnBatch: func(n int) {
		mu.Lock()
		defer mu.Unlock()
		sizes = append(sizes, n)
	}}.withDefaults()
	e, err := openSQLite(context.Background(), filepath.Join(t.TempDir(), "group.db"), options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = e.close() })
	return e, func() []int {
		mu.Lock()
		defer mu.Unlock()
		return append([]int(nil), sizes...)
	}
}

func code(name string) func(conn) error {
	return func(c conn) error {
		_, err := c.exec(`INSERT INTO promo_code (code, points, starts_at, ends_at, max_uses, used, description)
			VALUES (?, 0, 0, 0, 0, 0, '')`, name)
		return err
	}
}

func codes(t *testing.T, e *sqliteEngine) (names []string) {
	t.Helper()
	require.NoError(t, e.read(context.Background(), func(c conn) error {
		return c.inColumn(&names, "SELECT code FROM promo_code WHERE code NOT IN (?) ORDER BY code", []string{""})
	}))
	return names
}

// held keeps the writer busy until the returned function is called, so that
// what is sent meanwhile waits together.
func held(t *testing.T, e *sqliteEngine) (release func()) {
	t.Helper()
	started, gate, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- e.write(context.Background(), func(conn) error {
			close(started)
			<-gate
			return nil
		})
	}()
	<-started
	return func() {
		close(gate)
		require.NoError(t, <-done)
	}
}

// waiting lets n writes queue up behind a held writer.
func waiting(t *testing.T, e *sqliteEngine, n int) {
	t.Helper()
	for len(e.writer.jobs.items) < n {
		select {
		case <-t.Context().Done():
			t.Fatal("the writes do not queue up")
		default:
		}
	}
}

func TestWaitingWritesShareACommit(t *testing.T) {
	e, sizes := openedSQLite(t)
	release := held(t, e)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() { assert.NoError(t, e.write(context.Background(), code(string(rune('a'+i))))) })
	}
	waiting(t, e, 20)
	release()
	group.Wait()
	assert.Equal(t, []int{1, 20}, sizes())
	assert.Len(t, codes(t, e), 20)
}

// TestOneFailureIsOnesOwn: an operation that fails, or panics, or breaks a
// constraint, takes nobody else of its batch along.
func TestOneFailureIsOnesOwn(t *testing.T) {
	e, sizes := openedSQLite(t)
	release := held(t, e)
	refusal := errors.New("refused")
	outcome := make([]error, 5)
	work := []func(conn) error{
		code("first"),
		func(c conn) error { _ = code("half done")(c); return refusal },
		func(c conn) error { _ = code("half done")(c); panic("a fault") },
		func(c conn) error {
			_ = code("half done")(c)
			_, err := c.exec("INSERT INTO lot_use VALUES (NULL, 'x', 1)")
			return err
		},
		code("last"),
	}
	var group sync.WaitGroup
	for i := range work {
		group.Go(func() { outcome[i] = e.write(context.Background(), work[i]) })
	}
	waiting(t, e, len(work))
	release()
	group.Wait()
	assert.NoError(t, outcome[0])
	assert.ErrorIs(t, outcome[1], refusal)
	assert.ErrorContains(t, outcome[2], "panic in an operation: a fault")
	assert.Error(t, outcome[3])
	assert.NoError(t, outcome[4])
	assert.Equal(t, []int{1, 5}, sizes())
	assert.ElementsMatch(t, []string{"first", "last"}, codes(t, e))
}

// TestLostTransactionIsRunAgainOneByOne: when the transaction goes as a whole,
// each operation is run again alone, and only the one at fault is refused.
func TestLostTransactionIsRunAgainOneByOne(t *testing.T) {
	e, _ := openedSQLite(t)
	release := held(t, e)
	var runs atomic.Int32
	outcome := make([]error, 3)
	work := []func(conn) error{
		func(c conn) error { runs.Add(1); return code("good")(c) },
		func(c conn) error { _, _ = c.exec("ROLLBACK"); return errors.New("the transaction is gone") },
		code("other"),
	}
	var group sync.WaitGroup
	for i := range work {
		group.Go(func() { outcome[i] = e.write(context.Background(), work[i]) })
	}
	waiting(t, e, len(work))
	release()
	group.Wait()
	assert.NoError(t, outcome[0])
	assert.Error(t, outcome[1])
	assert.NoError(t, outcome[2])
	assert.ElementsMatch(t, []string{"good", "other"}, codes(t, e))
}

func TestAbandonedWriteDoesNotHappen(t *testing.T) {
	e, _ := openedSQLite(t)
	release := held(t, e)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.write(ctx, code("abandoned")) }()
	waiting(t, e, 1)
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)
	release()
	require.NoError(t, e.write(context.Background(), code("next")))
	assert.Equal(t, []string{"next"}, codes(t, e))
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	e, _ := openedSQLite(t)
	release := held(t, e)
	done := make(chan error, 1)
	go func() { done <- e.write(context.Background(), code("waits")) }()
	waiting(t, e, 1)
	closed := make(chan struct{})
	go func() { e.writer.close(); close(closed) }()
	release()
	assert.NoError(t, <-done)
	<-closed
	assert.ErrorIs(t, e.write(context.Background(), code("late")), errClosed)
	assert.Equal(t, []string{"waits"}, codes(t, e))
}

func TestSQLiteSettings(t *testing.T) {
	e, _ := openedSQLite(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		for name, read := range map[string]func(context.Context, func(conn) error) error{"reader": e.read, "writer": e.write} {
			var got string
			require.NoError(t, read(context.Background(), func(c conn) error { return c.one("PRAGMA "+pragma, nil, &got) }))
			assert.Equal(t, want, got, "%s of the %s", pragma, name)
		}
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "private.db")
	store, err := Open(context.Background(), "sqlite:"+path, Options{})
	require.NoError(t, err)
	defer store.Close()
	for file, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), file)
	}
}

func TestStrangePathsOfFiles(t *testing.T) {
	for _, name := range []string{"with space.db", "процент %41.db", "a&b=c.db"} {
		path := filepath.Join(t.TempDir(), name)
		store, err := Open(context.Background(), "sqlite:"+path, Options{})
		require.NoError(t, err, name)
		require.NoError(t, store.Close())
		assert.FileExists(t, path)
	}
	_, err := Open(context.Background(), "sqlite:", Options{})
	assert.Error(t, err)
	_, err = Open(context.Background(), "sqlite:x.db?mode=memory", Options{})
	assert.Error(t, err)
	_, err = Open(context.Background(), "oracle:x", Options{})
	assert.Error(t, err)
}
