package crm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNormalizePhone(t *testing.T) {
	for raw, want := range map[string]string{
		"79216668899":                   "79216668899",
		"+7 (921) 666-88-99":            "79216668899", // the contract's own example
		"+7\u00a0921\u202f666 88 99":    "79216668899",
		"8 921 666-88-99":               "79216668899", // the Russian trunk prefix
		"8(921)666.88.99":               "79216668899",
		"\t+79216668899\n":              "79216668899",
		"84951234567":                   "84951234567", // Viet Nam, or Moscow's trunk prefix: nobody can tell
		"+1 202 555 0123":               "12025550123",
		"375291234567":                  "375291234567",
		"+683 4000":                     "6834000", // seven digits
		"881612345678901":               "881612345678901",
		"7\u2010921\u2011666\u20138899": "79216668899",
	} {
		got, err := NormalizePhone(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, got, raw)
	}
}

func TestNormalizePhoneRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":                        "",
		"spaces":                         "   ",
		"a plus alone":                   "+",
		"two pluses":                     "++79216668899",
		"a plus inside":                  "7+9216668899",
		"letters":                        "7921666ABCD",
		"an extension":                   "79216668899,5",
		"other digits":                   "٧٩٢١٦٦٦٨٨٩٩",
		"full width digits":              "７９２１６６６８８９９",
		"a control character":            "7921666\x008899",
		"six digits":                     "683400",
		"sixteen digits":                 "8816123456789012",
		"a leading zero":                 "0079216668899",
		"a Russian number of ten":        "7921666889",
		"a Russian number of twelve":     "792166688991",
		"an American number of ten":      "1202555012",
		"no country code begins with 89": "+89216668899",
		"89 with a digit lost":           "8921666889",
		"too long to look at":            "7921666889" + strings.Repeat(" ", 64) + "9",
		"not UTF-8":                      "7921666\xff8899",
	} {
		got, err := NormalizePhone(raw)
		assert.Empty(t, got, name)
		t.Run(name, func(t *testing.T) { refusal(t, err, ErrInvalidPhone, raw) })
	}
}

// However a phone is written, it is one phone.
func TestNormalizePhoneDoesNotMindSeparators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phone := rapid.StringMatching(`7[0-9]{10}|[2-689][0-8][0-9]{6,12}`).Draw(t, "phone")
		var written strings.Builder
		for _, digit := range phone {
			written.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", "(", ") ", ".", "\u00a0"}).Draw(t, "separator"))
			written.WriteRune(digit)
		}
		plus := rapid.SampledFrom([]string{"", "+"}).Draw(t, "plus")
		got, err := NormalizePhone(plus + written.String())
		if err != nil || got != phone {
			t.Fatalf("%q became %q, %v", plus+written.String(), got, err)
		}
	})
}

func TestMaskPhone(t *testing.T) {
	assert.Equal(t, "7921***8899", MaskPhone("79216668899"))
	assert.Equal(t, "***", MaskPhone("6834000"), "too short to show anything of it")
	assert.Equal(t, "***", MaskPhone(""))
}
