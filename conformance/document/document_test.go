package document_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/document"
)

func TestParseKeepsWhatWasWritten(t *testing.T) {
	v, err := document.Parse([]byte(` {"a":{"n":1.50,"n":"x"},"list":[true,null,"\u0416\ud83d\ude00\n"]} `))
	require.NoError(t, err)
	assert.Len(t, v.Get("a").Members, 2)
	assert.Equal(t, "x", v.Leaf("a", "n"))
	assert.Equal(t, document.Number, v.Get("a").Members[0].Value.Kind)
	assert.Equal(t, "1.50", v.Get("a").Members[0].Value.Text)
	assert.Equal(t, "Ж😀\n", v.Get("list").Items[2].Text)
	assert.Empty(t, v.Leaf("nothing", "here"))
	var places []string
	v.Walk(func(place string, _ *document.Value) bool { places = append(places, place); return true })
	assert.Equal(t, []string{"", "a", "a.n", "a.n", "list", "list[0]", "list[1]", "list[2]"}, places)
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		``, ` `, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `[1,]`, `[1 2]`, `"a`, "\"a\n\"", `"\x"`, `"\u12"`, `"\ud800"`, `"\ud800\u0041"`,
		`0123`, `-`, `1.`, `.5`, `+1`, `1e`, `nul`, `truth`, `{} {}`, `{}x`, "\ufeff{}", "\"\xff\"", strings.Repeat("[", 100) + strings.Repeat("]", 100),
	} {
		_, err := document.Parse([]byte(text))
		assert.Error(t, err, "%q", text)
	}
}

// TestWordsHaveAPlaceOfTheirOwn: the same word twice is two values, also for those
// who read two documents at once.
func TestWordsHaveAPlaceOfTheirOwn(t *testing.T) {
	v, err := document.Parse([]byte(`[null, true, true, null]`))
	require.NoError(t, err)
	var places []int
	for _, item := range v.Items {
		places = append(places, item.At)
	}
	assert.Equal(t, []int{1, 7, 13, 19}, places)
}

// FuzzParse compares the reader with the one of the standard library: what the
// one takes the other takes as well, but for what this one is stricter in.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null,true]}`, `"\ud83d\ude00"`, `-0.5e+3`, `01`, `[[[]]]`, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := document.Parse(body)
		if err == nil {
			assert.True(t, json.Valid(body))
			assert.NotNil(t, v)
		} else if json.Valid(body) {
			strict := strings.Contains(err.Error(), "UTF-8") || strings.Contains(err.Error(), "deep") || strings.Contains(err.Error(), "half a character")
			assert.True(t, strict, err)
		}
	})
}
