package tables

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// MaxRowBytes limits one row, so that no file can fill the memory.
const MaxRowBytes = 1 << 20

// readAhead is how much encoding/csv reads at once.
const readAhead = 4096

var errLongRow = errors.New("row too long")

// textRows are the rows of a CSV file.
type textRows struct {
	csv *csv.Reader
	in  *keeper
	row string
	// line is that of the last row; skipped is how many lines stood before the header.
	line, skipped int
}

func newTextRows(text *bufio.Reader) (*textRows, error) {
	separator, said, err := saidSeparator(text)
	if err != nil {
		return nil, err
	}
	r := &textRows{in: &keeper{in: text}}
	if r.csv = csv.NewReader(r.in); said {
		r.skipped = 1
	} else {
		separator = separatorOf(text)
	}
	r.csv.FieldsPerRecord, r.csv.ReuseRecord, r.csv.Comma = -1, true, separator
	return r, nil
}

func (r *textRows) comma() rune { return r.csv.Comma }
func (r *textRows) full() bool  { return true }
func (r *textRows) raw() string { return r.row }

func (r *textRows) next() (fields []string, line int, err error) {
	fields, err = r.csv.Read()
	r.row = r.in.take(r.csv.InputOffset())
	if parse := new(csv.ParseError); errors.As(err, &parse) && errors.Is(err, csv.ErrBareQuote) {
		r.line = parse.Line + r.skipped
		fields, err = r.unquoted()
		return fields, r.line, err
	}
	if err != nil {
		return nil, r.line, r.broken(err)
	}
	r.line, _ = r.csv.FieldPos(0)
	r.line += r.skipped
	return fields, r.line, nil
}

// unquoted gives the fields of a row in which quotes stand that quote nothing, as in
// ООО "Ромашка".
func (r *textRows) unquoted() ([]string, error) {
	again := csv.NewReader(strings.NewReader(r.row))
	again.Comma, again.LazyQuotes = r.csv.Comma, true
	fields, err := again.Read()
	if err != nil || strings.Contains(r.row, "\n") || strings.Count(r.row, `"`)%2 != 0 {
		return nil, &RowError{Line: r.line, Faults: []Fault{{Err: errors.New("a quote stands inside a field; double it and quote the field")}}}
	}
	return fields, nil
}

// broken turns the errors of encoding/csv into those of this package.
func (r *textRows) broken(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return fault(r.line+1, "the row is longer than %d bytes, or a quote that opens in it is not closed", MaxRowBytes)
	case errors.As(err, &parse) && errors.Is(err, csv.ErrQuote) && parse.Line != parse.StartLine:
		return fault(parse.StartLine+r.skipped, "a quote that opens here is not closed")
	case errors.As(err, &parse) && errors.Is(err, csv.ErrQuote):
		r.line = parse.Line + r.skipped
		return &RowError{Line: r.line, Faults: []Fault{{Err: errors.New("a quote stands inside a field; double it and quote the field")}}}
	}
	return err
}

// saidSeparator reads the line "sep=;" that spreadsheets set before a table.
func saidSeparator(text *bufio.Reader) (separator rune, said bool, err error) {
	head, _ := text.Peek(8) // a short file is no error here
	line, _, ended := strings.Cut(string(head), "\n")
	mark := strings.TrimSuffix(line, "\r")
	if !ended || len(mark) != len("sep=;") || !strings.EqualFold(mark[:4], "sep=") || !strings.ContainsRune(separators, rune(mark[4])) {
		return 0, false, nil
	}
	_, err = text.Discard(len(line) + 1)
	return rune(mark[4]), true, err
}

// separators are what may stand between fields, the likeliest first.
const separators = ";\t|,"

// separatorOf finds what separates the fields: what stands in the same number in most
// of the first lines, outside quotes, since titles may stand before the header and
// decimal commas behind it.
func separatorOf(text *bufio.Reader) rune {
	head, _ := text.Peek(readAhead) // a short file is no error here
	best, most := ',', 0
	for _, separator := range separators {
		times, lines := map[int]int{}, 0
		for line := range strings.Lines(string(head)) {
			if lines++; lines > 2*titles {
				break
			}
			if n := outsideQuotes(line, separator); n > 0 {
				times[n]++
			}
		}
		for _, n := range times {
			if n > most {
				best, most = separator, n
			}
		}
	}
	return best
}

func outsideQuotes(line string, separator rune) (n int) {
	quoted := false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == separator && !quoted:
			n++
		}
	}
	return n
}

// keeper keeps the text of the row that is being read, and fails when it has
// become too long, inside quotes too.
type keeper struct {
	in   io.Reader
	kept []byte
	// at is the place in the text of the first byte that is kept and not yet taken,
	// taken how many of the kept ones are.
	at    int64
	taken int
}

// Read implements io.Reader.
func (k *keeper) Read(p []byte) (int, error) {
	if k.taken > 0 {
		k.kept, k.taken = append(k.kept[:0], k.kept[k.taken:]...), 0
	}
	if len(k.kept) > MaxRowBytes+readAhead {
		return 0, errLongRow
	}
	n, err := k.in.Read(p)
	k.kept = append(k.kept, p[:n]...)
	// Empty lines before a row are none of it.
	k.skip(len(k.kept) - len(bytes.TrimLeft(k.kept, "\r\n")))
	return n, err
}

func (k *keeper) skip(n int) { k.at, k.taken = k.at+int64(n), k.taken+n }

// take gives what was read up to a place in the text, without the end of its line.
func (k *keeper) take(to int64) string {
	n := max(int(to-k.at), 0)
	row := string(bytes.Trim(k.kept[k.taken:k.taken+n], "\r\n"))
	k.skip(n)
	return row
}
