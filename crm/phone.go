package crm

import "strings"

const (
	minPhoneDigits = 7  // the shortest international numbers (Niue, Saint Helena)
	maxPhoneDigits = 15 // E.164, and the contract's own limit
	maxPhoneInput  = 64
)

// NormalizePhone turns what a person or a system writes as a phone number into
// digits that begin with a country code, without a plus (contract: "msisdn and
// phone"). It asks whether the number is possible, not whether a numbering plan
// knows it. A Russian number written with the trunk prefix (8 9xx…) becomes
// 79xx…: no country code begins with 89, so nothing else can be meant.
// The error is ErrInvalidPhone; the digits are never in its text.
func NormalizePhone(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxPhoneInput {
		return "", Fail(ErrInvalidPhone, "too long")
	}
	international := strings.HasPrefix(raw, "+")
	var digits strings.Builder
	for _, r := range strings.TrimPrefix(raw, "+") {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !isPhoneSeparator(r):
			return "", Fail(ErrInvalidPhone, "foreign character")
		}
	}
	phone := digits.String()
	if !international && len(phone) == 11 && strings.HasPrefix(phone, "89") {
		phone = "7" + phone[1:]
	}
	if !possiblePhone(phone) {
		return "", Fail(ErrInvalidPhone, "not a possible number")
	}
	return phone, nil
}

func isPhoneSeparator(r rune) bool {
	switch r {
	case ' ', '\t', '(', ')', '-', '.', '\u00a0', '\u2010', '\u2011', '\u2013', '\u202f':
		return true
	}
	return false
}

func possiblePhone(phone string) bool {
	if len(phone) < minPhoneDigits || len(phone) > maxPhoneDigits || phone[0] == '0' || strings.HasPrefix(phone, "89") {
		return false
	}
	// The two zones of one digit have one length: Russia and Kazakhstan, North America.
	if phone[0] == '7' || phone[0] == '1' {
		return len(phone) == 11
	}
	return true
}

// MaskPhone hides the middle of a phone for logs and screens: 7921***8899.
func MaskPhone(phone string) string {
	if len(phone) < 10 {
		return "***"
	}
	return phone[:4] + "***" + phone[len(phone)-4:]
}
