package vendorhttp

import (
	"regexp"

	"github.com/shopspring/decimal"
)

const (
	maxNumberText = 64
	maxDigits     = 40
)

// number is JSON's own grammar. A comma may part thousands or decimals, 010 may be
// eight: what has two readings is no number here, because a wrong guess would be
// booked.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?$`)

// Decimal reads a number as it was written, digit by digit. The flag is false for
// what is no number, what could be read in two ways ("1,000"), and what no amount
// of points can be: a short text must not unfold into millions of digits.
func (t Text) Decimal() (decimal.Decimal, bool) {
	s := t.String()
	if len(s) > maxNumberText || !number.MatchString(s) {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(s)
	if err != nil || !Sane(d) {
		return decimal.Decimal{}, false
	}
	return d, true
}

// Sane reports whether a number can be an amount: at most 40 digits before and
// after the point. Check before printing or comparing a number from outside.
func Sane(d decimal.Decimal) bool {
	return d.Exponent() >= -maxDigits && d.Exponent() <= maxDigits && d.Coefficient().BitLen() <= 256
}
