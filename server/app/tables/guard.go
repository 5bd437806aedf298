package tables

import "strings"

// guarded puts an apostrophe before a text that a spreadsheet would take for a
// formula (OWASP: CSV injection), and before one that unguarded would change.
func guarded(text string) string {
	if inside := strings.TrimLeft(text, "'"); startsFormula(inside) || inside != text && startsNumber(inside) {
		return "'" + text
	}
	return text
}

// unguarded takes off the apostrophe that guarded, or a spreadsheet before a
// number that is text, has put there.
func unguarded(text string) string {
	if inside := strings.TrimLeft(text, "'"); inside != text && (startsFormula(inside) || startsNumber(inside)) {
		return text[1:]
	}
	return text
}

func startsFormula(text string) bool {
	return text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0]))
}

func startsNumber(text string) bool { return text != "" && text[0] >= '0' && text[0] <= '9' }
