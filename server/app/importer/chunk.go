package importer

import (
	"context"
	"errors"
	"io"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app/tables"
)

// chunk is what is stored at once.
type chunk[R any] struct {
	rows  []R
	lines []int    // of the rows
	raws  []string // of the rows, as they stand in the file, when they are wanted
	store Store    // of the rows
	// refused are rows that cannot be read.
	refused []refusedRow
	// count is how many rows of the file are read after this chunk, line the
	// last of its lines.
	count int64
	line  int
	// err is why there is no further chunk; io.EOF at the end of the file.
	err error
}

// refusedRow is a row that is not stored.
type refusedRow struct {
	line   int
	raw    string
	faults []Refusal
}

// size counts the refused rows too, so that a file of nothing else still comes
// in chunks.
func (c *chunk[R]) size() int { return len(c.rows) + len(c.refused) }

// read reads a file ahead of the store, a chunk at most, and passes over what an
// interrupted import has done.
func read[R any](ctx context.Context, in *tables.Reader[R], job Job[R], done int64, raws bool) <-chan *chunk[R] {
	out := make(chan *chunk[R], 1)
	go func() {
		defer close(out)
		for count := int64(0); ; {
			c := job.next(in, done, &count, raws)
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

func (j Job[R]) next(in *tables.Reader[R], done int64, count *int64, raws bool) *chunk[R] {
	c := &chunk[R]{rows: make([]R, 0, j.Chunk), lines: make([]int, 0, j.Chunk)}
	for c.size() < j.Chunk {
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
		raw := ""
		if raws {
			raw = in.Raw()
		}
		if bad != nil {
			c.refused = append(c.refused, refusedRow{line, raw, j.faults(row, bad)})
			continue
		}
		c.rows, c.lines = append(c.rows, row), append(c.lines, line)
		if raws {
			c.raws = append(c.raws, raw)
		}
	}
	c.count = *count
	return c
}

// faults are those that reading found, and those that the programme finds in the
// columns that could be read.
func (j Job[R]) faults(row R, bad *tables.RowError) (list []Refusal) {
	seen := map[string]bool{}
	for _, f := range bad.Faults {
		list = append(list, Refusal{Line: bad.Line, Column: f.Column, Reason: Explain(f.Err), Value: f.Value})
		seen[f.Column] = true
	}
	if j.Check == nil || seen[""] {
		return list
	}
	for _, r := range j.refusals(row, bad.Line, j.Check(row)) {
		if !seen[r.Column] {
			list = append(list, r)
		}
	}
	return list
}

// refusals are the faults that an error of the programme joins.
func (j Job[R]) refusals(row R, line int, err error) (list []Refusal) {
	if err == nil {
		return nil
	}
	if joined, many := err.(interface{ Unwrap() []error }); many {
		for _, one := range joined.Unwrap() {
			list = append(list, j.refusals(row, line, one)...)
		}
		return list
	}
	column := j.Blame[crm.KindOf(err)]
	return []Refusal{{Line: line, Column: column, Reason: Explain(err), Value: j.Table.Shown(row, column)}}
}

// ended reports whether the chunk is the last one of a good file.
func (c *chunk[R]) ended() bool { return errors.Is(c.err, io.EOF) }
