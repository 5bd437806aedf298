package crm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxEmailBytes = 254 // RFC 5321, section 4.5.3.1.3

// NormalizeEmail trims an address and writes it in lower case, since no
// provider that matters tells addresses apart by case and people type them
// either way. It asks only whether the text can be an address. The error is
// ErrInvalidEmail; the address is never in its text.
func NormalizeEmail(raw string) (string, error) {
	// ToLower replaces what is not UTF-8, and two such addresses would become one.
	if !utf8.ValidString(raw) {
		return "", Fail(ErrInvalidEmail, "not UTF-8")
	}
	email := strings.ToLower(strings.TrimSpace(raw))
	if len(email) > maxEmailBytes {
		return "", Fail(ErrInvalidEmail, "too long")
	}
	local, domain, found := strings.Cut(email, "@")
	if !found || local == "" || domain == "" || strings.Contains(domain, "@") {
		return "", Fail(ErrInvalidEmail, "not of the form name@domain")
	}
	if strings.ContainsFunc(email, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>,;:"\()[]`, r)
	}) {
		return "", Fail(ErrInvalidEmail, "foreign character")
	}
	if strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, "..") {
		return "", Fail(ErrInvalidEmail, "not a domain")
	}
	return email, nil
}

// MaskEmail hides a local part for logs and screens: a***@example.com.
func MaskEmail(email string) string {
	local, domain, found := strings.Cut(email, "@")
	if !found || local == "" {
		return "***"
	}
	_, size := utf8.DecodeRuneInString(local)
	return local[:size] + "***@" + domain
}
