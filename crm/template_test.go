package crm

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyBarcode carries every number that a template can make.
var anyBarcode = BarcodeRule{Pattern: "{number}", Type: Code128}

func chaCha(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func TestTemplateMakesWhatItSays(t *testing.T) {
	for name, c := range map[string]struct {
		pattern string
		barcode BarcodeRule
		want    string // as a regular expression
	}{
		"default":                {DefaultTemplate, BarcodeRule{DefaultBarcodeTemplate, EAN13}, `^29\d{11}$`},
		"EAN-8":                  {"20#####{ean}", BarcodeRule{"{number}", EAN8}, `^20\d{6}$`},
		"UPC-A":                  {"4##########{ean}", BarcodeRule{"{number}", UPCA}, `^4\d{11}$`},
		"Luhn":                   {"777#########{luhn}", anyBarcode, `^777\d{10}$`},
		"plain":                  {"CLUB-####-##", anyBarcode, `^CLUB-\d{4}-\d{2}$`},
		"one digit":              {"1#", anyBarcode, `^1\d$`},
		"digits after wildcards": {"#0#1", anyBarcode, `^\d0\d1$`},
		"barcode of its own":     {"#####", BarcodeRule{"2900000{number}{ean}", EAN13}, `^\d{5}$`},
		"more than one draw":     {strings.Repeat("#", MaxCardNumberBytes), anyBarcode, `^\d{64}$`},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := ParseNumberTemplate(c.pattern, c.barcode)
			require.NoError(t, err)
			random := chaCha(1)
			for range 200 {
				number, err := template.Random(random)
				require.NoError(t, err)
				require.Regexp(t, c.want, number.Number)
				require.True(t, template.Matches(number.Number), number.Number)
				require.NoError(t, CheckBarcode(number.BarcodeNumber, number.BarcodeType))
			}
		})
	}
}

func TestTemplateIsRefusedWithItsReason(t *testing.T) {
	ean13 := BarcodeRule{"{number}", EAN13}
	for name, c := range map[string]struct {
		pattern string
		barcode BarcodeRule
		reason  string
	}{
		"empty":                       {"", anyBarcode, "no '#'"},
		"no wildcard":                 {"2900000000001", anyBarcode, "no '#'"},
		"no wildcard but a digit":     {"290000000000{ean}", anyBarcode, "no '#'"},
		"a check digit first":         {"{ean}####", anyBarcode, "at its end"},
		"two check digits":            {"####{luhn}{ean}", anyBarcode, "at its end"},
		"an unknown check digit":      {"####{crc}", anyBarcode, "at its end"},
		"a check digit over letters":  {"A####{luhn}", anyBarcode, "needs a template of digits"},
		"a space":                     {"12 ####", anyBarcode, "not allowed"},
		"a slash":                     {"12/####", anyBarcode, "not allowed"},
		"beyond ASCII":                {"Ж####", anyBarcode, "foreign characters"},
		"numbers that are too long":   {strings.Repeat("#", MaxCardNumberBytes+1), anyBarcode, "too long"},
		"a pattern that is too long":  {strings.Repeat("#", 2*MaxCardNumberBytes+1), anyBarcode, "too long"},
		"too short for EAN-13":        {"29#########{ean}", ean13, "EAN_13"},
		"letters in EAN-13":           {"AB###########", ean13, "EAN_13"},
		"EAN-13 without check digit":  {"#############", ean13, "check digit"},
		"EAN-13 with the wrong digit": {"############{luhn}", ean13, "check digit"},
		"EAN-13 with a digit fixed":   {"29##########0", ean13, "check digit"},
		"no symbology":                {"####", BarcodeRule{"{number}", ""}, "symbology"},
		"one barcode for all":         {"####", BarcodeRule{"4006381333931", EAN13}, "{number}"},
		"a barcode that is too long":  {strings.Repeat("#", 40), BarcodeRule{"{number}{number}", Code128}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := ParseNumberTemplate(c.pattern, c.barcode)
			require.ErrorContains(t, err, c.reason)
			require.Nil(t, template)
		})
	}
}

func TestTemplateMatches(t *testing.T) {
	ean, err := ParseNumberTemplate("400638######{ean}", BarcodeRule{"{number}", EAN13})
	require.NoError(t, err)
	assert.True(t, ean.Matches("4006381333931"))
	for _, number := range []string{"", "4", "4006381333932", "400638133393", "40063813339311", "5901234123457", "400638133393A", "400638133393\u0661"} {
		assert.False(t, ean.Matches(number), number)
	}
	plain, err := ParseNumberTemplate("A-#", anyBarcode)
	require.NoError(t, err)
	assert.True(t, plain.Matches("A-0"))
	for _, number := range []string{"", "A-", "A-A", "B-0", "A-00", "a-0", "A-#"} {
		assert.False(t, plain.Matches(number), number)
	}
}

// Digits are as likely as one another, and the same bytes give the same number.
func TestTemplateDrawsEvenly(t *testing.T) {
	template, err := ParseNumberTemplate("1#", anyBarcode)
	require.NoError(t, err)
	count := map[string]int{}
	random := chaCha(2)
	for range 10_000 {
		number, err := template.Random(random)
		require.NoError(t, err)
		count[number.Number]++
	}
	require.Len(t, count, 10)
	for number, times := range count {
		assert.InDelta(t, 1000, times, 150, number)
	}
	first, err := template.Random(chaCha(3))
	require.NoError(t, err)
	second, err := template.Random(chaCha(3))
	require.NoError(t, err)
	assert.Equal(t, first, second)
}

func TestTemplateReportsAFailingSource(t *testing.T) {
	template, err := ParseNumberTemplate(DefaultTemplate, BarcodeRule{"{number}", EAN13})
	require.NoError(t, err)
	for _, random := range []io.Reader{iotest.ErrReader(errors.New("no entropy")), bytes.NewReader(make([]byte, 7))} {
		_, err = template.Random(random)
		require.ErrorIs(t, err, ErrInternal)
	}
}

// Whatever is accepted makes numbers that match, are allowed, and can be scanned.
func TestEveryTemplateKeepsItsPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[0-9#A-]{0,4}[0-9#]{0,12}(\{ean\}|\{luhn\})?`).Draw(t, "pattern")
		barcode := BarcodeRule{
			Pattern: rapid.SampledFrom([]string{"{number}", "{number}{ean}", "{number}{luhn}", "2{number}{ean}", "L{number}"}).Draw(t, "barcode"),
			Type:    rapid.SampledFrom([]BarcodeType{EAN8, EAN13, UPCA, Code128, QRCode}).Draw(t, "symbology"),
		}
		template, err := ParseNumberTemplate(pattern, barcode)
		if err != nil {
			return
		}
		if fault := promise(template, chaCha(byte(rapid.IntRange(0, 255).Draw(t, "seed")))); fault != "" {
			t.Fatalf("%q under %+v: %s", pattern, barcode, fault)
		}
	})
}

// promise tells what is wrong with a number that a template draws.
func promise(template *NumberTemplate, random io.Reader) string {
	number, err := template.Random(random)
	if err != nil {
		return err.Error()
	}
	if _, err := ParseCardNumber(number.Number); err != nil {
		return err.Error()
	}
	if err := CheckBarcode(number.BarcodeNumber, number.BarcodeType); err != nil {
		return err.Error()
	}
	if !template.Matches(number.Number) {
		return number.Number + " does not match"
	}
	return ""
}
