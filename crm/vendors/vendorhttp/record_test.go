package vendorhttp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// answerOf gives what a client made of a body.
func answerOf(t testing.TB, status int, body string, r vendorhttp.Request) (*vendorhttp.Answer, error) {
	t.Helper()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
	r.Call, r.Method, r.URL = "call", http.MethodPost, server.URL
	return do(t, vendorhttp.New("vendor", vendorhttp.Options{}), r)
}

func TestARecordHoldsNeitherSecretsNorPeople(t *testing.T) {
	body := `{"id":45654654654,"order_id":"ORD-001234","vouchers":[{"voucher_code":"BCP123456","pin":1234,"validity":"2024-03-26"},"BCPTEXT"],
		"auth_token":"opaque-token-1","token":{"address":"0x1","name":"My Token","type":"erc20"},"token_id":12,
		"user":{"email":"anna@example.test","first_name":"Anna","auth_id":"a-1"},"customer_mobile":"9876543210",
		"note":"call +91 98765 43210 or write to bob@example.test, eyJhbGciOi.eyJzdWIi.sig",
		"personalised_data":{"engraving":"For Olga"},"tx":"284798327469","echo":"key is topsecret1"}`
	answer, err := answerOf(t, 200, body, vendorhttp.Request{Hide: []string{"topsecret1"}})
	require.NoError(t, err)
	record := answer.Record()
	for _, secret := range []string{"BCP", ":1234", "opaque-token-1", "anna@", "Anna", "9876543210", "98765 43210", "bob@", "eyJ", "Olga", "topsecret1"} {
		assert.NotContains(t, record.Body, secret)
	}
	for _, kept := range []string{"45654654654", "ORD-001234", "2024-03-26", "0x1", "My Token", `"token_id":12`, "a-1", "284798327469"} {
		assert.Contains(t, record.Body, kept)
	}
	assert.True(t, json.Valid([]byte(record.Body)))
}

func TestErrorsHoldNeitherSecretsNorPeople(t *testing.T) {
	r := vendorhttp.Request{
		Hide:   []string{"company-secret"},
		Header: http.Header{"Authorization": {"Bearer opaque-bearer"}, "X-Api-Key": {"key-12345"}},
	}
	for _, body := range []string{
		`{"message":"company-secret of opaque-bearer key-12345 anna@example.test +7 921 666-88-99 9876543210","code":"company-secret","status":422}`,
		`company-secret opaque-bearer key-12345 anna@example.test 9876543210`,
		`<html>company-secret opaque-bearer key-12345 anna@example.test 9876543210</html>`,
		`{"company-secret":"x","9876543210":1,"error":["key-12345"]}`,
	} {
		_, err := answerOf(t, 422, body, r)
		e := failure(t, err)
		printed := fmt.Sprintf("%v %+v %#v %s %q", err, err, e.Record, e.Message, e.Code) + mustJSON(t, e)
		for _, secret := range []string{"company-secret", "opaque-bearer", "key-12345", "anna@", "9876543210", "666-88-99"} {
			assert.NotContains(t, printed, secret, body)
		}
	}
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	require.NoError(t, err)
	return string(out)
}

func TestTextsAreBounded(t *testing.T) {
	long := strings.Repeat("длинно ", 5000)
	_, err := answerOf(t, 400, `{"message":"`+long+`","code":"`+long+`"}`, vendorhttp.Request{})
	e := failure(t, err)
	assert.Less(t, len(e.Error()), 1000)
	assert.LessOrEqual(t, len(e.Record.Body), 8<<10+3)
	assert.True(t, utf8.ValidString(e.Record.Body))
	_, err = answerOf(t, 400, long, vendorhttp.Request{})
	assert.Less(t, len(failure(t, err).Error()), 200)
}

func TestControlCharactersDoNotReachALog(t *testing.T) {
	_, err := answerOf(t, 400, `{"message":"a\nFAKE LINE\u001b[31m"}`, vendorhttp.Request{})
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), "\x1b")
}

func TestSecretsPrintAsStars(t *testing.T) {
	s := setting.NewSecret("topsecret")
	holder := struct{ s setting.Secret }{s}
	for _, printed := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s), fmt.Sprintf("%v %+v %#v", holder, holder, holder), mustJSON(t, s)} {
		assert.NotContains(t, printed, "topsecret")
		assert.NotContains(t, printed, fmt.Sprintf("%x", "topsecret"))
	}
	assert.Equal(t, "topsecret", s.Reveal())
	assert.Empty(t, setting.Secret{}.Reveal())
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	for body, reason := range map[string]string{
		"":                "empty",
		" \n":             "empty",
		"<html>":          "HTML",
		`{"a":`:           "not JSON",
		`{"a":1} {"b":2}`: "goes on",
		`{"a":"x"}`:       "unexpected shape",
		"\xef\xbb\xbf{}":  "",
		`{"a":1}`:         "",
		`hello`:           "not JSON",
		`[`:               "not JSON",
		`[1]`:             "unexpected shape",
		`{"a":1}trailing`: "goes on",
	} {
		answer, err := answerOf(t, 200, body, vendorhttp.Request{})
		require.NoError(t, err)
		err = answer.Decode(&struct{ A int }{})
		if reason == "" {
			require.NoError(t, err, body)
			continue
		}
		require.ErrorIs(t, err, vendorhttp.Malformed, body)
		assert.Contains(t, err.Error(), reason, body)
		assert.False(t, vendorhttp.NeverSent(err))
		assert.False(t, vendorhttp.Refused(err))
	}
}

func TestBeforeAndRefuse(t *testing.T) {
	assert.NoError(t, vendorhttp.Before("vendor", "pay", nil))
	login := &vendorhttp.Error{Vendor: "vendor", Call: "login", Kind: vendorhttp.Unavailable, Status: 500}
	err := vendorhttp.Before("vendor", "pay", fmt.Errorf("wrapped: %w", login))
	assert.True(t, vendorhttp.NeverSent(err))
	assert.False(t, vendorhttp.NeverSent(login), "the original stays as it was")
	assert.Contains(t, err.Error(), "pay (login)")
	odd := vendorhttp.Before("vendor", "pay", errors.New("bob@example.test"))
	assert.True(t, vendorhttp.NeverSent(odd))
	assert.NotContains(t, odd.Error(), "bob")
	assert.True(t, vendorhttp.Refused(vendorhttp.Refuse("vendor", "pay", "no amount")))
	assert.False(t, vendorhttp.Refused(errors.New("x")))
	assert.False(t, vendorhttp.NeverSent(errors.New("x")))
}

func FuzzRecord(f *testing.F) {
	f.Add(`{"pin":"topsecret1"}`)
	f.Add(`topsecret1`)
	f.Add(`{"a":{"vouchers":[["topsecret1"]]}}`)
	f.Add(`{"topsecret1":[{"topsecret1":1}]}`)
	var body string
	server := serve(f, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	c := vendorhttp.New("vendor", vendorhttp.Options{})
	f.Fuzz(func(t *testing.T, in string) {
		body = in
		answer, err := do(t, c, vendorhttp.Request{Call: "c", Method: "GET", URL: server.URL, Hide: []string{"topsecret1"}})
		if err != nil {
			return
		}
		stored := answer.Record().Body
		if strings.Contains(stored, "topsecret1") || !utf8.ValidString(stored) || len(stored) > 9<<10 {
			t.Fatalf("%q became %q", in, stored)
		}
	})
}
