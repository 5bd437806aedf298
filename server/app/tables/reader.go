package tables

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// rows are the rows of a file, of CSV or of a workbook.
type rows interface {
	// next gives the fields of the next row and its line. The error is io.EOF at the
	// end, a *RowError for a row that cannot be read, or ends the file.
	next() (fields []string, line int, err error)
	// raw is the row that next gave last as CSV, as it stands in the file.
	raw() string
	// comma separates the fields of raw.
	comma() rune
	// full reports whether empty fields at the end of a row are there.
	full() bool
}

// Reader reads the records of a table row by row.
type Reader[R any] struct {
	rows   rows
	table  Table[R]
	places []Column[R]
	line   int
	header string
	// encoding is what the file was read as.
	encoding string
	// days turns the number of a workbook's day into its text; nil for CSV.
	days func(text string) string
}

// Reading says how a file is read.
type Reading struct {
	// Encoding is one of [Encodings]; "" to look at the file.
	Encoding string
	// Names are further names of columns: as a header has them, and the column, ""
	// for one to pass over. IgnoreUnknown passes over all that are not known.
	Names         map[string]string
	IgnoreUnknown bool
	// Sheet is the sheet of a workbook; "" for the first.
	Sheet string
}

// titles is how many rows may stand before the header: reports begin with titles.
const titles = 10

// NewReader checks the encoding and the header of a CSV file. Fields are separated
// by comma, semicolon or tab, whichever the header has. The error is a
// *FileError, or that of reading.
func NewReader[R any](in io.Reader, table Table[R], how Reading) (*Reader[R], error) {
	text, encoding, err := plainText(in, how.Encoding)
	if err != nil {
		return nil, err
	}
	lines, err := newTextRows(text)
	if err != nil {
		return nil, err
	}
	return newReader(lines, table, how, encoding)
}

// newReader finds the header: the first row, or one of the next ones below titles.
func newReader[R any](lines rows, table Table[R], how Reading, encoding string) (*Reader[R], error) {
	r := &Reader[R]{rows: lines, table: table, encoding: encoding}
	var first error // the one of the row that is most likely the header
	named := false
	for range titles {
		fields, line, err := lines.next()
		if errors.Is(err, io.EOF) || first != nil && err != nil {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.places, err = table.layout(withoutEnd(fields, 1), line, how); err == nil {
			r.line, r.header = line, lines.raw()
			return r, nil
		}
		if names := table.names(fields); first == nil || names && !named {
			first, named = err, names
		}
	}
	if first == nil {
		first = fault(1, "the file is empty; it needs a header with the names of the columns")
	}
	return nil, first
}

// Encoding is what the file was read as, one of [Encodings], or "xlsx".
func (r *Reader[R]) Encoding() string { return r.encoding }

// Header is the header as CSV, as it stands in the file, and Comma what separates
// the fields there and in Raw.
func (r *Reader[R]) Header() string { return r.header }

// Comma separates the fields of Header and Raw.
func (r *Reader[R]) Comma() rune { return r.rows.comma() }

// Raw is the row that Next gave last as CSV, as it stands in the file.
func (r *Reader[R]) Raw() string { return r.rows.raw() }

// withoutEnd takes the empty fields off that separators at the end of a line make,
// but keeps so many fields.
func withoutEnd(fields []string, keep int) []string {
	for len(fields) > keep && strings.Trim(fields[len(fields)-1], " \t\u00a0\r\n\x1a") == "" { // old files end with a Ctrl-Z
		fields = fields[:len(fields)-1]
	}
	return fields
}

// Next gives the next record and its line. After a *RowError the one behind it
// can be read, and what could be read of this one is in the record; any other
// error ends the file, io.EOF in good order.
func (r *Reader[R]) Next() (record R, line int, err error) {
	record = r.table.Default
	fields, line, err := r.rows.next()
	for err == nil && (len(withoutEnd(fields, 0)) == 0 || r.total(fields)) {
		fields, line, err = r.rows.next() // a line of separators alone, or of sums
	}
	if err != nil {
		return record, line, err
	}
	fields = withoutEnd(fields, len(r.places))
	for len(fields) < len(r.places) && !r.rows.full() {
		fields = append(fields, "")
	}
	if len(fields) != len(r.places) {
		return record, line, &RowError{Line: line, Faults: []Fault{{Err: fmt.Errorf("%d fields where the header has %d", len(fields), len(r.places))}}}
	}
	var faults []Fault
	for i, column := range r.places {
		if !utf8.ValidString(fields[i]) {
			return record, line, notUTF8(line, []byte(fields[i])[badUTF8([]byte(fields[i]), true):])
		}
		if bad := r.field(&record, column, strings.TrimSpace(fields[i])); bad != nil {
			faults = append(faults, *bad)
		}
	}
	if r.table.Complete != nil && len(faults) == 0 {
		if bad := r.table.Complete(&record); bad != nil {
			faults = append(faults, *bad)
		}
	}
	if len(faults) > 0 {
		err = &RowError{Line: line, Faults: faults}
	}
	return record, line, err
}

// total reports whether a row is one of sums, as reports have at their end: it says so
// first, and lacks what a row needs.
func (r *Reader[R]) total(fields []string) bool {
	word, at := "", -1
	for i, field := range fields {
		if word = plainName(strings.TrimRight(strings.TrimSpace(field), ":")); word != "" {
			at = i
			break
		}
	}
	first, _, _ := strings.Cut(word, " ")
	if first != "итого" && first != "всего" && first != "total" && first != "итог" {
		return false
	}
	for i, column := range r.places {
		if column.Required && (i == at || i >= len(fields) || strings.TrimSpace(fields[i]) == "") {
			return true
		}
	}
	return false
}

// field reads a field of a row.
func (r *Reader[R]) field(record *R, column Column[R], text string) *Fault {
	if column.Read == nil {
		return nil
	}
	if !r.table.Machine {
		text = unguarded(plainCell(text))
	}
	if column.Day && r.days != nil {
		text = r.days(text)
	}
	if err := column.Read(record, text); err != nil {
		return &Fault{Column: column.Name, Err: err, Value: column.shown(text)}
	}
	return nil
}

// Shown gives a field of a record as a report shows it; "" for a column that is
// not there.
func (t Table[R]) Shown(record R, column string) string {
	for _, c := range t.Columns {
		if c.Name == column && c.Write != nil {
			return c.shown(c.Write(record))
		}
	}
	return ""
}
