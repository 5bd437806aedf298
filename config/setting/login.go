package setting

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BadUser says what is wrong with the login of HTTP Basic, "" when nothing is. It follows RFC 7617: the first colon ends the login. It does not quote the value, which may come from a file of secrets.
func BadUser(user string) string {
	if strings.ContainsFunc(user, func(r rune) bool { return r == ':' || unicode.IsControl(r) }) || !utf8.ValidString(user) {
		return "holds a colon or a control character; any other UTF-8 text is allowed"
	}
	return ""
}

// BadPassword says what is wrong with a password, "" when nothing is, and when there is none.
func BadPassword(password Secret) string {
	const shortest = 12
	text := password.Reveal()
	switch {
	case text == "":
		return ""
	case strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text):
		return "holds a control character; any other UTF-8 text is allowed"
	case utf8.RuneCountInString(text) < shortest:
		return fmt.Sprintf("too short; %d characters or more are allowed", shortest)
	}
	return ""
}

// Needed is the fault of a text that is missing although another variable is set.
func Needed(text string, wanted bool, with string) string {
	if wanted && strings.TrimSpace(text) == "" {
		return "missing; it is needed with " + with
	}
	return ""
}
