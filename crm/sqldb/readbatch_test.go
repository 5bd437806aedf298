package sqldb

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
)

// TestReadBatch: callers who come while a statement is under way share the next
// one, which is never too large, and each finds what it asked for.
func TestReadBatch(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+t.TempDir()+"/batch.db", Options{})
	require.NoError(t, err)
	defer s.Close()
	const callers = 64
	var statements atomic.Int64
	first, others := make(chan struct{}), make(chan struct{})
	b := newReadBatch(s, func(_ conn, keys []int) (map[int]int, error) {
		if statements.Add(1) == 1 {
			close(first)
			<-others
		}
		assert.LessOrEqual(t, len(keys), readMost)
		found := map[int]int{}
		for _, key := range keys {
			if key%2 == 0 {
				found[key] = key + 1
			}
		}
		return found, nil
	})
	var calls sync.WaitGroup
	ask := func(n int) {
		keys := make([]int, 100)
		for i := range keys {
			keys[i] = 100*n + i
		}
		found, err := b.get(context.Background(), keys)
		assert.NoError(t, err)
		for _, key := range keys {
			value, has := found[key]
			assert.Equal(t, key%2 == 0, has)
			assert.True(t, !has || value == key+1)
		}
	}
	calls.Go(func() { ask(0) })
	<-first
	for n := range callers {
		calls.Go(func() { ask(n) })
	}
	assert.Eventually(t, func() bool { return len(b.waiting.items) == callers }, time.Minute, time.Millisecond)
	close(others)
	calls.Wait()
	assert.Equal(t, int64(1+(callers*100+readMost-1)/readMost), statements.Load())
	large := make([]int, 3*readMost)
	b.read = func(_ conn, keys []int) (map[int]int, error) {
		assert.Len(t, keys, len(large), "one caller's keys stay together")
		return nil, errors.New("broken")
	}
	_, err = b.get(context.Background(), large)
	require.Error(t, err)
	b.close()
	_, err = b.get(context.Background(), []int{1})
	require.ErrorIs(t, err, crm.ErrUnavailable)
}

// TestReadBatchThatIsSpoilt: what one caller cannot read does not fail another.
func TestReadBatchThatIsSpoilt(t *testing.T) {
	s, err := Open(t.Context(), "sqlite:"+t.TempDir()+"/batch.db", Options{})
	require.NoError(t, err)
	defer s.Close()
	first, others := make(chan struct{}), make(chan struct{})
	var busy sync.Once
	b := newReadBatch(s, func(_ conn, keys []int) (map[int]int, error) {
		busy.Do(func() {
			close(first)
			<-others
		})
		if slices.Contains(keys, 13) {
			return nil, errors.New("a row that cannot be read")
		}
		return map[int]int{keys[0]: len(keys)}, nil
	})
	defer b.close()
	var calls sync.WaitGroup
	ask := func(key int) {
		found, err := b.get(context.Background(), []int{key})
		assert.Equal(t, key == 13, err != nil)
		assert.True(t, err != nil || found[key] == 1)
	}
	calls.Go(func() { ask(0) })
	<-first
	for key := 10; key < 16; key++ {
		calls.Go(func() { ask(key) })
	}
	assert.Eventually(t, func() bool { return len(b.waiting.items) == 6 }, time.Minute, time.Millisecond)
	close(others)
	calls.Wait()
}
