package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

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
	in, err := reader(src, job.Table, o.Reading)
	if err != nil {
		return Result{}, nothing(err)
	}
	r := &run[R]{
		job: job, options: o, source: src, result: Result{First: []Refusal{}, Reasons: []Reason{}, Encoding: in.Encoding()},
		reasons: map[Reason]int64{},
	}
	if err := r.begin(in); err != nil {
		return Result{}, nothing(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the reader when the store fails
	return r.finish(r.all(ctx, read(ctx, in, job, r.result.Continued, o.Rejects != "")))
}

func reader[R any](src *source, table tables.Table[R], how tables.Reading) (*tables.Reader[R], error) {
	if src.workbook != nil {
		return tables.NewSheetReader(src.workbook, table, how)
	}
	if how.Sheet != "" {
		return nil, errors.New("--sheet is for workbooks, and the file is none")
	}
	return tables.NewReader(src.text, table, how)
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
	reasons map[Reason]int64
	// keeps tells that a state can be written.
	keeps bool
}

func (r *run[R]) begin(in heading) (err error) {
	r.keeps = r.source.identity != "" && !r.options.DryRun
	if r.keeps && !r.options.Restart {
		before := readState(r.options.Path, r.source.identity)
		r.result.Continued, r.result.Refused = before.Rows, before.Refused
		r.result.Rows, r.result.Accepted = before.Rows, before.Rows-before.Refused
	}
	r.report, err = newReport(r.options, r.source.info, in, r.result.Continued > 0)
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
	for _, row := range refused {
		r.result.First = append(r.result.First, row.faults[:min(len(row.faults), MaxShown-len(r.result.First))]...)
		for _, f := range row.faults {
			r.reasons[Reason{Column: f.Column, Reason: f.Reason}]++
		}
	}
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
func (r *run[R]) store(ctx context.Context, c *chunk[R]) ([]refusedRow, error) {
	list := slices.Clone(c.refused)
	if len(c.rows) > 0 {
		done, err := c.store(ctx)
		if err != nil {
			return nil, err
		}
		r.result.Counted = r.result.Counted || done.Counted
		r.result.New, r.result.Updated, r.result.Unchanged = r.result.New+done.New, r.result.Updated+done.Updated, r.result.Unchanged+done.Unchanged
		for _, f := range done.Refused {
			row := refusedRow{line: c.lines[f.Index], faults: r.job.refusals(c.rows[f.Index], c.lines[f.Index], f.Err)}
			if c.raws != nil {
				row.raw = c.raws[f.Index]
			}
			list = append(list, row)
		}
	}
	slices.SortStableFunc(list, func(a, b refusedRow) int { return cmp.Compare(a.line, b.line) })
	return list, nil
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
	if r.job.Warn != nil {
		r.result.Warnings = r.job.Warn()
	}
	for reason, count := range r.reasons {
		reason.Count = count
		r.result.Reasons = append(r.result.Reasons, reason)
	}
	slices.SortFunc(r.result.Reasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Reason, b.Reason))
	})
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
