package tables

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"koshelek-adapter/crm"
)

// Conventions say how the programme's people write.
type Conventions struct {
	Zone *time.Location
	// Country is by whose habits phones are read.
	Country crm.Country
	// Barcode is that of cards for which a file names none.
	Barcode crm.BarcodeRule
	// Today tells days that have been; "" for not known.
	Today crm.Date
	// RoundDown takes the decimals off balances and LeadingZeros puts back the zeros
	// that a spreadsheet took from barcodes; both are faults without.
	RoundDown, LeadingZeros bool
}

// Column is one column of a table of R.
type Column[R any] struct {
	Name string
	// Required tells that a file without this column is refused.
	Required bool
	// Read stores a field of a row; nil for a column that is written for people
	// and passed over when read. The text is trimmed.
	Read func(record *R, text string) error
	// Write gives the field of a record; nil for a column that is only read.
	Write func(record R) string
	// Text tells that a stranger may have written the field: a spreadsheet must
	// not take it for a formula. Sum tells that it is no personal data.
	Text, Sum bool
	// Day tells that the number of a workbook's cell is a day or a moment.
	Day bool
}

// Table is how one kind of record is written in a file.
type Table[R any] struct {
	// Name is the kind in words, such as "cards".
	Name string
	// Separator stands between the fields that are written; a reader finds it by itself.
	Separator rune
	// Machine tells that programs read the file: nothing in it is guarded.
	Machine bool
	// Default is what a row is before its fields are read.
	Default R
	Columns []Column[R]
	// Complete looks at a row whose fields were read, by themselves or in
	// accordance; nil for nothing.
	Complete func(record *R) *Fault
}

// RefusedColumn is the column of a file of refused rows that says why; it is
// passed over when read.
const RefusedColumn = "refused_because"

// written lists the columns that a file gets, and names those of them.
func (t Table[R]) written() []Column[R] {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c Column[R]) bool { return c.Write == nil })
}

func names[R any](columns []Column[R]) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// unknownShown is how many unknown names of columns are listed at most.
const unknownShown = 10

// layout finds the columns of a header: for each place in a row the column
// that stands there.
func (t Table[R]) layout(header []string, line int, how Reading) ([]Column[R], error) {
	var places []Column[R]
	var unknown []string
	var later error // told when all names are known
	seen := map[string]bool{}
	for _, field := range header {
		i := t.find(strings.TrimSpace(field), how.Names)
		name := strings.ToLower(strings.TrimSpace(field))
		switch {
		case i >= 0 && seen[t.Columns[i].Name]:
			later = fault(line, "the column %q stands in the header twice; --map 'NAME=' passes over the one of that name", t.Columns[i].Name)
		case i >= 0:
			seen[t.Columns[i].Name] = true
			places = append(places, t.Columns[i])
		case name == RefusedColumn || i == passOver || how.IgnoreUnknown:
			places = append(places, Column[R]{Name: name})
		case name == "":
			later = fault(line, "the header has a column without a name; --ignore-unknown passes over it")
		case !t.names(header):
			return nil, fault(line, "no column of this row is known (%q): is the header missing? %s have %s; --map 'NAME=COLUMN' says which column one is",
				Mask(name), t.Name, strings.Join(names(t.Columns), ", "))
		default:
			unknown = append(unknown, fmt.Sprintf("%q", t.shown(name, header)))
		}
	}
	if len(unknown) > 0 {
		return nil, fault(line, "unknown column %s; %s have %s; --map 'NAME=COLUMN' says which one it is, --ignore-unknown passes over all of them",
			strings.Join(unknown[:min(len(unknown), unknownShown)], ", "), t.Name, strings.Join(names(t.Columns), ", "))
	}
	if later != nil {
		return nil, later
	}
	var missing []string
	for _, c := range t.Columns {
		if c.Required && !seen[c.Name] {
			missing = append(missing, c.Name)
		}
	}
	if len(missing) > 0 {
		return nil, fault(line, "the header lacks %s; %s have %s; --map 'NAME=COLUMN' gives a column of the file that meaning",
			strings.Join(missing, ", "), t.Name, strings.Join(names(t.Columns), ", "))
	}
	return places, nil
}

// names tells whether a row names any column of the table.
func (t Table[R]) names(row []string) bool {
	return slices.ContainsFunc(row, func(field string) bool { return t.find(strings.TrimSpace(field), nil) >= 0 })
}

// shown is a name that a header has and the table has not. A row that names no column
// of the table may be one of people, and so may a name with digits or an address:
// these are masked.
func (t Table[R]) shown(name string, header []string) string {
	if !t.names(header) || len([]rune(name)) > 40 || strings.ContainsAny(name, "0123456789@\r\n") {
		return Mask(name)
	}
	return name
}
