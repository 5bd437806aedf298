package koshelek

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refused fails the test unless err is a DecodeError for the reason.
func refused(t *testing.T, err error, reason Reason) {
	t.Helper()
	var decode *DecodeError
	require.ErrorAs(t, err, &decode)
	assert.Equal(t, reason, decode.Reason)
}

// nested is an object with brackets depth levels deep, the object included.
func nested(depth int) string {
	return `{"x":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
}

func TestDecodeTakes(t *testing.T) {
	anna := User{Phone: "79216668899", Firstname: "Анна"}
	for name, body := range map[string]string{
		"the plain case":         `{"phone":"79216668899","firstname":"Анна"}`,
		"typed leaves":           `{"phone":79216668899,"firstname":"Анна","email":null}`,
		"keys of any case":       `{"PHONE":"79216668899","firstName":"Анна"}`,
		"a byte order mark":      "\xef\xbb\xbf" + `{"phone":"79216668899","firstname":"Анна"}`,
		"blanks around":          " \r\n\t" + `{"phone":"79216668899","firstname":"Анна"}` + "\n ",
		"unknown keys":           `{"phone":"79216668899","firstname":"Анна","x":{"y":[1,null]}}`,
		"a pair of surrogates":   `{"phone":"79216668899","firstname":"Анна","x":"\ud83d\ude00"}`,
		"brackets in strings":    `{"phone":"79216668899","firstname":"Анна","x":"}]\"]}{\\"}`,
		"deep only in a string":  `{"phone":"79216668899","firstname":"Анна","x":"\"` + strings.Repeat("[", 99) + `"}`,
		"escapes":                `{"phone":"79216668899","firstname":"\u0410\u043d\u043d\u0430"}`,
		"the deepest allowed":    `{"phone":"79216668899","firstname":"Анна",` + nested(maxDepth)[1:],
		"many siblings, no nest": `{"phone":"79216668899","firstname":"Анна","x":[` + strings.Repeat("[],", 99) + `[]]}`,
	} {
		t.Run(name, func(t *testing.T) {
			var got User
			require.NoError(t, Decode([]byte(body), &got))
			assert.Equal(t, anna, got)
		})
	}
}

func TestDecodeReadsEveryRequest(t *testing.T) {
	var channels Channels
	require.NoError(t, Decode([]byte(`{"allow":["sms"],"Deny":"call"}`), &channels))
	assert.Equal(t, Channels{Allow: Texts{"sms"}, Deny: Texts{"call"}}, channels)

	var receipt QRCode
	require.NoError(t, Decode([]byte(`{"cardnumber":1,"MSISDN":2,"qrcode":"t=1&s=2"}`), &receipt))
	assert.Equal(t, QRCode{CardNumber: "1", MSISDN: "2", QRCode: "t=1&s=2"}, receipt)

	var promo PromoCode
	require.NoError(t, Decode([]byte(`{"cardNumber":"1","msisdn":"2","code":true}`), &promo))
	assert.Equal(t, PromoCode{CardNumber: "1", MSISDN: "2", Code: "true"}, promo)
}

func TestDecodeRefuses(t *testing.T) {
	for _, row := range []struct {
		name, body string
		reason     Reason
	}{
		{"no body", "", ReasonEmpty},
		{"blanks only", " \r\n", ReasonEmpty},
		{"a byte order mark only", "\xef\xbb\xbf", ReasonEmpty},
		{"a broken letter", "{\"phone\":\"\xff\"}", ReasonUTF8},
		{"another encoding", "\xff\xfe{\x00}\x00", ReasonUTF8},
		{"two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf{}", ReasonNotObject},
		{"an array", `[{"phone":"1"}]`, ReasonNotObject},
		{"a string", `"secret"`, ReasonNotObject},
		{"null", `null`, ReasonNotObject},
		{"a form", `phone=1&email=2`, ReasonNotObject},
		{"a cut off body", `{"phone":"1"`, ReasonSyntax},
		{"a cut off string", `{"phone":"1`, ReasonSyntax},
		{"a cut off escape", `{"phone":"1\`, ReasonSyntax},
		{"a missing quote", `{phone:"1"}`, ReasonSyntax},
		{"a comma too many", `{"phone":"1",}`, ReasonSyntax},
		{"a wrong bracket", `{"phone":"1"]}`, ReasonSyntax},
		{"crossed brackets", `{"phone":[}]`, ReasonSyntax},
		{"a control character", "{\"phone\":\"\x01\"}", ReasonSyntax},
		{"a second object", `{"phone":"1"}{"phone":"2"}`, ReasonTrailing},
		{"a second bracket", `{"phone":"1"}}`, ReasonTrailing},
		{"a zero byte behind", "{\"phone\":\"1\"}\x00", ReasonTrailing},
		{"a key twice", `{"phone":"1","phone":"2"}`, ReasonTwoWays},
		{"a key in two spellings", `{"phone":"1","Phone":"1"}`, ReasonTwoWays},
		{"half of a character", `{"surname":"secret\ud800"}`, ReasonTwoWays},
		{"one level too deep", nested(maxDepth + 1), ReasonTooDeep},
		{"far too deep", strings.Repeat(`{"x":`, 1_000_000), ReasonTooDeep},
		{"an object for a leaf", `{"phone":{"secret":"secret"}}`, ReasonNotLeaf},
		{"an array for a leaf", `{"phone":["secret"]}`, ReasonNotLeaf},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := Decode([]byte(row.body), new(User))
			refused(t, err, row.reason)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestDecodeRefusesALeafWhereAnObjectIsDue(t *testing.T) {
	for _, body := range []string{`{"card":"secret"}`, `{"card":["secret"]}`, `{"card":{"cardNumber":4276}}`} {
		err := Decode([]byte(body), new(CardAnswer))
		refused(t, err, ReasonType)
		assert.NotContains(t, err.Error(), "secret")
		assert.NotContains(t, err.Error(), "4276")
	}
}

func TestDecodeTellsTheProgrammerApart(t *testing.T) {
	var invalid *json.InvalidUnmarshalError
	require.ErrorAs(t, Decode([]byte(`{}`), User{}), &invalid)
}

func TestEveryReasonHasWordsOfItsOwn(t *testing.T) {
	reasons := []Reason{
		ReasonEmpty, ReasonUTF8, ReasonSyntax, ReasonTrailing,
		ReasonTooDeep, ReasonNotObject, ReasonNotLeaf, ReasonType, ReasonTwoWays,
	}
	seen := map[string]bool{}
	for _, reason := range reasons {
		seen[(&DecodeError{Reason: reason}).Error()] = true
	}
	assert.Len(t, seen, len(reasons))
}

func TestCheckingADocumentDoesNotAllocate(t *testing.T) {
	body := []byte(`{"phone":"79216668899","x":[[1,2],{"y":"]"}]}`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _ = checkDocument(body) }))
}
