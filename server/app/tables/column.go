package tables

import (
	"slices"
	"strings"
)

// Column is one column of a table of R.
type Column[R any] struct {
	Name string
	// Required tells that a file without this column is refused.
	Required bool
	// Read stores a field of a row; nil for a column that is written for people
	// and passed over when read. The text is trimmed.
	Read func(record *R, text string) error
	// Write gives the field of a record.
	Write func(record R) string
	// Text tells that a stranger may have written the field: a spreadsheet must
	// not take it for a formula.
	Text bool
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
}

// names lists the columns.
func (t Table[R]) names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// layout finds the columns of a header: for each place in a row the column
// that stands there.
func (t Table[R]) layout(header []string, names map[string]string) ([]Column[R], error) {
	var places []Column[R]
	seen := map[string]bool{}
	for _, field := range header {
		name := strings.ToLower(strings.TrimSpace(field))
		i := t.find(name, names)
		switch {
		case name == "":
			return nil, fault(1, "the header has a column without a name")
		case i < 0:
			return nil, fault(1, "unknown column %q; %s have %s", t.shown(name, header), t.Name, strings.Join(t.names(), ", "))
		case seen[t.Columns[i].Name]:
			return nil, fault(1, "the column %q stands in the header twice", t.Columns[i].Name)
		}
		seen[t.Columns[i].Name] = true
		places = append(places, t.Columns[i])
	}
	var missing []string
	for _, c := range t.Columns {
		if c.Required && !seen[c.Name] {
			missing = append(missing, c.Name)
		}
	}
	if len(missing) > 0 {
		return nil, fault(1, "the header lacks %s; %s have %s", strings.Join(missing, ", "), t.Name, strings.Join(t.names(), ", "))
	}
	return places, nil
}

// shown is a name that a header has and the table has not. A first row that names
// no column of the table may be one of people, and so may a name with digits or
// an address: these are masked.
func (t Table[R]) shown(name string, header []string) string {
	header = slices.DeleteFunc(slices.Clone(header), func(field string) bool {
		return !slices.Contains(t.names(), strings.ToLower(strings.TrimSpace(field)))
	})
	if len(header) == 0 || len([]rune(name)) > 40 || strings.ContainsAny(name, "0123456789@\r\n") {
		return Mask(name)
	}
	return name
}
