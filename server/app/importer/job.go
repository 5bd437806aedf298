package importer

import (
	"context"
	"io"
	"time"

	"koshelek-adapter/crm"
	"koshelek-adapter/server/app/tables"
)

// Job is one kind of record and how it is stored.
type Job[R any] struct {
	Table tables.Table[R]
	// Store stores rows. It may be called with the same rows again.
	Store func(ctx context.Context, rows []R) (Stored, error)
	// Prepare stands in for Store where part of the work needs no store: it is
	// called while the rows before are being stored.
	Prepare func(rows []R) Store
	// Check gives what the programme's rules, which ask no store, have against a row,
	// joined; nil when Store or Prepare finds all of it.
	Check func(row R) error
	// Warn gives what an operator should hear in the end; nil for nothing.
	Warn func() []string
	// Blame names the column that a kind of refusal speaks of.
	Blame map[crm.Kind]string
	// Chunk is how many rows are stored at once.
	Chunk int
}

// Store stores rows that were prepared. It may be called again.
type Store func(ctx context.Context) (Stored, error)

// Stored is what became of rows.
type Stored struct {
	// Refused are given by their index.
	Refused []crm.RowError
	// Counted tells that the others are counted, by what they changed.
	Counted                 bool
	New, Updated, Unchanged int64
}

// prepare gives what stores the rows.
func (j Job[R]) prepare(rows []R) Store {
	if j.Prepare != nil {
		return j.Prepare(rows)
	}
	return func(ctx context.Context) (Stored, error) { return j.Store(ctx, rows) }
}

// Options say where the rows come from and who hears of them.
type Options struct {
	// Path is the file, "-" for Stdin.
	Path  string
	Stdin io.Reader
	// Reading says how the text is read.
	Reading tables.Reading
	// Registry tells that the file, when it is a ZIP archive, holds one CSV file and
	// is no workbook.
	Registry bool
	// Scope names what the rows are stored in and as, so that the state of one
	// import is not taken for that of another.
	Scope string
	// Restart begins anew though an interrupted import could go on.
	Restart bool
	// DryRun keeps no state; that nothing is stored is the Job's affair.
	DryRun bool
	// Report is a file for what is wrong with the refused rows, Rejects one for the
	// rows themselves, with the reasons, to be mended and imported; "" for none.
	Report, Rejects string
	// Progress hears after every chunk; may be nil.
	Progress func(Progress)
	// Now is the clock.
	Now func() time.Time
}

// Progress is how far an import has come.
type Progress struct {
	// Read and Size are bytes of the file; Size is 0 when it is not known.
	Read, Size int64
	Result
}

// Result is what became of a file.
type Result struct {
	// Rows are all that were read, of which Accepted are in the store now (new
	// or the same as before) and Refused are not. After a continued import they
	// count the rows of the interrupted one too.
	Rows     int64 `json:"rows"`
	Accepted int64 `json:"accepted"`
	Refused  int64 `json:"refused"`
	// Counted tells that the accepted rows of this run are counted by what they
	// changed: records that are new, were updated, or were the same before.
	Counted   bool  `json:"counted"`
	New       int64 `json:"new"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	// Warnings are for the operator.
	Warnings []string `json:"warnings"`
	// Line is the last line of the file that is done.
	Line int `json:"last_line"`
	// Continued is how many rows an interrupted import had done before.
	Continued int64 `json:"continued_after"`
	// First are the first refusals of this run, MaxShown at most.
	First []Refusal `json:"refusals"`
	// Reasons sums up the refusals of this run, the most frequent first. A row may
	// have several.
	Reasons []Reason `json:"reasons"`
	// Encoding is what the file was read as, "xlsx" for a workbook.
	Encoding string `json:"encoding"`
}

// Reason is a reason of refusals and how often it was met.
type Reason struct {
	Column string `json:"column"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// MaxShown is how many refusals a Result holds.
const MaxShown = 20

// Refusal is a row that was not stored, without personal data.
type Refusal struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Reason string `json:"reason"`
	// Value is the field, masked unless it is a sum.
	Value string `json:"value"`
}
