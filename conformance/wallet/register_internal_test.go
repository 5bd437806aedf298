package wallet

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

func at(seconds int) time.Time { return time.Unix(int64(seconds), 0) }

// TestFinals: which of several writes may be the last one.
func TestFinals(t *testing.T) {
	yes := func(value string, from, to int) write {
		return write{value: value, started: at(from), ended: at(to), accepted: true}
	}
	dropped := func(value string, from, to int) write {
		return write{value: value, started: at(from), ended: at(to)}
	}
	for name, c := range map[string]struct {
		writes []write
		want   []string
		unset  bool
	}{
		"nothing was sent":                      {nil, nil, true},
		"one":                                   {[]write{yes("a", 1, 2)}, []string{"a"}, false},
		"one after the other":                   {[]write{yes("a", 1, 2), yes("b", 3, 4)}, []string{"b"}, false},
		"a late copy of the first":              {[]write{yes("a", 1, 2), yes("b", 3, 4), yes("a", 5, 6)}, []string{"a"}, false},
		"two at once":                           {[]write{yes("a", 1, 3), yes("b", 2, 4)}, []string{"a", "b"}, false},
		"one within a long one":                 {[]write{yes("a", 1, 9), yes("b", 2, 3)}, []string{"a", "b"}, false},
		"a dropped one may stand":               {[]write{yes("a", 1, 2), dropped("b", 3, 8)}, []string{"a", "b"}, false},
		"a dropped one may come late":           {[]write{dropped("b", 1, 8), yes("a", 3, 4)}, []string{"a", "b"}, false},
		"a dropped one is over":                 {[]write{dropped("b", 1, 2), yes("a", 3, 4)}, []string{"a"}, false},
		"a refused one never stands":            {[]write{{value: "b", started: at(5), ended: at(6), refused: true}, yes("a", 1, 2)}, []string{"a"}, false},
		"a dropped one alone may not stand":     {[]write{dropped("b", 1, 2)}, []string{"b"}, true},
		"an accepted one begins as one ends":    {[]write{yes("a", 1, 3), yes("b", 3, 4)}, []string{"a", "b"}, false},
		"the latest begin decides, not the end": {[]write{yes("a", 1, 2), yes("b", 3, 9), yes("c", 5, 6)}, []string{"b", "c"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var r register
			for _, w := range c.writes {
				r.note(w)
			}
			values, unset := r.finals()
			var got []string
			for value := range values {
				got = append(got, value)
			}
			assert.ElementsMatch(t, c.want, got)
			assert.Equal(t, c.unset, unset)
		})
	}
}

func TestParsePoints(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "15": 1500, "15.5": 1550, "0.01": 1, "-3": -300} {
		got, err := parsePoints(text)
		assert.NoError(t, err)
		assert.Equal(t, want, got, text)
		assert.NotEmpty(t, points(got))
	}
	for _, text := range []string{"", "1/2", "1e9", "0x10", "0.001", "many", "99999999999999999999999", "1_0"} {
		_, err := parsePoints(text)
		assert.Error(t, err, text)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(200, "application/json; charset=utf-8", []byte(`{"card":{"cardNumber":"1","cardState":"active"}}`))
	f.Add(422, "text/html", []byte("\xff{"))
	f.Fuzz(func(_ *testing.T, status int, contentType string, body []byte) {
		for _, kind := range []Kind{Find, Reserve, Look, History, Scan} {
			Options{Profile: contract.DefaultProfile(koshelek.V130)}.read(kind, request{verb: "GET", path: "/v1/card"}, answer{status: status, header: map[string][]string{"Content-Type": {contentType}}, body: body})
		}
	})
}
