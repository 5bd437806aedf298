package crm

import (
	"errors"
	"strings"
)

// BarcodeRule says what is drawn under a card number: a symbology, and a
// pattern of characters that stand for themselves and {number}, with at most
// one {ean} or {luhn} check digit at its end.
type BarcodeRule struct {
	Pattern string
	Type    BarcodeType
}

// For gives the number with its barcode; the error is ErrInvalidCardNumber
// when the symbology cannot carry it.
func (b BarcodeRule) For(number string) (CardNumber, error) {
	if !strings.Contains(b.Pattern, "{number}") {
		return CardNumber{}, Fail(ErrInvalidCardNumber, "the barcode lacks {number}, so all cards would share one")
	}
	body, check := cutCheck(b.Pattern)
	code := strings.ReplaceAll(body, "{number}", number)
	if check != nil {
		if !allDigits(code) {
			return CardNumber{}, Wrap(ErrInvalidCardNumber, errors.New("a check digit needs a barcode of digits"))
		}
		code += string(check(code))
	}
	if err := CheckBarcode(code, b.Type); err != nil {
		return CardNumber{}, err
	}
	return CardNumber{Number: number, BarcodeNumber: code, BarcodeType: b.Type}, nil
}
