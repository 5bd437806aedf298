package faultyhost

import (
	"fmt"
	"net/http"
	"strconv"
)

// Style is how a host does what the contract leaves open, or lets a partner's
// profile settle. Make one with [Plain] or [Different].
type Style struct {
	// Name tells the styles apart.
	Name string
	// FirstNumber is the serial part of the first number that is given out.
	FirstNumber int64
	// number makes a card's number of a serial one, barcode what is drawn of it.
	number  func(serial int64) string
	barcode func(number string) (text, kind string)
	// contentType stands on every answer.
	contentType string
	// digits answers a reserved number as bare digits in place of a string.
	digits bool
	// writes is the verb of issuing a reserved number and of changing a holder:
	// POST, or PUT as one implementer has it.
	writes string
	// offers is the last path segment of a card's offers.
	offers string
	// reversed turns the order of keys, spaced writes JSON with line ends and
	// blanks, escaped writes it in ASCII alone, blank writes "" where the plain
	// style leaves a field out, decimals writes points with two decimals.
	reversed, spaced, escaped, blank, decimals bool
	// chunked sends answers without saying their length.
	chunked bool
	// settles lets the birth date decide between two customers; without it the
	// parameter is one that the partner does not know.
	settles bool
	// newestLast turns the order of the history.
	newestLast bool
	// unauthorised is the status for wrong credentials.
	unauthorised int
	// refusals are the codes and descriptions of errors.
	refusals func(refusal) (code, description string)
	// params are the names of the parameters of getAllUsersExtended by the
	// field of the profile, or the channel.
	params [][2]string
}

// Plain is close to the published text, word for word where there are words.
func Plain() Style {
	return Style{
		Name: "plain", FirstNumber: 481_516_000,
		number:      func(serial int64) string { return ean13(fmt.Sprintf("29%010d", serial)) },
		barcode:     func(number string) (string, string) { return number, "EAN_13" },
		contentType: "application/json; charset=utf-8",
		writes:      http.MethodPost, offers: "campaigns", settles: true,
		unauthorised: http.StatusUnauthorized, refusals: plainRefusal,
		params: [][2]string{
			{"surname", "surname"}, {"firstname", "firstname"}, {"patronymic", "patronymic"},
			{"sms", "sms"}, {"email", "email"}, {"call", "call"}, {"push", "push"},
		},
	}
}

// Different keeps the same contract in another way wherever there is one. Its
// profile says what it does otherwise; see [Style.Profile].
func Different() Style {
	return Style{
		Name: "different", FirstNumber: 1_006_000,
		number:      func(serial int64) string { return fmt.Sprintf("9643%012d", serial*7) },
		barcode:     func(number string) (string, string) { return "L*" + number, "CODE_128" },
		contentType: "application/json; charset=utf-8;",
		digits:      true, writes: http.MethodPut, offers: "offers",
		reversed: true, spaced: true, escaped: true, blank: true, decimals: true,
		chunked: true, newestLast: true,
		unauthorised: http.StatusUnprocessableEntity, refusals: differentRefusal,
		params: [][2]string{
			{"push", "notify.push"}, {"call", "notify.call"}, {"email", "notify.email"}, {"sms", "notify.sms"},
			{"firstname", "given name"}, {"surname", "family name"},
		},
	}
}

// ean13 appends the check digit to twelve digits.
func ean13(digits string) string {
	sum := 0
	for i, digit := range digits {
		weight := 1 + 2*(i%2)
		sum += weight * int(digit-'0')
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}
