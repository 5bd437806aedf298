package lenient

import (
	"strings"

	"github.com/shopspring/decimal"
)

const (
	maxNumberText = 64
	maxExponent   = 40
)

// Decimal reads a number as it was written, "1,5" and "1e3" included. The flag
// is false for what is no number and for what no amount of points can be: a
// short text must not unfold into millions of digits.
func (t Text) Decimal() (decimal.Decimal, bool) {
	s := t.String()
	if s == "" || len(s) > maxNumberText {
		return decimal.Decimal{}, false
	}
	if !strings.Contains(s, ".") && strings.Count(s, ",") == 1 {
		s = strings.Replace(s, ",", ".", 1)
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
	return d.Exponent() >= -maxExponent && d.Exponent() <= maxExponent && d.Coefficient().BitLen() <= 256
}

// Whole turns an amount into the decimal digits that are sent: it must be a
// positive whole number of at most 40 digits.
func Whole(d decimal.Decimal) (string, bool) {
	if !Sane(d) || !d.IsPositive() || !d.IsInteger() {
		return "", false
	}
	digits := d.Truncate(0).String()
	return digits, len(digits) <= maxExponent
}
