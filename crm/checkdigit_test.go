package crm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Numbers that are printed in standards and textbooks.
func TestCheckDigitsOfPublishedNumbers(t *testing.T) {
	for number, symbology := range map[string]BarcodeType{
		"73513537": EAN8, "96385074": EAN8, "40170725": EAN8, "00000000": EAN8,
		"4006381333931": EAN13, "5901234123457": EAN13, "9780201379624": EAN13, "4003994155486": EAN13,
		"036000291452": UPCA, "012345678905": UPCA, "123456789012": UPCA, "042100005264": UPCA,
	} {
		require.NoError(t, CheckBarcode(number, symbology), number)
		last := len(number) - 1
		require.Equal(t, number[last], eanCheckDigit(number[:last]), number)
		for wrong := byte('0'); wrong <= '9'; wrong++ {
			if wrong != number[last] {
				require.ErrorIs(t, CheckBarcode(number[:last]+string(wrong), symbology), ErrInvalidCardNumber)
			}
		}
	}
	for _, number := range []string{"79927398713", "4539578763621486", "4111111111111111", "378282246310005", "0", "18"} {
		last := len(number) - 1
		require.Equal(t, number[last], luhnCheckDigit(number[:last]), number)
	}
}

// A wrong digit anywhere is seen: that is what the digit is for.
func TestCheckDigitsSeeEveryWrongDigit(t *testing.T) {
	for name, check := range map[string]func(string) byte{"ean": eanCheckDigit, "luhn": luhnCheckDigit} {
		rapid.Check(t, func(t *rapid.T) {
			digits := []byte(rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "digits"))
			right := check(string(digits))
			place := rapid.IntRange(0, len(digits)-1).Draw(t, "place")
			digits[place] = '0' + (digits[place]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "error")))%10
			if check(string(digits)) == right {
				t.Fatalf("%s does not see the error at %d of %s", name, place, digits)
			}
		})
	}
}

// Luhn sees two neighbours that changed places, all but 0 and 9.
func TestLuhnSeesSwappedNeighbours(t *testing.T) {
	for a := range 10 {
		for b := range 10 {
			swapped := luhnCheckDigit(fmt.Sprintf("12%d%d3", a, b)) != luhnCheckDigit(fmt.Sprintf("12%d%d3", b, a))
			assert.Equal(t, a != b && a+b != 9 || a != b && a != 0 && b != 0, swapped, "%d and %d", a, b)
		}
	}
}

func TestCheckBarcodeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		number    string
		symbology BarcodeType
	}{
		"seven digits":            {"7351353", EAN8},
		"nine digits":             {"735135370", EAN8},
		"EAN-13 as UPC-A":         {"4006381333931", UPCA},
		"UPC-A as EAN-13":         {"036000291452", EAN13},
		"a letter":                {"400638133393A", EAN13},
		"empty Code 128":          {"", Code128},
		"empty QR":                {"", QRCode},
		"Cyrillic in Code 128":    {"Ж", Code128},
		"tab in Code 128":         {"1\t2", Code128},
		"too long":                {strings.Repeat("1", MaxCardNumberBytes+1), QRCode},
		"no symbology":            {"4006381333931", ""},
		"a symbology of a vendor": {"4006381333931", "PDF_417"},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorIs(t, CheckBarcode(c.number, c.symbology), ErrInvalidCardNumber) })
	}
	require.NoError(t, CheckBarcode("Card 1/2 ~", Code128))
	require.NoError(t, CheckBarcode(strings.Repeat("1", MaxCardNumberBytes), QRCode))
}

func TestBarcodeRule(t *testing.T) {
	for name, c := range map[string]struct {
		rule   BarcodeRule
		number string
		want   string
	}{
		"as it is":          {BarcodeRule{"{number}", Code128}, "A-1", "A-1"},
		"with a prefix":     {BarcodeRule{"LOY:{number}", QRCode}, "79216668899", "LOY:79216668899"},
		"EAN-13 of twelve":  {BarcodeRule{"{number}{ean}", EAN13}, "400638133393", "4006381333931"},
		"EAN-13 of ten":     {BarcodeRule{"29{number}{ean}", EAN13}, "0000000001", "2900000000018"},
		"UPC-A":             {BarcodeRule{"{number}{ean}", UPCA}, "03600029145", "036000291452"},
		"Luhn in Code 128":  {BarcodeRule{"{number}{luhn}", Code128}, "7992739871", "79927398713"},
		"the number, twice": {BarcodeRule{"{number}-{number}", Code128}, "7", "7-7"},
	} {
		got, err := c.rule.For(c.number)
		require.NoError(t, err, name)
		assert.Equal(t, CardNumber{Number: c.number, BarcodeNumber: c.want, BarcodeType: c.rule.Type}, got, name)
	}
	for name, c := range map[string]struct {
		rule   BarcodeRule
		number string
	}{
		"check digit of letters":      {BarcodeRule{"{number}{ean}", Code128}, "A1"},
		"wrong length":                {BarcodeRule{"{number}{ean}", EAN13}, "1"},
		"wrong check digit":           {BarcodeRule{"{number}", EAN13}, "4006381333932"},
		"one barcode under all":       {BarcodeRule{"4006381333931", EAN13}, "1"},
		"nothing":                     {BarcodeRule{}, "1"},
		"a word that is not {number}": {BarcodeRule{"{nummer}", Code128}, "1"},
	} {
		_, err := c.rule.For(c.number)
		require.ErrorIs(t, err, ErrInvalidCardNumber, name)
	}
}
