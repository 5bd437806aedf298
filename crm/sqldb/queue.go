package sqldb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

const (
	maxBatch  = 256  // operations that are worked on together
	queueSize = 1024 // operations that may wait
)

var errClosed = errors.New("sqldb: the store is closed")

// queue lets callers wait for workers that take everything which has gathered
// meanwhile. Nobody waits for a batch to fill.
type queue[T any] struct {
	mu     sync.RWMutex // guards closed against sends on items
	closed bool
	items  chan *item[T]
}

// item is one waiting piece of work.
type item[T any] struct {
	ctx  context.Context
	work T
	// state decides between the worker that starts the item and the caller that
	// gives up: what has started is waited for, so that its results are never
	// written while the caller reads them.
	state atomic.Int32
	err   error
	done  chan struct{}
}

const (
	itemWaiting int32 = iota
	itemStarted
	itemAbandoned
)

func newQueue[T any]() *queue[T] { return &queue[T]{items: make(chan *item[T], queueSize)} }

// do queues work and returns when a worker has finished it. A context that ends
// while the work waits takes it out.
func (q *queue[T]) do(ctx context.Context, work T) error {
	// A select with two open ways takes either, so a context that is over already
	// has to be asked for first.
	if err := ctx.Err(); err != nil {
		return err
	}
	i := &item[T]{ctx: ctx, work: work, done: make(chan struct{})}
	if err := q.put(i); err != nil {
		return err
	}
	select {
	case <-i.done:
		return i.err
	case <-ctx.Done():
		if i.state.CompareAndSwap(itemWaiting, itemAbandoned) {
			return ctx.Err()
		}
		<-i.done
		return i.err
	}
}

func (q *queue[T]) put(i *item[T]) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		return errClosed
	}
	select {
	case q.items <- i:
		return nil
	case <-i.ctx.Done():
		return i.ctx.Err()
	}
}

// close lets what waits be finished and then ends the workers. It reports false
// when it was closed before.
func (q *queue[T]) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.closed = true
	close(q.items)
	return true
}

// each calls run with all that waits, again and again until the queue is
// closed. When run returns, every item of its batch has its error and its
// caller is let go.
func (q *queue[T]) each(run func(batch []*item[T])) {
	batch := make([]*item[T], 0, maxBatch)
	for first := range q.items {
		batch = q.gather(append(batch[:0], first))
		if started := start(batch); len(started) > 0 {
			run(started)
			for _, i := range started {
				close(i.done)
			}
		}
		clear(batch)
	}
}

// gather takes what waits, without waiting for more.
func (q *queue[T]) gather(batch []*item[T]) []*item[T] {
	for len(batch) < maxBatch {
		select {
		case i, open := <-q.items:
			if !open {
				return batch
			}
			batch = append(batch, i)
		default:
			return batch
		}
	}
	return batch
}

// start keeps those whose callers have not given up.
func start[T any](batch []*item[T]) []*item[T] {
	started := batch[:0]
	for _, i := range batch {
		if i.state.CompareAndSwap(itemWaiting, itemStarted) {
			started = append(started, i)
		}
	}
	return started
}
