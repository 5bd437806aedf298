package vendorhttp_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestTextKeepsEveryDigit(t *testing.T) {
	for in, want := range map[string]string{
		`"abc"`: "abc", `45654654654`: "45654654654", `9007199254740993`: "9007199254740993",
		`123456789012345678901234567890`: "123456789012345678901234567890", `1.50`: "1.50", `true`: "true",
		`null`: "", `[1]`: "", `{"a":1}`: "", `" x "`: "x", `"\u0442"`: "т",
	} {
		var got vendorhttp.Text
		require.NoError(t, json.Unmarshal([]byte(in), &got), in)
		assert.Equal(t, want, got.String(), in)
	}
}

func TestDecimals(t *testing.T) {
	for in, want := range map[string]string{"10": "10", "12.50": "12.5", "1e3": "1000", "-3": "-3", " 7 ": "7"} {
		got, ok := vendorhttp.Text(in).Decimal()
		require.True(t, ok, in)
		assert.Equal(t, want, got.String(), in)
	}
	for _, in := range []string{"", "x", "1.2.3", "1,2,3", "1,000", "1,5", "1 000", "1'000", "1_000", "010", "+5", "1.", ".5", "0,5", "١٠", "1.000.000", "true", "1e999999999", "1e-999999999", "NaN", "Infinity", strings.Repeat("9", 65), "0x10"} {
		_, ok := vendorhttp.Text(in).Decimal()
		assert.False(t, ok, in)
	}
}

func TestTimes(t *testing.T) {
	india := time.FixedZone("IST", 5*3600+1800)
	for in, want := range map[string]string{
		"2025-10-14 13:47:16":            "2025-10-14T08:17:16Z",
		"2025-10-14T13:47:16+05:30":      "2025-10-14T08:17:16Z",
		"2025-10-14T13:47:16Z":           "2025-10-14T13:47:16Z",
		"2025-10-14T13:47:16.123456789Z": "2025-10-14T13:47:16Z",
		"2025-10-14T13:47:16+0530":       "2025-10-14T08:17:16Z",
		"2025-10-14T13:47:16":            "2025-10-14T08:17:16Z",
		"2024-03-26":                     "2024-03-25T18:30:00Z",
		"26-03-2024":                     "2024-03-25T18:30:00Z",
		"26/03/2024":                     "2024-03-25T18:30:00Z",
		"1659515347":                     "2022-08-03T08:29:07Z",
		"1659515347000":                  "2022-08-03T08:29:07Z",
	} {
		got, ok := vendorhttp.Text(in).Time(india)
		require.True(t, ok, in)
		assert.Equal(t, want, got.UTC().Format(time.RFC3339), in)
	}
	for _, in := range []string{"", "soon", "0000-00-00", "0000-00-00 00:00:00", "12", "99999999999999999999", "2024-13-01", strings.Repeat("1", 100)} {
		_, ok := vendorhttp.Text(in).Time(india)
		assert.False(t, ok, in)
	}
}

func TestInside(t *testing.T) {
	for in, want := range map[string]string{
		`{"success":true,"status":200,"data":{"id":1}}`: `{"id":1}`,
		`{"data":{"data":[1]}}`:                         `[1]`,
		`{"id":1,"data":{"x":2}}`:                       `{"id":1,"data":{"x":2}}`,
		`[1]`:                                           `[1]`,
		`{"data":null}`:                                 `{"data":null}`,
		`{"data":7}`:                                    `{"data":7}`,
		`null`:                                          `null`,
		`nonsense`:                                      `nonsense`,
	} {
		answer := vendorhttp.Answer{Body: []byte(in)}
		assert.Equal(t, want, string(answer.Inside("id")), in)
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{`"1"`, `1e5`, `null`, `"2024-03-26"`, `"1e9999"`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var text vendorhttp.Text
		if json.Valid(raw) != (json.Unmarshal(raw, &text) == nil) {
			t.Fatalf("%q is read otherwise than JSON", raw)
		}
		if d, ok := text.Decimal(); ok && len(d.String()) > 200 {
			t.Fatalf("%q unfolds to %d digits", raw, len(d.String()))
		}
		if at, ok := text.Time(nil); ok && at.Year() < 1 {
			t.Fatalf("%q is before the calendar", raw)
		}
	})
}
