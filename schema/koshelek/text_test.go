package koshelek

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTextTakesAnyLeaf(t *testing.T) {
	for raw, want := range map[string]Text{
		`"79216668899"`:    "79216668899",
		`"м\u0436\n"`:      "мж\n",
		`""`:               "",
		`79216668899`:      "79216668899",
		`9007199254740993`: "9007199254740993",
		`1.50`:             "1.50",
		`-1e3`:             "-1e3",
		`true`:             "true",
		`false`:            "false",
		`null`:             "",
	} {
		got := Text("before")
		require.NoError(t, json.Unmarshal([]byte(raw), &got), raw)
		assert.Equal(t, want, got, raw)
		assert.Equal(t, string(want), got.String())
	}
}

func TestTextRefusesObjectsAndArrays(t *testing.T) {
	for _, raw := range []string{`{}`, `[]`, `{"a":1}`, `["a"]`} {
		var got Text
		refused(t, json.Unmarshal([]byte(raw), &got), ReasonNotLeaf)
	}
}

func TestTextIsWrittenAsAString(t *testing.T) {
	got, err := json.Marshal(Text("12"))
	require.NoError(t, err)
	assert.Equal(t, `"12"`, string(got))
}

func TestTextsTakesListsAndSingles(t *testing.T) {
	for raw, want := range map[string]Texts{
		`["sms","call"]`: {"sms", "call"},
		`[1,true,null]`:  {"1", "true", ""},
		`[]`:             {},
		`"sms"`:          {"sms"},
		`7`:              {"7"},
		`null`:           nil,
	} {
		got := Texts{"before", "it"}
		require.NoError(t, json.Unmarshal([]byte(raw), &got), raw)
		assert.Equal(t, want, got, raw)
	}
}

func TestTextsRefusesWhatIsNoLeaf(t *testing.T) {
	for _, raw := range []string{`{}`, `[[]]`, `["sms",{}]`} {
		var got Texts
		refused(t, json.Unmarshal([]byte(raw), &got), ReasonNotLeaf)
	}
}

func TestUnmarshallersDoNotPanicOnNothing(t *testing.T) {
	var text Text
	assert.NotPanics(t, func() { _ = text.UnmarshalJSON(nil) })
	var texts Texts
	assert.NotPanics(t, func() { _ = texts.UnmarshalJSON(nil) })
}
