package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app/tables"
)

// Run imports a file. The result tells what is in the store, also when there is
// an error: everything up to Result.Line is; after an error of the store or the
// report some rows behind it may be, up to a chunk. Errors are
// those of the file (*tables.FileError among them), of the report and of the
// store, each with what that means for the rows. The same file may be imported
// again at any time, and by two at once.
func Run[R any](ctx context.Context, job Job[R], o Options) (Result, error) {
	src, err := open(o)
	if err != nil {
		return Result{}, nothing(err)
	}
	defer src.close()
	in, err := tables.NewReader(src.text, job.Table, o.Reading)
	if err != nil {
		return Result{}, nothing(err)
	}
	r := &run[R]{job: job, options: o, source: src, result: Result{First: []Refusal{}, Encoding: in.Encoding()}}
	if err := r.begin(); err != nil {
		return Result{}, nothing(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the reader when the store fails
	return r.finish(r.all(ctx, read(ctx, in, job, r.result.Continued)))
}

// nothing says what an error means that comes before the first row.
func nothing(err error) error { return fmt.Errorf("%w; nothing was loaded", err) }

// run is one import under way.
type run[R any] struct {
	job     Job[R]
	options Options
	source  *source
	report  *report
	result  Result
	// keeps tells that a state can be written.
	keeps bool
}

func (r *run[R]) begin() (err error) {
	r.keeps = r.source.identity != "" && !r.options.DryRun
	if r.keeps && !r.options.Restart {
		before := readState(r.options.Path, r.source.identity)
		r.result.Continued, r.result.Refused = before.Rows, before.Refused
		r.result.Rows, r.result.Accepted = before.Rows, before.Rows-before.Refused
	}
	r.report, err = newReport(r.options.Report, r.result.Continued > 0)
	return err
}

func (r *run[R]) all(ctx context.Context, chunks <-chan *chunk[R]) error {
	for c := range chunks {
		if err := r.take(ctx, c); err != nil {
			return err
		}
		if c.err != nil && !c.ended() {
			return c.err
		}
	}
	return ctx.Err()
}

// take stores a chunk and tells everybody.
func (r *run[R]) take(ctx context.Context, c *chunk[R]) error {
	refused, err := r.store(ctx, c)
	if err != nil {
		return err
	}
	r.result.First = append(r.result.First, refused[:min(len(refused), MaxShown-len(r.result.First))]...)
	r.result.Refused += int64(len(refused))
	r.result.Rows = max(c.count, r.result.Rows)
	r.result.Accepted = r.result.Rows - r.result.Refused
	r.result.Line = max(c.line, r.result.Line)
	if err := r.report.add(refused); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	r.save(c)
	if r.options.Progress != nil {
		r.options.Progress(Progress{Read: r.source.read.Load(), Size: r.source.size, Result: r.result})
	}
	return nil
}

// store gives the refused rows of a chunk in the order of their lines.
func (r *run[R]) store(ctx context.Context, c *chunk[R]) ([]Refusal, error) {
	var list []Refusal
	for _, bad := range c.refused {
		list = append(list, Refusal{Line: bad.Line, Column: bad.Column, Reason: bad.Err.Error(), Value: bad.Value})
	}
	if len(c.rows) > 0 {
		refused, err := c.store(ctx)
		if err != nil {
			return nil, err
		}
		for _, f := range refused {
			list = append(list, r.job.refusal(c.rows[f.Index], c.lines[f.Index], f.Err))
		}
	}
	slices.SortStableFunc(list, func(a, b Refusal) int { return cmp.Compare(a.Line, b.Line) })
	return list, nil
}

func (j Job[R]) refusal(row R, line int, err error) Refusal {
	column := j.Blame[crm.KindOf(err)]
	return Refusal{Line: line, Column: column, Reason: Explain(err), Value: j.Table.Masked(row, column)}
}

// save keeps the state. Where none can be written the import goes on: it is a
// convenience, since what was stored may be stored again.
func (r *run[R]) save(c *chunk[R]) {
	if !r.keeps {
		return
	}
	if c.ended() {
		_ = forget(r.options.Path)
		return
	}
	s := state{Identity: r.source.identity, Rows: r.result.Rows, Refused: r.result.Refused}
	r.keeps = s.save(r.options.Path) == nil
}

// finish closes the report and says what an error means for the rows.
func (r *run[R]) finish(err error) (Result, error) {
	closing := r.report.close()
	if err == nil && closing != nil {
		return r.result, fmt.Errorf("everything is loaded, but the report is not whole: %w", closing)
	}
	if err == nil {
		return r.result, nil
	}
	if r.result.Rows == 0 {
		return r.result, nothing(err)
	}
	how := "perhaps some of the rows after; the same command loads the rest"
	var file *tables.FileError
	if errors.As(err, &file) {
		how = "nothing after: correct the file and import it again, which changes nothing of what is loaded"
	}
	return r.result, fmt.Errorf("%w; the %d rows before are loaded (%d of them refused), %s", err, r.result.Rows, r.result.Refused, how)
}
