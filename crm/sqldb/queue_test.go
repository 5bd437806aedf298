package sqldb

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// Many tries, since a worker that is quicker than the caller's look at its
// context wins only now and then.
func TestCallThatIsOverNeverStarts(t *testing.T) {
	q := newQueue[int]()
	started := 0
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		q.each(func(batch []*item[int]) { started += len(batch) })
	}()
	over, cancel := context.WithCancel(context.Background())
	cancel()
	for range 10_000 {
		require.ErrorIs(t, q.do(over, 0), context.Canceled)
	}
	require.NoError(t, q.do(context.Background(), 0))
	q.close()
	<-ended
	require.Equal(t, 1, started)
}
