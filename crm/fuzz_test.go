package crm

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzPhone(f *testing.F) {
	for _, seed := range []string{
		"", "+", "79216668899", "+7 (921) 666-88-99", "8 921 666-88-99", "+89216668899", "89216668899", "8921666889", "84951234567",
		"12025550123", "0079216668899", "881612345678901", "8816123456789012", "7\u00a0921\u2011666 8899", "٧٩٢١٦٦٦٨٨٩٩",
		"7921\xff", "7921666 88 99 ext 5", "+ 7 921 6668899", strings.Repeat("7", 65),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		phone, err := DefaultCountry.Phone(raw)
		if err != nil {
			if phone != "" || KindOf(err) != ErrInvalidPhone {
				t.Fatalf("%q gave %q, %v", raw, phone, err)
			}
			return
		}
		if !allDigits(phone) || len(phone) < minPhoneDigits || len(phone) > maxPhoneDigits || phone[0] == '0' {
			t.Fatalf("%q became %q", raw, phone)
		}
		for _, again := range []string{"+" + phone, " +" + phone + " "} { // without the plus some can be read in two ways
			if twice, err := DefaultCountry.Phone(again); err != nil || twice != phone {
				t.Fatalf("%q became %q, and %q became %q, %v", raw, phone, again, twice, err)
			}
		}
	})
}

func FuzzParseCardNumber(f *testing.F) {
	for _, seed := range []string{
		"", "1", "2900000000001", "A-1_b.C", "anonymous", "ANONYMOUS", "getAllUsers", "getAllUsersExtended", ".", "..", "...", "a/b",
		"1%2F2", " 1", "1 ", "Ж", "\x00", "\xff", "\u212a", "anonymou\u017f", strings.Repeat("9", 64), strings.Repeat("9", 65),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, err := ParseCardNumber(text)
		if err != nil {
			if number != "" || KindOf(err) != ErrInvalidCardNumber {
				t.Fatalf("%q gave %q, %v", text, number, err)
			}
			return
		}
		if number != text || len(number) > MaxCardNumberBytes {
			t.Fatalf("%q became %q", text, number)
		}
		if strings.ContainsAny(number, "/\\%?#&=+ \t\r\n\"'<>") || strings.Trim(number, ".") == "" {
			t.Fatalf("%q is no segment of a path", number)
		}
		for _, word := range []string{"anonymous", "getAllUsers", "getAllUsersExtended"} {
			if strings.EqualFold(number, word) {
				t.Fatalf("%q is a word of the contract", number)
			}
		}
		if err := CheckBarcode(number, Code128); err != nil {
			t.Fatalf("%q cannot be drawn: %v", number, err)
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	for _, seed := range []string{
		"", sample, "https://check.example.com/?" + sample + "#x", strings.Replace(sample, "T1215", "T121500", 1),
		strings.Replace(sample, "1543.20", "9999999999.99", 1), strings.Replace(sample, "&n=1", "", 1), sample + "&n=2", sample + "&N=1",
		"t=20000101T0000&s=0&fn=0000000000000000&i=0&fp=0", "t=20260229T2560&s=.1&fn=1&i=&fp=%", "t=%32%30260906T1215&" + sample[16:],
		"t=20260906T1215&s=1+2&fn=9960440300123456&i=1&fp=1", "?????", "&&&&", "t&s&fn&i&fp&n", "\xff=\xff", "T=٢",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		receipt, err := ParseReceipt(text, moscow)
		if err != nil {
			if receipt != (Receipt{}) || KindOf(err) != ErrReceiptMalformed {
				t.Fatalf("%q gave %+v, %v", text, receipt, err)
			}
			return
		}
		if len(receipt.FN) != 16 || !allDigits(receipt.FN) || !within(receipt.I, 9_999_999_999) || !within(receipt.FP, 9_999_999_999) ||
			!within(receipt.SumKopecks, 999_999_999_999) || !within(int64(receipt.Kind), 4) {
			t.Fatalf("%q became %+v", text, receipt)
		}
		if receipt.At.Second() != 0 || receipt.At.Year() < 2000 || receipt.At.Year() > 9999 {
			t.Fatalf("%q is dated %s", text, receipt.At)
		}
	})
}

func within(n, most int64) bool { return n >= 0 && n <= most }

func FuzzNumberTemplate(f *testing.F) {
	symbologies := []BarcodeType{EAN8, EAN13, UPCA, Code128, QRCode, ""}
	for _, seed := range []struct {
		pattern, barcode string
		symbology        byte
	}{
		{DefaultTemplate, DefaultBarcodeTemplate, 1}, {"20#####{ean}", "{number}", 0}, {"4##########{ean}", "{number}", 2},
		{"1#", "{number}", 3}, {"777###{luhn}", "29{number}{ean}", 1}, {"#############", "{number}", 1}, {"############{luhn}", "{number}", 1},
		{"{ean}#", "{number}", 3}, {"##{luhn}{ean}", "{number}", 3}, {"A-#", "{number}{luhn}", 4}, {"#", "{number}{number}{number}", 4},
		{"#\x00", "\xff{number}", 3}, {"Ж#", "{number}", 4}, {"#{luhn", "{number", 5}, {strings.Repeat("#", 64), "{number}", 3}, {"", "", 0},
	} {
		f.Add(seed.pattern, seed.barcode, seed.symbology, []byte("sixteen bytes, and more"))
	}
	f.Fuzz(func(t *testing.T, pattern, barcode string, symbology byte, random []byte) {
		rule := BarcodeRule{Pattern: barcode, Type: symbologies[int(symbology)%len(symbologies)]}
		template, err := ParseNumberTemplate(pattern, rule)
		if err != nil {
			if template != nil {
				t.Fatal("a template comes with the error")
			}
			return
		}
		source := append(random, make([]byte, 64)...)
		if fault := promise(template, bytes.NewReader(source)); fault != "" {
			t.Fatalf("%q under %+v: %s", pattern, rule, fault)
		}
		template.Matches(string(random))
	})
}
