package middleware

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNote bounds what one error may put into the log, in bytes.
const maxNote = 2048

var (
	// longDigits are seven digits or more, also as people group them in phones.
	longDigits = regexp.MustCompile(`\+?[0-9](?:[ ()\x{a0}\x{202f}-]{0,3}[0-9]){6,}`)
	addresses  = regexp.MustCompile(`[^\s@"'<>]+@[^\s@"'<>]+`)
)

const quotes = "\"'`«»“”‘’"

// Redact masks what may be personal data in the text of an unforeseen error:
// whatever is quoted, long runs of digits, and e-mail addresses.
func Redact(text string) string {
	text = maskQuoted(strings.ToValidUTF8(text, "?"))
	text = addresses.ReplaceAllString(text, "***@***")
	text = longDigits.ReplaceAllString(text, "***")
	if len(text) > maxNote {
		text = strings.ToValidUTF8(text[:maxNote], "") + "…"
	}
	return text
}

// maskQuoted masks from the first quote to the last one: drivers quote values
// without escaping, so a quote inside a value would end a pair too early. A
// single quote reaches to the end, as the text may have been cut.
func maskQuoted(text string) string {
	first := nextQuote(text, 0)
	if first < 0 {
		return text
	}
	last := strings.LastIndexAny(text, quotes)
	_, size := utf8.DecodeRuneInString(text[first:])
	if last <= first {
		return text[:first+size] + "***"
	}
	return text[:first+size] + "***" + text[last:]
}

// nextQuote finds the first quote that is no apostrophe inside a word.
func nextQuote(text string, from int) int {
	i := strings.IndexAny(text[from:], quotes)
	if i < 0 {
		return -1
	}
	i += from
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	quote, size := utf8.DecodeRuneInString(text[i:])
	after, _ := utf8.DecodeRuneInString(text[i+size:])
	if (quote == '\'' || quote == '’') && unicode.IsLetter(before) && unicode.IsLetter(after) {
		return nextQuote(text, i+size)
	}
	return i
}
