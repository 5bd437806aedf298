package crm

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sample is the contract's own receipt.
const sample = "t=20260906T1215&s=1543.20&fn=9960440300123456&i=12345&fp=1234567890&n=1"

func sampleReceipt() Receipt {
	return Receipt{
		ReceiptKey: ReceiptKey{FN: "9960440300123456", I: 12345, FP: 1234567890},
		At:         time.Date(2026, 9, 6, 12, 15, 0, 0, moscow), SumKopecks: 154320, Kind: ReceiptSale,
	}
}

func TestParseReceiptForms(t *testing.T) {
	for name, text := range map[string]string{
		"as printed":        sample,
		"spaces around":     " \n" + sample + "\r\n",
		"with seconds":      strings.Replace(sample, "T1215", "T121559", 1),
		"another order":     "n=1&fp=1234567890&i=12345&fn=9960440300123456&s=1543.20&t=20260906T1215",
		"upper case keys":   "T=20260906T1215&S=1543.20&FN=9960440300123456&I=12345&FP=1234567890&N=1",
		"unknown keys":      "v=2&" + sample + "&inn=7700000000&fpd=1&x",
		"empty pairs":       "&&" + sample + "&",
		"one decimal":       strings.Replace(sample, "1543.20", "1543.2", 1),
		"leading zeros":     strings.Replace(strings.Replace(sample, "i=12345", "i=0000012345", 1), "s=1543.20", "s=01543.20", 1),
		"a URL":             "https://check.example.com/?" + sample,
		"a URL with a path": "https://check.example.com/r/1?" + sample + "#top",
		"an escaped URL":    "HTTP://EXAMPLE.COM?" + strings.Replace(sample, "1543.20", "1543%2E20", 1),
	} {
		got, err := ParseReceipt(text, moscow)
		require.NoError(t, err, name)
		assert.Equal(t, sampleReceipt(), got, name)
		assert.Equal(t, sampleReceipt().Fingerprint(), got.Fingerprint(), name)
	}
}

func TestParseReceiptRefuses(t *testing.T) {
	with := func(key, value string) string {
		fields, err := url.ParseQuery(sample)
		require.NoError(t, err)
		fields.Set(key, value)
		return fields.Encode()
	}
	without := func(key string) string { return strings.Replace(with(key, ""), key+"=", "", 1) }
	cases := map[string]string{
		"nothing": "", "other text": "hello", "a URL without query": "https://check.example.com/", "an empty query": "?",
		"keys behind the fragment": "https://example.com/?a=1#" + sample, "bad escape": sample + "%", "too long": sample + strings.Repeat("&", MaxReceiptBytes),
	}
	for _, key := range []string{"t", "s", "fn", "i", "fp"} {
		cases["no "+key] = without(key)
		cases["blank "+key] = with(key, " ")
	}
	for _, key := range []string{"t", "s", "fn", "i", "fp", "n"} {
		cases["repeated "+key] = sample + "&" + strings.ToUpper(key) + "=1"
	}
	for key, values := range map[string][]string{
		"t": {
			"20260906", "20260906T12", "20260906T121", "20260906T12155", "20260906T1215599", "2026-09-06T12:15", "20260906 1215", "20260906T1215.1",
			"20260906T1215Z", "20260931T1215", "20260229T1215", "20261306T1215", "20260006T1215", "20260900T1215", "20260906T2400",
			"20260906T1260", "20260906T121560", "19991231T2359", "00000000T0000", "２０260906T1215",
		},
		"s":  {"-1", "+1", "1543,20", "1543.", ".20", "1543.205", "1 543.20", "1e3", "0x10", "12345678901", "1543.2x", "NaN", "١"},
		"fn": {"996044030012345", "99604403001234567", "996044030012345X", "-960440300123456"},
		"i":  {"-1", "+1", "12345678901", "1.0", "x", "0x1"},
		"fp": {"-1", "12345678901", "1 2", "a"},
		"n":  {"", "0", "5", "11", "-1", "x", "1 "},
	} {
		for _, value := range values {
			cases[key+" is "+value] = with(key, value)
		}
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ParseReceipt(text, moscow)
			assert.Equal(t, Receipt{}, got)
			refusal(t, err, ErrReceiptMalformed, text)
			require.NotContains(t, err.Error(), "9960440300123456", "the text is never in the error")
		})
	}
}

func TestReceiptKinds(t *testing.T) {
	for n, want := range map[string]ReceiptKind{
		"&n=1": ReceiptSale, "&n=2": ReceiptSaleRefund, "&n=3": ReceiptPurchase, "&n=4": ReceiptPurchaseRefund, "": ReceiptUnmarked,
	} {
		got, err := ParseReceipt(strings.Replace(sample, "&n=1", n, 1), moscow)
		require.NoError(t, err)
		assert.Equal(t, want, got.Kind)
	}
}

