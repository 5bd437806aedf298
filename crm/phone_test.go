package crm

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPhone(t *testing.T) {
	for raw, want := range map[string]string{
		"79216668899":                    "79216668899",
		"+7 (921) 666-88-99":             "79216668899", // the contract's own example
		"+7\u00a0921\u202f666 88 99":     "79216668899",
		"8 921 666-88-99":                "79216668899", // the Russian trunk prefix
		"8(921)666.88.99":                "79216668899",
		"\t+79216668899\n":               "79216668899",
		"8 (495) 123-45-67":              "74951234567", // set apart, so no Vietnamese number
		"87011234567":                    "77011234567", // Kazakhstan
		"8 (727) 250-00-01":              "77272500001",
		"88005550001":                    "78005550001",
		"8 029 123-45-67":                "375291234567", // Belarus
		"8-10-375-29-7654321":            "375297654321",
		"0079216668899":                  "79216668899",
		"9216668899":                     "79216668899", // ten digits
		"(921) 666-88-99":                "79216668899",
		"+84951234567":                   "84951234567", // Viet Nam
		"85223456789":                    "85223456789", // Hong Kong
		"\u202a+7 926 674-09-02\u202c":   "79266740902",
		"\ufeff79216668899\u200b":        "79216668899",
		"+7\u2212921\u2212666\u22128899": "79216668899",
		"+1 202 555 0123":                "12025550123",
		"375291234567":                   "375291234567",
		"+683 4000":                      "6834000", // seven digits
		"881612345678901":                "881612345678901",
		"+44 (0)20 7946 0958":            "442079460958", // a trunk prefix behind the code
		"+375 (029) 123-45-67":           "375291234567",
		"3750291234567":                  "375291234567",
		"998 90 123 45 67":               "998901234567",
		"91 61234 56768":                 "916123456768", // India
		"7\u2010921\u2011666\u20138899":  "79216668899",
	} {
		got, err := DefaultCountry.Phone(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, got, raw)
	}
}

func TestPhoneRefuses(t *testing.T) {
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
		"a leading zero":                 "079216668899",
		"Moscow or Viet Nam":             "84951234567",
		"Russia or Lebanon":              "9613727126",
		"a number with decimals":         "375291234567.0",
		"with two decimals":              "+375291234567.00",
		"in scientific notation":         "3.75291234567E+11",
		"with a decimal comma":           "3,75E+11",
		"seven digits":                   "6661234",
		"a Russian number of ten":        "7921666889",
		"a Russian number of twelve":     "792166688991",
		"an American number of ten":      "1202555012",
		"no country code begins with 89": "+89216668899",
		"89 with a digit lost":           "8921666889",
		"too long to look at":            "7921666889" + strings.Repeat(" ", 64) + "9",
		"not UTF-8":                      "7921666\xff8899",
		"the end of a second phone":      "9216668899/98",
		"behind a minus":                 "921 666-88-99-98",
		"behind a landline":              "8(495)123-45-67/68",
		"two phones":                     "79216668899 / 79216668898",
		"an extension in words":          "+7 921 666-88-99 доб. 12",
		"an extension in digits":         "+375 29 123-45-67 12",
	} {
		got, err := DefaultCountry.Phone(raw)
		assert.Empty(t, got, name)
		t.Run(name, func(t *testing.T) { refusal(t, err, ErrInvalidPhone, raw) })
	}
}

// However a phone is written, it is one phone, or refused where a shorter one
// ends at a separator.
func TestPhoneDoesNotMindSeparators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phone := rapid.StringMatching(`7[0-9]{10}|3[0-9]{11}|5[0-9]{12}`).Draw(t, "phone")
		var written strings.Builder
		for _, digit := range phone {
			written.WriteString(rapid.SampledFrom([]string{"", "", "", " ", "-", "(", ") ", "\u00ad", "\u00a0"}).Draw(t, "separator"))
			written.WriteRune(digit)
		}
		plus := rapid.SampledFrom([]string{"", "+"}).Draw(t, "plus")
		want, err := DefaultCountry.Phone(plus + phone)
		if err != nil {
			t.Fatalf("%q: %v", plus+phone, err)
		}
		got, err := DefaultCountry.Phone(plus + written.String())
		var refused *Error
		if errors.As(err, &refused) && strings.HasPrefix(refused.Detail, "more than one phone") {
			return
		}
		if err != nil || got != want {
			t.Fatalf("%q became %q, %v", plus+written.String(), got, err)
		}
	})
}

// A list that was written in the country is read by its plan alone.
func TestPhonesOfAList(t *testing.T) {
	for raw, want := range map[string]string{
		"84951234567": "74951234567", "9613727126": "79613727126", "4951234567": "74951234567", "79216668899": "79216668899",
		"375291234567": "375291234567", "+9613727126": "9613727126",
	} {
		got, err := DefaultCountry.LocalPhone(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, got, raw)
	}
}

// The country decides what a national form is.
func TestPhonesOfOtherCountries(t *testing.T) {
	for country, forms := range map[Country]map[string]string{
		"BY":        {"80291234567": "375291234567", "8 029 123-45-67": "375291234567", "291234567": "375291234567", "79216668899": "79216668899"},
		"KZ":        {"87011234567": "77011234567", "8 (727) 250-00-01": "77272500001", "7011234567": "77011234567", "80291234567": "375291234567"},
		CountryNone: {"84951234567": "84951234567", "9613727126": "9613727126"},
	} {
		assert.True(t, country.Known())
		for raw, want := range forms {
			got, err := country.Phone(raw)
			require.NoError(t, err, "%s in %s", raw, country)
			assert.Equal(t, want, got, "%s in %s", raw, country)
		}
	}
	assert.False(t, Country("XX").Known())
	assert.False(t, Country("").Known())
}

func TestMaskPhone(t *testing.T) {
	assert.Equal(t, "7921***8899", MaskPhone("79216668899"))
	assert.Equal(t, "***", MaskPhone("6834000"), "too short to show anything of it")
	assert.Equal(t, "***", MaskPhone(""))
}
