package tables

import (
	"bufio"
	"encoding/csv"
	"io"
)

// Writer writes the records of a table row by row, beginning with the header.
type Writer[R any] struct {
	out     *bufio.Writer
	csv     *csv.Writer
	columns []Column[R]
	guard   bool
	fields  []string
}

// NewWriter writes the header. Nothing is sure to have reached out before Flush.
func NewWriter[R any](out io.Writer, table Table[R]) (*Writer[R], error) {
	columns := table.written()
	w := &Writer[R]{out: bufio.NewWriterSize(out, 64<<10), columns: columns, guard: !table.Machine, fields: make([]string, len(columns))}
	w.csv = csv.NewWriter(w.out)
	if table.Separator != 0 {
		w.csv.Comma = table.Separator
	}
	return w, w.csv.Write(names(columns))
}

// Write writes one record.
func (w *Writer[R]) Write(record R) error {
	for i, column := range w.columns {
		w.fields[i] = column.Write(record)
		if column.Text && w.guard {
			w.fields[i] = guarded(w.fields[i])
		}
	}
	return w.csv.Write(w.fields)
}

// Flush hands everything on.
func (w *Writer[R]) Flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	return w.out.Flush()
}
