package tables

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Writer writes the records of a table row by row, beginning with the header.
type Writer[R any] struct {
	rows    rowWriter
	columns []Column[R]
	guard   bool
	fields  []string
}

// rowWriter writes rows to a file of some form.
type rowWriter interface {
	Write(fields []string) error
	flush() error
}

// NewWriter writes CSV and its header. Nothing is sure to have reached out before
// Flush.
func NewWriter[R any](out io.Writer, table Table[R]) (*Writer[R], error) {
	w := &csvRows{out: bufio.NewWriterSize(out, 64<<10)}
	w.Writer = csv.NewWriter(w.out)
	if table.Separator != 0 {
		w.Comma = table.Separator
	}
	return newWriter(w, table)
}

// NewSheetWriter is NewWriter for a workbook of one sheet, which Flush writes.
func NewSheetWriter[R any](out io.Writer, table Table[R]) (*Writer[R], error) {
	file := excelize.NewFile()
	stream, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return nil, err
	}
	sums := map[int]bool{}
	for i, c := range table.written() {
		sums[i] = c.Sum
	}
	return newWriter(&sheetWriter{out: out, file: file, stream: stream, sums: sums}, table)
}

func newWriter[R any](rows rowWriter, table Table[R]) (*Writer[R], error) {
	columns := table.written()
	w := &Writer[R]{rows: rows, columns: columns, guard: !table.Machine, fields: make([]string, len(columns))}
	return w, w.rows.Write(names(columns))
}

// Write writes one record.
func (w *Writer[R]) Write(record R) error {
	for i, column := range w.columns {
		w.fields[i] = column.Write(record)
		if column.Text && w.guard {
			w.fields[i] = guarded(w.fields[i])
		}
	}
	return w.rows.Write(w.fields)
}

// Flush hands everything on.
func (w *Writer[R]) Flush() error { return w.rows.flush() }

type csvRows struct {
	*csv.Writer
	out *bufio.Writer
}

func (w *csvRows) flush() error {
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return w.out.Flush()
}

// sheetWriter writes the rows of a sheet; a large one waits in a temporary file.
type sheetWriter struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	row    int
	sums   map[int]bool // the places of numbers
}

// exactDigits is how many digits of a number a spreadsheet keeps.
const exactDigits = 15

func (w *sheetWriter) Write(fields []string) error {
	w.row++
	cells := make([]any, len(fields))
	for i, field := range fields {
		cells[i] = field
		if number, err := strconv.ParseFloat(field, 64); w.sums[i] && err == nil && len(field) <= exactDigits {
			cells[i] = number
		}
	}
	place, err := excelize.CoordinatesToCellName(1, w.row)
	if err != nil {
		return err
	}
	return w.stream.SetRow(place, cells)
}

func (w *sheetWriter) flush() error {
	if err := w.stream.Flush(); err != nil {
		return err
	}
	if _, err := w.file.WriteTo(w.out); err != nil {
		return err
	}
	return w.file.Close()
}
