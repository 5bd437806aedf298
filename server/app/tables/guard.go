package tables

import (
	"regexp"
	"slices"
	"strings"
)

// noValues are what programs write for nothing.
var noValues = []string{"null", "(null)", "#н/д", "#n/a", "н/д", "n/a", "-", "–", "—", "<пусто>", "<не указано>"}

func noValue(text string) bool { return slices.Contains(noValues, strings.ToLower(text)) }

// asText is how spreadsheets are told that a number is text.
var asText = regexp.MustCompile(`^="([^"]*)"$`)

// plainCell takes off what programs put around and in place of values.
func plainCell(text string) string {
	if noValue(text) {
		return ""
	}
	if m := asText.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if strings.ContainsAny(text, "\r\n") {
		text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' }), " ")
	}
	return text
}

// guarded puts an apostrophe before a text that a spreadsheet would take for a
// formula (OWASP: CSV injection), and before one that unguarded would change.
func guarded(text string) string {
	if inside := strings.TrimLeft(text, "'"); startsFormula(inside) || noValue(inside) || inside != text && startsNumber(inside) {
		return "'" + text
	}
	return text
}

// unguarded takes off the apostrophe that guarded, or a spreadsheet before a
// number that is text, has put there.
func unguarded(text string) string {
	if inside := strings.TrimLeft(text, "'"); inside != text && (startsFormula(inside) || noValue(inside) || startsNumber(inside)) {
		return text[1:]
	}
	return text
}

func startsFormula(text string) bool {
	return text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0]))
}

func startsNumber(text string) bool { return text != "" && text[0] >= '0' && text[0] <= '9' }
