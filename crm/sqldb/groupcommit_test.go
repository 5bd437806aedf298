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

	"koshelek-adapter/crm"
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

const insertCode = `INSERT INTO promo_code (code, points, starts_at, ends_at, max_uses, used, description)
	VALUES (?, 0, 0, 0, 0, 0, '')`

func code(name string) func(conn) error {
	return func(c conn) error {
		_, err := c.exec(insertCode, name)
		return err
	}
}

func codes(t *testing.T, e *sqliteEngine) (names []string) {
	t.Helper()
	require.NoError(t, e.read(context.Background(), func(c conn) (err error) {
		names, err = inColumn[string](c, "SELECT code FROM promo_code WHERE code NOT IN (?) ORDER BY code", []string{""})
		return err
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

// TestRefusalsBeforeAChangeCostNothing: a batch in which some are refused before
// they change anything runs once. One that fails after a change, or in doubt,
// makes the batch run again, and what it changed is gone.
func TestRefusalsBeforeAChangeCostNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refused func(conn) error
		runs    int32
	}{
		"before":    {func(conn) error { return crm.ErrCardNotFound }, 1},
		"duplicate": {func(c conn) error { taken, err := c.insert(insertCode, "first"); return refusal(taken, err) }, 1},
		"no row": {func(c conn) error {
			_, err := c.exec("DELETE FROM promo_code WHERE code = 'x'")
			return refusal(true, err)
		}, 1},
		"after":  {func(c conn) error { _ = code("half done")(c); return crm.ErrCardNotFound }, 2},
		"built":  {func(c conn) error { _, err := c.execBuilt(insertCode, "half done"); return refusal(true, err) }, 2},
		"update": {func(c conn) error { _, err := c.exec("UPDATE promo_code SET used = 9"); return refusal(true, err) }, 2},
		"nested": {func(c conn) error { return c.nested(func() error { _ = code("half done")(c); return errKnown }) }, 2},
		"fault":  {func(conn) error { return errors.New("a fault") }, 2},
		"panic":  {func(conn) error { panic("a fault") }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := openedSQLite(t)
			runs, outcome := beside(t, e, c.refused)
			assert.Error(t, outcome)
			assert.Equal(t, c.runs, runs)
			assert.Equal(t, []string{"first", "last"}, codes(t, e))
			var used int
			require.NoError(t, e.read(context.Background(), func(c conn) error { return c.one("SELECT sum(used) FROM promo_code", nil, &used) }))
			assert.Zero(t, used)
		})
	}
}

// TestDoubtfulStatementRunsTheBatchAgain: an operation that shrugs at an error
// after which SQLite may have ended the transaction does not get the operations
// behind it stored outside of one.
func TestDoubtfulStatementRunsTheBatchAgain(t *testing.T) {
	t.Parallel()
	for name, shrugs := range map[string]func(conn) error{
		"exec":  func(c conn) error { _, _ = c.exec("ROLLBACK; SELECT no_such_column"); return nil },
		"query": func(c conn) error { _ = c.one("ROLLBACK; SELECT no_such_column", nil); return crm.ErrCardNotFound },
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := openedSQLite(t)
			runs, _ := beside(t, e, shrugs)
			assert.Equal(t, int32(3), runs, "together, with savepoints, alone")
			assert.Equal(t, []string{"first", "last"}, codes(t, e))
		})
	}
}

// beside runs an operation in one batch between two that store a code each, and
// tells how often the first one ran.
func beside(t *testing.T, e *sqliteEngine, second func(conn) error) (runs int32, outcome error) {
	t.Helper()
	release := held(t, e)
	var counted atomic.Int32
	var group sync.WaitGroup
	group.Go(func() {
		assert.NoError(t, e.write(context.Background(), func(c conn) error { counted.Add(1); return code("first")(c) }))
	})
	waiting(t, e, 1)
	group.Go(func() { outcome = e.write(context.Background(), second) })
	waiting(t, e, 2)
	group.Go(func() { assert.NoError(t, e.write(context.Background(), code("last"))) })
	waiting(t, e, 3)
	release()
	group.Wait()
	return counted.Load(), outcome
}

func refusal(refused bool, err error) error {
	if err == nil && refused {
		return crm.ErrCardNotFound
	}
	return err
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
	t.Parallel()
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
