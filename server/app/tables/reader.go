package tables

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// MaxRowBytes limits one row, so that no file can fill the memory.
const MaxRowBytes = 1 << 20

var errLongRow = errors.New("row too long")

// Reader reads the records of a table row by row.
type Reader[R any] struct {
	csv    *csv.Reader
	table  Table[R]
	places []Column[R]
	line   int
	// encoding is what the file was read as; skipped is how many lines stood before
	// the header.
	encoding string
	skipped  int
}

// Reading says how a file is read.
type Reading struct {
	// Encoding is one of [Encodings]; "" to look at the file.
	Encoding string
	// Names are further names of columns: as a header has them, and the column.
	Names map[string]string
}

// NewReader checks the encoding and the header of a file. Fields are separated
// by comma, semicolon or tab, whichever the header has. The error is a
// *FileError, or that of reading.
func NewReader[R any](in io.Reader, table Table[R], how Reading) (*Reader[R], error) {
	text, encoding, err := plainText(in, how.Encoding)
	if err != nil {
		return nil, err
	}
	separator, said, err := saidSeparator(text)
	if err != nil {
		return nil, err
	}
	limited := &rowLimit{in: text}
	r := &Reader[R]{csv: csv.NewReader(limited), table: table, encoding: encoding}
	limited.csv = r.csv
	r.csv.FieldsPerRecord, r.csv.ReuseRecord = -1, true
	if r.csv.Comma = separator; said {
		r.skipped = 1
	} else {
		r.csv.Comma = separatorOf(text)
	}
	header, err := r.csv.Read()
	if err != nil {
		return nil, r.broken(err)
	}
	r.places, err = table.layout(withoutEnd(header, 1), how.Names)
	return r, err
}

// Encoding is what the file was read as, one of [Encodings].
func (r *Reader[R]) Encoding() string { return r.encoding }

// saidSeparator reads the line "sep=;" that spreadsheets set before a table.
func saidSeparator(text *bufio.Reader) (separator rune, said bool, err error) {
	head, _ := text.Peek(8) // a short file is no error here
	line, _, ended := strings.Cut(string(head), "\n")
	mark := strings.TrimSuffix(line, "\r")
	if !ended || len(mark) != len("sep=;") || !strings.EqualFold(mark[:4], "sep=") || !strings.ContainsRune(",;\t", rune(mark[4])) {
		return 0, false, nil
	}
	_, err = text.Discard(len(line) + 1)
	return rune(mark[4]), true, err
}

// withoutEnd takes the empty fields off that separators at the end of a line make,
// but keeps so many fields.
func withoutEnd(fields []string, keep int) []string {
	for len(fields) > keep && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	return fields
}

// separatorOf finds what the header separates its names with.
func separatorOf(text *bufio.Reader) rune {
	head, _ := text.Peek(4096) // a short file is no error here
	header, _, _ := strings.Cut(string(head), "\n")
	for _, separator := range ";\t" {
		if strings.ContainsRune(header, separator) && !strings.Contains(header, ",") {
			return separator
		}
	}
	return ','
}

// Next gives the next record and its line. After a *RowError the one behind it
// can be read; any other error ends the file, io.EOF in good order.
func (r *Reader[R]) Next() (record R, line int, err error) {
	fields, err := r.csv.Read()
	for err == nil && len(withoutEnd(fields, 0)) == 0 {
		fields, err = r.csv.Read() // a line of separators alone
	}
	if err != nil {
		return record, r.line, r.broken(err)
	}
	r.line, _ = r.csv.FieldPos(0)
	r.line += r.skipped
	record = r.table.Default
	fields = withoutEnd(fields, len(r.places))
	if len(fields) != len(r.places) {
		return record, r.line, &RowError{Line: r.line, Err: fmt.Errorf("%d fields where the header has %d", len(fields), len(r.places))}
	}
	for i, column := range r.places {
		if !utf8.ValidString(fields[i]) {
			return record, r.line, notUTF8(r.line, []byte(fields[i])[badUTF8([]byte(fields[i]), true):])
		}
		text := strings.TrimSpace(fields[i])
		if !r.table.Machine {
			text = unguarded(text)
		}
		if column.Read == nil {
			continue
		}
		if err := column.Read(&record, text); err != nil {
			return record, r.line, &RowError{Line: r.line, Column: column.Name, Err: err, Value: Mask(text)}
		}
	}
	return record, r.line, nil
}

// Masked gives a field of a record, masked; "" for a column that is not there.
func (t Table[R]) Masked(record R, column string) string {
	for _, c := range t.Columns {
		if c.Name == column && c.Write != nil {
			return Mask(c.Write(record))
		}
	}
	return ""
}

// broken turns the errors of encoding/csv into those of this package.
func (r *Reader[R]) broken(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return fault(r.line+1, "the row is longer than %d bytes, or a quote that opens in it is not closed", MaxRowBytes)
	case errors.As(err, &parse) && errors.Is(err, csv.ErrQuote) && parse.Line != parse.StartLine:
		return fault(parse.StartLine+r.skipped, "a quote that opens here is not closed")
	case errors.As(err, &parse):
		r.line = parse.Line + r.skipped
		return &RowError{Line: r.line, Err: errors.New("a quote stands inside a field; double it and quote the field")}
	}
	return err
}

// rowLimit fails when one row has become too long: what was read is then far
// ahead of the end of the last whole row.
type rowLimit struct {
	in   io.Reader
	csv  *csv.Reader
	read int64
}

// Read implements io.Reader.
func (l *rowLimit) Read(p []byte) (int, error) {
	if l.read-l.csv.InputOffset() > MaxRowBytes {
		return 0, errLongRow
	}
	n, err := l.in.Read(p)
	l.read += int64(n)
	return n, err
}
