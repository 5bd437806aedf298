package points

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// Amount is an amount of points in hundredths, since a balance may have
// decimals.
type Amount int64

// maxAmount keeps sums far from overflow.
const maxAmount = Amount(1e15)

var hundred = big.NewRat(100, 1)

// ParseAmount reads a decimal number with at most two decimals.
func ParseAmount(text string) (Amount, error) {
	r, valid := new(big.Rat).SetString(text)
	if !valid || len(text) > 32 || strings.ContainsAny(text, "/_xXpP") {
		return 0, fmt.Errorf("%q is no number", text)
	}
	r.Mul(r, hundred)
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("%q has more than two decimals or is too large", text)
	}
	a := Amount(r.Num().Int64())
	if a > maxAmount || a < -maxAmount {
		return 0, fmt.Errorf("%q is too large", text)
	}
	return a, nil
}

// String returns the number without needless decimals.
func (a Amount) String() string {
	text := big.NewRat(int64(a), 100).FloatString(2)
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(text, "0"), "."), "-")
}

// MarshalJSON renders a JSON number.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalJSON reads a JSON number.
func (a *Amount) UnmarshalJSON(raw []byte) error {
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return err
	}
	parsed, err := ParseAmount(n.String())
	*a = parsed
	return err
}
