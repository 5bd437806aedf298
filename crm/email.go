package crm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxEmailBytes = 254 // RFC 5321, section 4.5.3.1.3

// NormalizeEmail gives the one form of an address: lower case, since no provider
// that matters tells addresses apart by case; without invisible characters; an
// internationalised domain in Unicode. It asks only whether the text can be an
// address. The error is ErrInvalidEmail; the address is never in its text.
func NormalizeEmail(raw string) (string, error) {
	email, err := normalizeEmail(raw)
	if err != nil {
		return "", err
	}
	// A form that is read as another one is none.
	if again, err := normalizeEmail(email); err != nil || again != email {
		return "", Fail(ErrInvalidEmail, "it has no one form")
	}
	return email, nil
}

func normalizeEmail(raw string) (string, error) {
	// ToLower replaces what is not UTF-8, and two such addresses would become one.
	if !utf8.ValidString(raw) {
		return "", Fail(ErrInvalidEmail, "not UTF-8")
	}
	if strings.ContainsAny(raw, asciiTwins) {
		return "", Fail(ErrInvalidEmail, "foreign character")
	}
	email := canonicalText(raw)
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
	domain, err := canonicalDomain(domain)
	if err != nil || len(local)+1+len(domain) > maxEmailBytes {
		return "", Fail(ErrInvalidEmail, "not a domain")
	}
	return foldLower(local) + "@" + domain, nil
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
