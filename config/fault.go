package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Fault is one setting that is wrong. Message says in one line what is wrong and what is allowed; it never holds the value of a secret.
type Fault struct {
	Variable string
	Message  string
}

// String returns the fault as one line.
func (f Fault) String() string {
	if strings.ContainsFunc(f.Variable, unicode.IsControl) {
		return fmt.Sprintf("%q: %s", f.Variable, f.Message)
	}
	return f.Variable + ": " + f.Message
}

// Faults is the error that Load returns: everything that is wrong, in the order of Table, unknown variables last.
type Faults []Fault

// Error returns one line for each fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// sortFaults brings the faults into the order of the table. A fault of X_FILE stands where X stands.
func sortFaults(faults []Fault, order []field) {
	rank := func(f Fault) int {
		i := slices.IndexFunc(order, func(o field) bool {
			return f.Variable == o.name || o.hasFile() && f.Variable == o.fileName()
		})
		if i < 0 {
			return len(order)
		}
		return i
	}
	slices.SortStableFunc(faults, func(a, b Fault) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a.Variable, b.Variable)
	})
}

// show quotes a value that is not secret for a message: on one line, and cut when long.
func show(value string) string {
	const most = 60
	if r := []rune(value); len(r) > most {
		value = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", value)
}
