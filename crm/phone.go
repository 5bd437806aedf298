package crm

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

const (
	minPhoneDigits = 7  // the shortest international numbers (Niue, Saint Helena)
	maxPhoneDigits = 15 // E.164, and the contract's own limit
	maxPhoneInput  = 64

	longestNational = 11 // with the trunk prefix
)

// Country is the ISO 3166 code of the country by whose habits phones are read
// that do not begin with a country code; "" is DefaultCountry.
type Country string

// DefaultCountry is Russia. CountryNone takes every phone for one that begins
// with a country code.
const (
	DefaultCountry Country = "RU"
	CountryNone    Country = "none"
)

// Known reports whether phones of the country can be read.
func (c Country) Known() bool {
	return c == CountryNone || phonenumbers.GetCountryCodeForRegion(string(c)) != 0
}

// Phone turns what a person or a system writes as a phone number into digits
// that begin with a country code, without a plus (contract: "msisdn and phone").
// It asks whether a number with a country code is possible, not whether a
// numbering plan knows it. A number in the country's own form (8 495 …, 8-10-…,
// ten digits) is read by its plan. One that can be read in both ways is refused,
// unless it sets the trunk prefix apart. The error is ErrInvalidPhone; the
// digits are never in its text.
func (c Country) Phone(raw string) (string, error) { return c.phone(raw, false) }

// LocalPhone is Phone for lists that were written in the country: what can be
// read in both ways is a national number.
func (c Country) LocalPhone(raw string) (string, error) { return c.phone(raw, true) }

// What tables make of a phone, and a trunk prefix that is set apart: "8 (495)".
var (
	decimalPhone    = regexp.MustCompile(`^\+?[0-9]{7,}[.,][0-9]{1,2}$`)
	scientificPhone = regexp.MustCompile(`^\+?[0-9]([.,][0-9]+)?[eEЕе]\+?[0-9]+$`)
	apartTrunk      = regexp.MustCompile(`^[0-9][^0-9]`)
)

func (c Country) phone(raw string, local bool) (string, error) {
	if c == "" {
		c = DefaultCountry
	}
	text := canonicalText(raw)
	switch {
	case len(raw) > maxPhoneInput:
		return "", Fail(ErrInvalidPhone, "too long")
	case decimalPhone.MatchString(text):
		return "", Fail(ErrInvalidPhone, "a number with decimals, not a phone; a table took the phone for a number, make its column text")
	case scientificPhone.MatchString(text):
		return "", Fail(ErrInvalidPhone, "in scientific notation; a table took the phone for a number, make its column text")
	}
	digits, international, err := phoneDigits(text)
	if err != nil {
		return "", err
	}
	switch {
	case isRussianMobile(digits):
		return digits, nil
	case len(digits) > longestNational && c.holdsMore(text, digits, international):
		return "", Fail(ErrInvalidPhone, "more than one phone, or an extension")
	case !international && !plainlyInternational(digits) && c != CountryNone:
		return c.read(digits, local || apartTrunk.MatchString(text))
	}
	if whole, known := planned("+"+digits, "ZZ"); known { // without the trunk prefix of +44 (0)20 …
		return whole, nil
	}
	if !possiblePhone(digits) {
		return "", Fail(ErrInvalidPhone, "not a possible number")
	}
	return digits, nil
}

// holdsMore reports whether a whole phone ends where one of the groups of a text
// ends before the last one: behind it stands another phone, or an extension.
func (c Country) holdsMore(text, digits string, international bool) bool {
	groups := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) == 1 {
		return false
	}
	_, whole := planned("+"+digits, "ZZ")
	code, _ := strconv.Atoi(groups[0]) // no code where it is not a number of usual size
	if whole && (international || phonenumbers.GetRegionCodeForCountryCode(code) != phonenumbers.UNKNOWN_REGION) {
		return false
	}
	before := ""
	for _, group := range groups[:len(groups)-1] {
		before += group
		_, here := planned(before, string(c))
		_, there := planned("+"+before, "ZZ")
		if len(before) >= longestNational-1 && (here && !international || there && !whole) {
			return true
		}
	}
	return false
}

// phoneDigits drops what people put between digits. A number that begins with a
// plus, or with 00, begins with a country code.
func phoneDigits(text string) (digits string, international bool, err error) {
	var b strings.Builder
	for _, r := range strings.TrimPrefix(text, "+") {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !isPhoneSeparator(r):
			return "", false, Fail(ErrInvalidPhone, "foreign character")
		}
	}
	digits, international = b.String(), strings.HasPrefix(text, "+")
	if rest, found := strings.CutPrefix(digits, "00"); found && !international {
		return rest, true, nil
	}
	return digits, international, nil
}

func isPhoneSeparator(r rune) bool {
	switch r {
	case ' ', '\t', '(', ')', '-', '.', '/', '\u00a0', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\u2009', '\u202f':
		return true
	}
	return false
}

// plainlyInternational spares the numbering plans where nothing else can be
// meant: a Russian mobile, and what is longer than any national form.
func plainlyInternational(digits string) bool {
	return isRussianMobile(digits) || len(digits) > longestNational && digits[0] != '8' && digits[0] != '0'
}

func isRussianMobile(digits string) bool { return len(digits) == 11 && strings.HasPrefix(digits, "79") }

// read chooses between a number of the country and one with a country code.
func (c Country) read(digits string, national bool) (string, error) {
	here, isHere := planned(digits, string(c))
	there, isThere := planned("+"+digits, "ZZ")
	if !isHere && (c == "RU" || c == "KZ") && strings.HasPrefix(digits, "80") && len(digits) == 11 {
		here, isHere = planned(digits, "BY") // 8 029 …: no number of these two begins with 0
	}
	switch {
	case isHere && (!isThere || here == there || national):
		return here, nil
	case isHere:
		return "", Fail(ErrInvalidPhone, "two phones are written like this; begin it with + and the country code, or set the trunk prefix apart")
	case isThere:
		return there, nil
	case len(digits) <= 9 && !possibleAbroad(digits):
		return "", Fail(ErrInvalidPhone, "too few digits; write it with the codes of country and town")
	case !possiblePhone(digits) || len(digits) == 11 && digits[0] == '8':
		return "", Fail(ErrInvalidPhone, "not a possible number")
	}
	return digits, nil
}

// planned reads a number by a country's numbering plan and tells whether the
// plan knows it.
func planned(text, region string) (string, bool) {
	number, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	digits := strconv.Itoa(int(number.GetCountryCode())) + phonenumbers.GetNationalSignificantNumber(number)
	return digits, possiblePhone(digits)
}

// possibleAbroad reports whether a number that begins with a country code has
// the length of that country's numbers.
func possibleAbroad(digits string) bool {
	number, err := phonenumbers.Parse("+"+digits, "ZZ")
	return err == nil && phonenumbers.IsPossibleNumber(number)
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
