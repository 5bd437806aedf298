package sqldb

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// readBatch reads for many callers in one statement: whoever comes while one is
// under way is served by the next, so nobody waits for a batch to fill, and what
// is read was read after it was asked for. It serves MySQL, where a statement
// costs more than the rows that it reads.
type readBatch[K comparable, V any] struct {
	store   *Store
	read    func(c conn, keys []K) (map[K]V, error)
	waiting *queue[*reading[K, V]]
	ended   sync.WaitGroup
}

// reading is one waiting call and its answer.
type reading[K comparable, V any] struct {
	keys  []K
	found map[K]V
}

const (
	// readTime bounds how long a batch waits for a connection and tries again; the
	// callers' own times are for their waiting.
	readTime = 10 * time.Second
	// readMost bounds the keys of a statement, unless one caller has more.
	readMost = 1000
)

// newReadBatch makes a batch of what read gives: the values of those keys that
// there are; it may give more than that.
func newReadBatch[K comparable, V any](store *Store, read func(c conn, keys []K) (map[K]V, error)) *readBatch[K, V] {
	b := &readBatch[K, V]{store: store, read: read, waiting: newQueue[*reading[K, V]]()}
	// One worker: what comes while it reads makes the next batch.
	b.ended.Go(func() { b.waiting.each(b.run) })
	return b
}

// get gives the values of those keys that there are, and may give others. When a
// batch fails, each of its callers reads alone: what spoilt it may be another's.
func (b *readBatch[K, V]) get(ctx context.Context, keys []K) (found map[K]V, err error) {
	call := &reading[K, V]{keys: keys}
	err = b.waiting.do(ctx, call)
	if err == nil || errors.Is(err, errClosed) || ctx.Err() != nil {
		return call.found, translate(err)
	}
	return b.alone(ctx, keys)
}

func (b *readBatch[K, V]) alone(ctx context.Context, keys []K) (found map[K]V, err error) {
	err = b.store.read(ctx, func(c conn) (err error) {
		found, err = b.read(c, keys)
		return err
	})
	return found, err
}

func (b *readBatch[K, V]) close() {
	b.waiting.close()
	b.ended.Wait()
}

// run reads for all at once, in as many statements as the keys need.
func (b *readBatch[K, V]) run(batch []*item[*reading[K, V]]) {
	var parts sync.WaitGroup
	for len(batch) > 0 {
		keys, n := slices.Clone(batch[0].work.keys), 1
		for n < len(batch) && len(keys)+len(batch[n].work.keys) <= readMost {
			keys = append(keys, batch[n].work.keys...)
			n++
		}
		part := batch[:n]
		parts.Go(func() { b.together(part, keys) })
		batch = batch[n:]
	}
	parts.Wait()
}

func (b *readBatch[K, V]) together(batch []*item[*reading[K, V]], keys []K) {
	ctx, cancel := context.WithTimeout(context.Background(), readTime)
	defer cancel()
	found, err := b.alone(ctx, keys)
	for _, i := range batch {
		i.work.found, i.err = found, err
	}
}
