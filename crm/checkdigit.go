package crm

// eanCheckDigit is the GS1 modulo-10 digit of EAN-8, EAN-13 and UPC-A: weights
// 3, 1, 3, … from the right of the digits that it protects.
func eanCheckDigit(digits string) byte {
	sum := 0
	for i := len(digits) - 1; i >= 0; i-- {
		weight := 1
		if (len(digits)-1-i)%2 == 0 {
			weight = 3
		}
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// luhnCheckDigit is the ISO/IEC 7812 digit.
func luhnCheckDigit(digits string) byte {
	sum := 0
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i] - '0')
		if (len(digits)-1-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// barcodeLengths are the symbologies of a fixed length with a check digit.
var barcodeLengths = map[BarcodeType]int{EAN8: 8, EAN13: 13, UPCA: 12}

// CheckBarcode reports whether a scanner can read this number in this
// symbology: length, digits and check digit for the EAN family, printable
// ASCII for the others. The error is ErrInvalidCardNumber.
func CheckBarcode(number string, symbology BarcodeType) error {
	if len(number) > MaxCardNumberBytes {
		return Fail(ErrInvalidCardNumber, "barcode is too long")
	}
	length, fixed := barcodeLengths[symbology]
	if fixed {
		if len(number) != length || !allDigits(number) {
			return Fail(ErrInvalidCardNumber, "barcode has not the digits of "+string(symbology))
		}
		if eanCheckDigit(number[:length-1]) != number[length-1] {
			return Fail(ErrInvalidCardNumber, "barcode has a wrong check digit")
		}
		return nil
	}
	if symbology != Code128 && symbology != QRCode {
		return Fail(ErrInvalidCardNumber, "unknown symbology")
	}
	for i := range len(number) {
		if number[i] < 0x20 || number[i] > 0x7e {
			return Fail(ErrInvalidCardNumber, "barcode has foreign characters")
		}
	}
	if number == "" {
		return Fail(ErrInvalidCardNumber, "empty barcode")
	}
	return nil
}

// FixedLength reports whether the symbology carries one number of digits only.
func (t BarcodeType) FixedLength() bool { return barcodeLengths[t] > 0 }
