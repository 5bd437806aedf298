package tables

import (
	"fmt"
	"strings"

	"koshelek-adapter/crm"
)

// barcodeDigits is how many digits the barcodes of a fixed length have.
var barcodeDigits = map[crm.BarcodeType]int{crm.EAN13: 13, crm.UPCA: 12, crm.EAN8: 8}

// lostZeros is how many zeros at the beginning of a barcode may be lost.
const lostZeros = 3

// lost gives a barcode with the zeros that a spreadsheet took from its beginning;
// "" when none are missing. The check digit tells.
func lost(code string, kind crm.BarcodeType) string {
	missing := barcodeDigits[kind] - len(code)
	if missing < 1 || missing > lostZeros {
		return ""
	}
	whole := strings.Repeat("0", missing) + code
	if crm.CheckBarcode(whole, kind) != nil {
		return ""
	}
	return whole
}

// zeros looks after the barcode of a row, or after its number where that is the
// barcode.
func zeros[R any](c Conventions, number func(*R) *crm.CardNumber) func(*R) *Fault {
	return func(r *R) *Fault {
		card, kind, column := number(r), number(r).BarcodeType, "barcode"
		if kind == "" {
			kind = c.Barcode.Type
		}
		code := card.BarcodeNumber
		if code == "" {
			code, column = card.Number, "card_number"
		}
		whole := lost(code, kind)
		if whole == "" {
			return nil
		}
		if _, err := c.Barcode.For(code); column == "card_number" && err == nil {
			return nil // the number is whole, its barcode is longer
		}
		if !c.LeadingZeros {
			return &Fault{Column: column, Value: Mask(code), Err: fmt.Errorf("has %d digits of %d: a spreadsheet took the zeros at its beginning; "+
				"--leading-zeros puts them back, or make the column text and export it again", len(code), len(whole))}
		}
		if card.Number == code {
			card.Number = whole
		}
		if card.BarcodeNumber == code {
			card.BarcodeNumber = whole
		}
		return nil
	}
}
