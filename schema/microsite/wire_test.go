package microsite

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGolden writes the structs again as the samples stand.
func TestGolden(t *testing.T) {
	samples := map[string]any{
		"generated_otp": &GeneratedOTP{}, "verified_otp": &VerifiedOTP{}, "points": &Points{},
		"deducted": &Result{}, "failure": &Result{}, "redeem": &Redeem{}, "reverse": &Reverse{},
	}
	for name, into := range samples {
		want, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(want))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(into), name)
		got, err := json.Marshal(into)
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(string(want)), string(got))
	}
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	assert.Len(t, files, len(samples))
}

func TestDecodeReadsLeniently(t *testing.T) {
	for body, want := range map[string]Redeem{
		`{"order_id":"ORD-1","customer_id":"c","points_consumed":100}`:        {OrderID: "ORD-1", CustomerID: "c", PointsConsumed: Number{100, true}},
		` {"order_id":1234567890123456789012,"points_consumed":100.0,"x":[]}`: {OrderID: "1234567890123456789012", PointsConsumed: Number{100, true}},
		`{"order_id":null,"points_consumed":1e2}`:                             {PointsConsumed: Number{100, true}},
		`{"points_consumed":-5}`:                                              {PointsConsumed: Number{-5, true}},
		`{}`:                                                                  {},
	} {
		var got Redeem
		require.NoError(t, Decode([]byte(body), &got), body)
		assert.Equal(t, want, got, body)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, body := range []string{
		``, `[]`, `null`, `"x"`, `{`, `{"order_id":"a"} {}`, `{"order_id":"a"}x`, "{\"order_id\":\"\xff\"}",
		`{"order_id":true}`, `{"order_id":1.5}`, `{"order_id":1e5}`, `{"order_id":{}}`, `{"order_id":["a"]}`,
		`{"points_consumed":"100"}`, `{"points_consumed":1.5}`, `{"points_consumed":true}`, `{"points_consumed":[]}`,
		`{"points_consumed":99999999999999999999}`, `{"points_consumed":1e400}`, `{"points_consumed":1e17}`, `{"points_consumed":01}`,
	} {
		var got Redeem
		err := Decode([]byte(body), &got)
		var refused *DecodeError
		require.ErrorAs(t, err, &refused, body)
		assert.NotEmpty(t, refused.Reason)
	}
}

func TestParseDate(t *testing.T) {
	zone := time.FixedZone("IST", 5*3600+1800)
	want := time.Date(2026, 11, 26, 15, 42, 36, 0, zone)
	for _, text := range []string{"2026-11-26T15:42:36+05:30", "2026-11-26T10:12:36Z", "2026-11-26T15:42:36", "2026-11-26 15:42:36", "2026-11-26T10:12:36.000Z"} {
		got, err := ParseDate(text, zone)
		require.NoError(t, err, text)
		assert.True(t, got.Equal(want), text)
	}
	for _, text := range []string{"", "yesterday", "26.11.2026", "2026-13-01", "1764157356"} {
		_, err := ParseDate(text, zone)
		assert.Error(t, err, text)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"order_id":1,"points_consumed":1e2}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var got Redeem
		if err := Decode(body, &got); err != nil {
			var refused *DecodeError
			require.ErrorAs(t, err, &refused)
			return
		}
		again, err := json.Marshal(got)
		require.NoError(t, err)
		var twice Redeem
		require.NoError(t, Decode(again, &twice))
		assert.Equal(t, got.OrderID, twice.OrderID)
		assert.Equal(t, got.PointsConsumed.Value, twice.PointsConsumed.Value)
	})
}

// TestDecodeOneReading: what two readers may read differently is refused.
func TestDecodeOneReading(t *testing.T) {
	for _, body := range []string{`{"order_id":"1","order_id":"2"}`, `{"a":1,"A":1}`, `{"a":"\ud800"}`} {
		var into map[string]any
		var refused *DecodeError
		require.ErrorAs(t, Decode([]byte(body), &into), &refused, body)
	}
}
