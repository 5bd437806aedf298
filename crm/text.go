package crm

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckKey checks a key of an operator's own making: kept byte by byte, so it
// must be UTF-8 without control characters and not too long. The error is
// ErrInvalidRecord.
func CheckKey(name, text string, maxBytes int) error {
	if text == "" || len(text) > maxBytes {
		return Fail(ErrInvalidRecord, name+" is empty or too long")
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return Fail(ErrInvalidRecord, name+" is not UTF-8 or has control characters")
	}
	return nil
}

// CleanText gives a text composed (NFC), without spaces at its ends and without
// invisible characters other than joiners; one that is longer than
// maxRunes characters, not UTF-8, or has control characters is ErrInvalidProfile.
func CleanText(name, text string, maxRunes int) (string, error) {
	valid := utf8.ValidString(text) // before what is not is replaced
	text = visibleText(text)
	if !valid || utf8.RuneCountInString(text) > maxRunes {
		return "", Fail(ErrInvalidProfile, name+" is too long or not UTF-8")
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", Fail(ErrInvalidProfile, name+" has control characters")
	}
	return text, nil
}

// MaxKeyBytes limits the key of a movement.
const MaxKeyBytes = 128
