package tables

import (
	"fmt"
	"strings"
)

// FileError tells why a file is not read on from a line. The rows before it
// were given out; there is no way past it.
type FileError struct {
	// Line is counted from 1, the header's.
	Line int
	Text string
}

// Error implements error; it holds nothing of the file but names of columns.
func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

func fault(line int, format string, args ...any) error {
	return &FileError{Line: line, Text: fmt.Sprintf(format, args...)}
}

// RowError tells why a single row is refused; the next one can be read.
type RowError struct {
	Line int
	// Faults are all that were found, one at least.
	Faults []Fault
}

// Fault is what is wrong with a row.
type Fault struct {
	Column string // "" when it is the row as a whole
	Err    error
	// Value is the field, masked unless it is a sum.
	Value string
}

// Error implements error; it holds no personal data.
func (e *RowError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		if texts[i] = f.Err.Error(); f.Column != "" {
			texts[i] = f.Column + ": " + texts[i]
		}
	}
	return fmt.Sprintf("line %d: %s", e.Line, strings.Join(texts, "; "))
}

// Mask hides a field for screens and reports: two characters at each end of a
// long one stay. It is the same for every column, since in a file whose columns
// have slipped a phone may stand anywhere.
func Mask(text string) string {
	letters := []rune(text)
	switch {
	case len(letters) == 0:
		return ""
	case len(letters) < 10:
		return "***"
	}
	return string(letters[:2]) + "***" + string(letters[len(letters)-2:])
}

// sumDigits is how many digits a sum has at most: a phone has more.
const sumDigits = 9

// shown is a field as a report shows it: a sum as it is, if it looks like one,
// and anything else masked.
func (c Column[R]) shown(text string) string {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" \u00a0\u202f\u2009.,+-\u2212'", r):
			return Mask(text)
		}
	}
	if !c.Sum || digits > sumDigits {
		return Mask(text)
	}
	return text
}
