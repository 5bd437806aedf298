package tables

import "fmt"

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
	Line   int
	Column string // "" when it is the row as a whole
	Err    error
	// Value is the field, masked.
	Value string
}

// Error implements error; it holds no personal data.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d, %s: %v", e.Line, e.Column, e.Err)
}

// Unwrap gives the reason.
func (e *RowError) Unwrap() error { return e.Err }

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
