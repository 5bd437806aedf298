package importer

import (
	"context"
	"errors"
	"io"

	"koshelek-adapter/server/app/tables"
)

// chunk is what is stored at once.
type chunk[R any] struct {
	rows  []R
	lines []int // of the rows
	store Store // of the rows
	// refused are rows that cannot be read.
	refused []*tables.RowError
	// count is how many rows of the file are read after this chunk, line the
	// last of its lines.
	count int64
	line  int
	// err is why there is no further chunk; io.EOF at the end of the file.
	err error
}

// size counts the refused rows too, so that a file of nothing else still comes
// in chunks.
func (c *chunk[R]) size() int { return len(c.rows) + len(c.refused) }

// read reads a file ahead of the store, a chunk at most, and passes over what an
// interrupted import has done.
func read[R any](ctx context.Context, in *tables.Reader[R], job Job[R], done int64) <-chan *chunk[R] {
	out := make(chan *chunk[R], 1)
	go func() {
		defer close(out)
		for count := int64(0); ; {
			c := next(in, job.Chunk, done, &count)
			c.store = job.prepare(c.rows)
			select {
			case out <- c:
			case <-ctx.Done():
				return
			}
			if c.err != nil {
				return
			}
		}
	}()
	return out
}

func next[R any](in *tables.Reader[R], size int, done int64, count *int64) *chunk[R] {
	c := &chunk[R]{rows: make([]R, 0, size), lines: make([]int, 0, size)}
	for c.size() < size {
		row, line, err := in.Next()
		var bad *tables.RowError
		if err != nil && !errors.As(err, &bad) {
			c.err = err
			break
		}
		if *count++; *count <= done {
			continue
		}
		c.line = line
		if bad != nil {
			c.refused = append(c.refused, bad)
			continue
		}
		c.rows, c.lines = append(c.rows, row), append(c.lines, line)
	}
	c.count = *count
	return c
}

// ended reports whether the chunk is the last one of a good file.
func (c *chunk[R]) ended() bool { return errors.Is(c.err, io.EOF) }