func TestReceiptSums(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "0.00": 0, "0.01": 1, "0.1": 10, "1": 100, "1.5": 150, "19.99": 1999, "1000000": 100_000_000, "9999999999.99": 999_999_999_999,
	} {
		got, err := ParseReceipt(strings.Replace(sample, "1543.20", text, 1), moscow)
		require.NoError(t, err, text)
		assert.Equal(t, want, got.SumKopecks, text)
	}
}

// The key is the receipt's name: leading zeros cannot make a second one of it,
// but the drive's number is a text of sixteen digits.
func TestReceiptKey(t *testing.T) {
	parse := func(text string) ReceiptKey {
		got, err := ParseReceipt(text, moscow)
		require.NoError(t, err)
		return got.ReceiptKey
	}
	one := parse("t=20260906T1215&s=1&fn=0000000000000001&i=1&fp=2")
	assert.Equal(t, one, parse("t=20270906T1215&s=5&fn=0000000000000001&i=0000000001&fp=02&n=2"))
	assert.NotEqual(t, one, parse("t=20260906T1215&s=1&fn=0000000000000001&i=10&fp=2"))
	assert.NotEqual(t, one, parse("t=20260906T1215&s=1&fn=1000000000000001&i=1&fp=2"))
	assert.Equal(t, int64(9_999_999_999), parse("t=20260906T1215&s=1&fn=0000000000000001&i=9999999999&fp=9999999999").FP)
}

// The fingerprint is what else a retry must have in common: minute, sum, kind,
// fiscal sign.
func TestReceiptFingerprint(t *testing.T) {
	first := sampleReceipt().Fingerprint()
	for name, text := range map[string]string{
		"minute": strings.Replace(sample, "T1215", "T1216", 1), "day": strings.Replace(sample, "0906T", "0905T", 1),
		"sum": strings.Replace(sample, "1543.20", "1543.21", 1), "kind": strings.Replace(sample, "n=1", "n=2", 1),
		"no kind": strings.Replace(sample, "&n=1", "", 1),
	} {
		got, err := ParseReceipt(text, moscow)
		require.NoError(t, err)
		assert.NotEqual(t, first, got.Fingerprint(), name)
		assert.Equal(t, sampleReceipt().ReceiptKey, got.ReceiptKey, name)
	}
	other, err := ParseReceipt(strings.Replace(sample, "fp=1234567890", "fp=1234567891", 1), moscow)
	require.NoError(t, err)
	assert.NotEqual(t, first, other.Fingerprint())
}

// However a receipt is written, it is that receipt.
func TestParseReceiptReadsWhatTillsWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Receipt{
			ReceiptKey: ReceiptKey{
				FN: rapid.StringMatching(`[0-9]{16}`).Draw(t, "fn"),
				I:  rapid.Int64Range(0, 9_999_999_999).Draw(t, "i"), FP: rapid.Int64Range(0, 9_999_999_999).Draw(t, "fp"),
			},
			At:         time.Date(2000, 1, 1, 0, rapid.IntRange(0, 50*365*24*60).Draw(t, "minutes"), 0, 0, moscow),
			SumKopecks: rapid.Int64Range(0, 999_999_999_999).Draw(t, "sum"),
			Kind:       ReceiptKind(rapid.IntRange(0, 4).Draw(t, "kind")),
		}
		pairs := []string{
			"t=" + want.At.Format(rapid.SampledFrom([]string{"20060102T1504", "20060102T150405"}).Draw(t, "layout")),
			fmt.Sprintf("s=%d.%02d", want.SumKopecks/100, want.SumKopecks%100), "fn=" + want.FN,
			fmt.Sprintf("i=%0*d", rapid.IntRange(1, 10).Draw(t, "zeros"), want.I), fmt.Sprintf("fp=%d", want.FP),
		}
		if want.Kind != ReceiptUnmarked {
			pairs = append(pairs, fmt.Sprintf("n=%d", want.Kind))
		}
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		shuffle.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
		prefix := rapid.SampledFrom([]string{"", "?", "https://example.com/check?"}).Draw(t, "prefix")
		got, err := ParseReceipt(prefix+strings.Join(pairs, "&"), moscow)
		if err != nil || got != want {
			t.Fatalf("%v became %+v, %v", pairs, got, err)
		}
	})
}

// TestReceiptInTheHourThatComesTwice: the till's clock may have meant either moment.
func TestReceiptInTheHourThatComesTwice(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for text, hours := range map[string]time.Duration{"20261025T0230": time.Hour, "20261025T0130": 0, "20261025T0300": 0, "20260329T0330": 0} {
		receipt, err := ParseReceipt("t="+text+"&s=1.00&fn=9960440300123456&i=1&fp=1&n=1", berlin)
		require.NoError(t, err)
		first, last := receipt.Instants()
		assert.Equal(t, hours, last.Sub(first), text)
		assert.Equal(t, receipt.At.Format("1504"), first.Format("1504"))
		assert.Equal(t, receipt.At.Format("1504"), last.Format("1504"))
		early, late := receipt, receipt
		early.At, late.At = first, last
		assert.Equal(t, early.Fingerprint(), late.Fingerprint(), "one receipt")
	}
}
