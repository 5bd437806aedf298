package crm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// NumberTemplate describes the card numbers that the programme makes itself.
// It is immutable and safe for concurrent use.
//
// The pattern is made of letters, digits and '-' that stand for themselves,
// '#' for a random digit, and at its end at most one check digit: {ean} (EAN-8,
// EAN-13, UPC-A) or {luhn}, which protects every digit before it.
type NumberTemplate struct {
	pattern   string // without the check digit
	check     func(string) byte
	barcode   BarcodeRule
	wildcards int
}

// The default template gives EAN-13 numbers of the range 20 to 29 that GS1
// leaves to shops, ten billion of them.
const (
	DefaultTemplate        = "29##########{ean}"
	DefaultBarcodeTemplate = "{number}"
)

var checkDigits = map[string]func(string) byte{"{ean}": eanCheckDigit, "{luhn}": luhnCheckDigit}

// ParseNumberTemplate reads a pattern and proves by samples that its numbers
// are allowed and that the barcode can carry them.
func ParseNumberTemplate(pattern string, barcode BarcodeRule) (*NumberTemplate, error) {
	body, check := cutCheck(pattern)
	t := &NumberTemplate{pattern: body, check: check, barcode: barcode, wildcards: strings.Count(body, "#")}
	if len(pattern) > 2*MaxCardNumberBytes {
		return nil, errors.New("the template is too long")
	}
	if t.wildcards == 0 {
		return nil, errors.New("the template has no '#', so it describes one number only")
	}
	if rest := strings.Trim(body, "#"); strings.ContainsAny(rest, "{}") {
		return nil, errors.New("the template allows {ean} or {luhn} once, at its end")
	}
	if check != nil && !allDigits(strings.ReplaceAll(body, "#", "0")) {
		return nil, errors.New("a check digit needs a template of digits and '#'")
	}
	if err := t.prove(); err != nil {
		return nil, err
	}
	return t, nil
}

// prove renders a number of zeros, and one for each wildcard with a 1 there: a
// check digit that belongs to the template and the symbology is right in all of
// them, any other one is wrong in some (zeros alone satisfy every check).
func (t *NumberTemplate) prove() error {
	for place := -1; place < t.wildcards; place++ {
		digits := bytes.Repeat([]byte("0"), t.wildcards)
		if place >= 0 {
			digits[place] = '1'
		}
		sample, err := t.render(string(digits))
		if err != nil {
			return err
		}
		if _, err := ParseCardNumber(sample.Number); err != nil {
			return fmt.Errorf("the template makes numbers like %q, which are not allowed: %w", sample.Number, err)
		}
	}
	return nil
}

func cutCheck(pattern string) (string, func(string) byte) {
	for mark, check := range checkDigits {
		if body, found := strings.CutSuffix(pattern, mark); found {
			return body, check
		}
	}
	return pattern, nil
}

// Random draws one number; the source of randomness is read eight bytes a draw
// or more.
func (t *NumberTemplate) Random(random io.Reader) (CardNumber, error) {
	digits := make([]byte, 0, t.wildcards)
	for len(digits) < t.wildcards {
		var raw [8]byte
		if _, err := io.ReadFull(random, raw[:]); err != nil {
			return CardNumber{}, Wrap(ErrInternal, err)
		}
		// Sixteen digits from 64 bits: the bias is below one in a thousand, and
		// these numbers are names, not keys.
		digits = fmt.Appendf(digits, "%016d", binary.BigEndian.Uint64(raw[:])%1e16)
	}
	return t.render(string(digits[:t.wildcards]))
}

// Matches reports whether a number could have come from this template, its
// check digit included.
func (t *NumberTemplate) Matches(number string) bool {
	body := number
	if t.check != nil {
		if len(number) == 0 || !allDigits(number) {
			return false
		}
		body = number[:len(number)-1]
		if body == "" || t.check(body) != number[len(number)-1] {
			return false
		}
	}
	if len(body) != len(t.pattern) {
		return false
	}
	for i := range len(body) {
		if t.pattern[i] == '#' && body[i] >= '0' && body[i] <= '9' {
			continue
		}
		if t.pattern[i] == '#' || t.pattern[i] != body[i] {
			return false
		}
	}
	return true
}

func (t *NumberTemplate) render(digits string) (CardNumber, error) {
	number := []byte(t.pattern)
	for i, next := 0, 0; i < len(number); i++ {
		if number[i] == '#' {
			number[i] = digits[next]
			next++
		}
	}
	if t.check != nil {
		number = append(number, t.check(string(number)))
	}
	return t.barcode.For(string(number))
}
