package strictjson_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/schema/strictjson"
)

func TestCheck(t *testing.T) {
	many := make([]string, 5000)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	for text, want := range map[string]error{
		`{}`: nil, `[]`: nil, ` { "a" : 1 , "b" : [ ] } `: nil, `"a"`: nil, `1`: nil, `null`: nil,
		`{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}`: nil, // the same key in other objects
		`{"a":"{\"a\":1,\"a\":2}"}`:                 nil,
		`{"a":"\ud83d\ude00\u0041\\ud800"}`:         nil,
		`{"phone":1,"msisdn":2}`:                    nil,
		"{" + strings.Join(many, ",") + "}":         nil,

		`{"phone":1,"phone":1}`:                            strictjson.ErrKeyTwice,
		`{"phone":1,"Phone":1}`:                            strictjson.ErrKeyTwice,
		`{"phone":1,"ph\u006fne":1}`:                       strictjson.ErrKeyTwice,
		`{"surname":1,"ſurname":1}`:                        strictjson.ErrKeyTwice,
		`{"K":1,"k":1}`:                                    strictjson.ErrKeyTwice, // the Kelvin sign
		`{"имя":1,"ИМЯ":1}`:                                strictjson.ErrKeyTwice,
		`{"a":[{"b":{"x":1,"y":2,"x":3}}]}`:                strictjson.ErrKeyTwice,
		`{"a":{},"b":[[],{}],"A":0}`:                       strictjson.ErrKeyTwice,
		"{" + strings.Join(many, ",") + `,"K4999":1}`:      strictjson.ErrKeyTwice,
		"{" + strings.Join(many, ",") + `,"k3":1,"z":1}`:   strictjson.ErrKeyTwice,
		`{"a":"\ud800"}`:                                   strictjson.ErrHalfCharacter,
		`{"a":"\uD83D"}`:                                   strictjson.ErrHalfCharacter,
		`{"a":"\ude00"}`:                                   strictjson.ErrHalfCharacter,
		`{"a":"\ud83dx\ude00"}`:                            strictjson.ErrHalfCharacter,
		`{"a":"\ud83d\ud83d\ude00"}`:                       strictjson.ErrHalfCharacter,
		`{"a":"\ud83d\u0041"}`:                             strictjson.ErrHalfCharacter,
		`{"a":"\ud83d\n\ude00"}`:                           strictjson.ErrHalfCharacter,
		`["\udc00"]`:                                       strictjson.ErrHalfCharacter,
		`{"\ud800":1}`:                                     strictjson.ErrHalfCharacter,
		`"\ud800"`:                                         strictjson.ErrHalfCharacter,
		`{"a":1` + strings.Repeat(" ", 9) + `,"b":"\ud8"}`: nil, // not valid JSON, and no reason to fall
	} {
		err := strictjson.Check([]byte(text))
		if json.Valid([]byte(text)) {
			assert.ErrorIs(t, err, want, shorten(text))
		}
	}
}

func shorten(text string) string { return text[:min(len(text), 80)] }

// FuzzCheck: a document that passes loses no key in a map, and any other one is
// walked through without a fall.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":"\ud83d\ude00"}],"A":null}`, `[[],{},"\\\"",-1e3,true]`, `{"":{"":[]}}`, `{"a":1,"a":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := strictjson.Check(text)
		var known any
		if json.Unmarshal(text, &known) == nil && err == nil {
			require.Equal(t, colons(text), pairs(known))
		}
	})
}

// colons counts those outside strings: the pairs that were written.
func colons(text []byte) (n int) {
	inside := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			inside = !inside
		case inside && text[i] == '\\':
			i++
		case !inside && text[i] == ':':
			n++
		}
	}
	return n
}

// pairs counts those that are left.
func pairs(value any) (n int) {
	switch value := value.(type) {
	case map[string]any:
		for _, inner := range value {
			n += 1 + pairs(inner)
		}
	case []any:
		for _, inner := range value {
			n += pairs(inner)
		}
	}
	return n
}
