package koshelek

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// checkDecoded decodes a body and holds the result to what Decode promises.
func checkDecoded(t *testing.T, body []byte, into any) {
	t.Helper()
	document := bytes.TrimPrefix(body, byteOrderMark)
	if err := Decode(body, into); err != nil {
		var decode *DecodeError
		require.ErrorAs(t, err, &decode)
		valid := json.Valid(document) && utf8.Valid(document)
		require.False(t, valid && decode.Reason == ReasonSyntax, "good syntax was called bad")
		return
	}
	require.True(t, json.Valid(document) && utf8.Valid(document), "a broken document was taken")

	written, err := json.Marshal(into)
	require.NoError(t, err)
	require.True(t, json.Valid(written) && utf8.Valid(written), "%q", written)
	again := reflect.New(reflect.TypeOf(into).Elem()).Interface()
	require.NoError(t, Decode(written, again))
	rewritten, err := json.Marshal(again)
	require.NoError(t, err)
	require.Equal(t, string(written), string(rewritten))
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"phone":"79216668899","email":null,"sex":true,"birthDate":19900228}`,
		`{"allow":["sms",1],"deny":"call","x":{"y":[{}]}}`,
		`{"cardNumber":1e3,"msisdn":"\ud800","qrCode":"t=1&s=2\\\""}`,
		"\xef\xbb\xbf{\"CODE\":\"\\u0000\"} ", `{"phone":[}]`, `{"a":"\`, nested(33), `{}{}`, `nul`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, into := range []any{new(User), new(Channels), new(QRCode), new(PromoCode), new(CardAnswer)} {
			checkDecoded(t, body, into)
		}
	})
}
