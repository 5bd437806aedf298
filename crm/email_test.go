package crm

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNormalizeEmail(t *testing.T) {
	for raw, want := range map[string]string{
		"a@b":                          "a@b",
		" Anna.Petrova@Example.COM ":   "anna.petrova@example.com",
		"anna+tag@example.com":         "anna+tag@example.com",
		"o'brien@example.ie":           "o'brien@example.ie",
		"Почта@Пример.РФ":              "почта@пример.рф",
		"a@[":                          "",
		"anna@xn--e1afmkfd.xn--p1ai":   "anna@пример.рф",
		"anna@XN--E1AFMKFD.xn--p1ai":   "anna@пример.рф",
		"\u200banna@example.com":       "anna@example.com",
		"an\u034fna\u3164@example.com": "anna@example.com", // a joiner of marks, a filler
		"anna\ufe0f@example.com":       "anna@example.com", // a variation selector
		"an\u00adna@exam\ufeffple.com": "anna@example.com",
		"\u202aanna@example.com\u202c": "anna@example.com",
		"jose\u0301@example.com":       "jos\u00e9@example.com",
	} {
		got, err := NormalizeEmail(raw)
		if want == "" {
			require.ErrorIs(t, err, ErrInvalidEmail, raw)
			continue
		}
		require.NoError(t, err, raw)
		assert.Equal(t, want, got)
	}
}

func TestNormalizeEmailRefuses(t *testing.T) {
	for name, raw := range map[string]string{
		"nothing":             "",
		"no at sign":          "anna.example.com",
		"two at signs":        "anna@petrova@example.com",
		"no name":             "@example.com",
		"no domain":           "anna@",
		"a space inside":      "anna petrova@example.com",
		"a line break inside": "anna@example.com\r\nbcc:all@example.com",
		"a list":              "anna@example.com,boris@example.com",
		"a display name":      "Anna <anna@example.com>",
		"a quoted name":       `"anna"@example.com`,
		"a dot first":         "anna@.example.com",
		"a dot last":          "anna@example.com.",
		"two dots":            "anna@example..com",
		"too long":            strings.Repeat("a", 250) + "@b.ru",
		"the Kelvin sign":     "\u212aelly@example.com",
		"not UTF-8":           "anna\xff@example.com",
		"not UTF-8 at all":    "\xcf\xee\xf7\xf2\xe0@example.com", // Windows-1251
	} {
		got, err := NormalizeEmail(raw)
		assert.Empty(t, got, name)
		t.Run(name, func(t *testing.T) { refusal(t, err, ErrInvalidEmail, raw) })
	}
}

func TestNormalizeEmailKeepsTheLongestAddress(t *testing.T) {
	longest := strings.Repeat("a", maxEmailBytes-len("@b.ru")) + "@b.ru"
	got, err := NormalizeEmail(longest)
	require.NoError(t, err)
	assert.Equal(t, longest, got)
}

func TestNormalizeEmailIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringN(0, 12, -1).Draw(t, "local") + "@" + rapid.StringN(0, 12, -1).Draw(t, "domain")
		once, err := NormalizeEmail(raw)
		if err != nil {
			return
		}
		twice, err := NormalizeEmail(once)
		if err != nil || twice != once {
			t.Fatalf("%q became %q, then %q, %v", raw, once, twice, err)
		}
	})
}

func TestMaskEmail(t *testing.T) {
	assert.Equal(t, "a***@example.com", MaskEmail("anna@example.com"))
	assert.Equal(t, "п***@пример.рф", MaskEmail("почта@пример.рф"))
	assert.Equal(t, "***", MaskEmail("anna"))
	assert.Equal(t, "***", MaskEmail("@example.com"))
	assert.Equal(t, "***", MaskEmail(""))
}

// TestDomainsOfNothing: characters that IDNA leaves out are no domain.
func TestDomainsOfNothing(t *testing.T) {
	for _, email := range []string{"A@\U000e01c7", "a@\u00ad\ufe0f", "a@xn--"} {
		_, err := NormalizeEmail(email)
		require.ErrorIs(t, err, ErrInvalidEmail, email)
	}
}
