package qiibee_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

var (
	anna     = qiibee.User{AuthID: "a-1", Email: "anna@example.test", FirstName: "Anna", SecondName: "Ivanova"}
	annaBody = `{"user":{"email":"anna@example.test","auth_id":"a-1","first_name":"Anna","second_name":"Ivanova"}}`
)

func TestCreateUser(t *testing.T) {
	for _, body := range []string{
		annaBody, `{"data":` + annaBody + `}`, strings.TrimSuffix(strings.TrimPrefix(annaBody, `{"user":`), `}`),
		strings.Replace(annaBody, `"user"`, `"data"`, 1), `{"success":true,"status":201,"data":` + annaBody + `}`,
	} {
		v := newVendor(t, reply{status: 201, body: body})
		require.NoError(t, v.client(t).CreateUser(background, anna), body)
		assert.Equal(t, []string{"POST /api/admin/users " + annaBody}, v.seen())
	}
}

func TestUsersThatAreNotSent(t *testing.T) {
	v := newVendor(t, reply{status: 201, body: annaBody})
	c := v.client(t)
	for name, u := range map[string]qiibee.User{
		"no auth_id": {Email: "a@b.c"}, "dots": {AuthID: "..", Email: "a@b.c"}, "no email": {AuthID: "a"},
		"bad email": {AuthID: "a", Email: "ab.c"}, "two emails": {AuthID: "a", Email: "a@b.c,d@e.f"},
		"control": {AuthID: "a", Email: "a@b.c", FirstName: "A\x00"}, "long": {AuthID: strings.Repeat("x", 256), Email: "a@b.c"},
	} {
		require.ErrorIs(t, c.CreateUser(background, u), vendorhttp.Invalid, name)
	}
	require.ErrorIs(t, c.FindUser(background, ""), vendorhttp.Invalid)
	assert.Empty(t, v.seen())
}

func TestFindUserIsRepeated(t *testing.T) {
	v := newVendor(t, reply{status: 502, body: "<html>"}, reply{status: 200, body: annaBody})
	require.NoError(t, v.client(t).FindUser(background, "a/1"))
	assert.Equal(t, []string{`GET /api/admin/users/a%2F1`, `GET /api/admin/users/a%2F1`}, v.seen())
}

func TestEnsureUser(t *testing.T) {
	missing, found, made := reply{status: 404, body: `{}`}, reply{status: 200, body: annaBody}, reply{status: 201, body: annaBody}
	for name, tc := range map[string]struct {
		replies []reply
		calls   int
		fails   vendorhttp.Kind
	}{
		"is there":                  {[]reply{found}, 1, ""},
		"is made":                   {[]reply{missing, made}, 2, ""},
		"answer lost, was made":     {[]reply{missing, {lost: true}, found}, 3, ""},
		"a twin was quicker":        {[]reply{missing, {status: 400, body: `{"error":"auth_id has already been taken"}`}, found}, 3, ""},
		"answer lost, was not made": {[]reply{missing, {lost: true}, missing}, 3, vendorhttp.Unavailable},
		"really refused":            {[]reply{missing, {status: 400, body: `{"error":"email is invalid"}`}, missing}, 3, vendorhttp.Rejected},
		"cannot even be asked":      {[]reply{{status: 403}}, 1, vendorhttp.Forbidden},
	} {
		v := newVendor(t, tc.replies...)
		err := v.client(t).EnsureUser(background, anna)
		assert.Len(t, v.seen(), tc.calls, name)
		if tc.fails != "" {
			require.ErrorIs(t, err, tc.fails, name)
			continue
		}
		require.NoError(t, err, name)
	}
}

func TestErrorsOfTheVendor(t *testing.T) {
	for body, message := range map[string]string{
		`{"error":"Invalid API Key"}`: "Invalid API Key", `Missing x-api-key header`: "Missing x-api-key header",
		`{"message":"Invalid API Key"}`: "Invalid API Key", `{"errors":["Invalid API Key"]}`: "Invalid API Key",
		`{"detail":"Invalid API Key"}`: "Invalid API Key", `<html>`: "an HTML page", ``: "",
	} {
		err := newVendor(t, reply{status: 401, body: body}).client(t).FindUser(background, "a")
		require.ErrorIs(t, err, vendorhttp.Unauthorized)
		assert.Equal(t, message, failure(t, err).Message)
	}
	v := newVendor(t, reply{status: 200})
	err := v.client(t, func(s *qiibee.Settings) { s.APIKey = setting.NewSecret("wrong-key-0815") }).FindUser(background, "a")
	require.ErrorIs(t, err, vendorhttp.Unauthorized)
	assert.NotContains(t, fmt.Sprintf("%v %+v", err, failure(t, err).Record), "0815")
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	for _, body := range []string{``, `<html>`, `{"user":`, `[]`, `{}`, `null`, `7`, `{"user":{}}`, strings.Repeat(" ", 10<<20)} {
		c := newVendor(t, reply{status: 200, body: body}).client(t)
		err := c.FindUser(background, "a")
		require.ErrorIs(t, err, vendorhttp.Malformed, "%.20s", body)
		if body != `[]` {
			_, err = c.TransactionsSince(background, qiibee.Filter{}, time.Time{})
			require.ErrorIs(t, err, vendorhttp.Malformed, "%.20s", body)
		}
	}
	err := newVendor(t, reply{status: 200, body: `{"message":"not found","status":404,"type":"x"}`}).client(t).FindUser(background, "a")
	require.ErrorIs(t, err, vendorhttp.NotFound, "a success that is an error")
}

func TestFaultsOfSettings(t *testing.T) {
	const base = "https://bwaapi-sandbox.qiibee.com/api/admin"
	faults := map[string]string{}
	note := func(name, message string) {
		if message != "" {
			faults[name] = message
		}
	}
	qiibee.Settings{URL: base, APIKey: setting.NewSecret(apiKey)}.Check(false, note)
	assert.Empty(t, faults)
	for name, settings := range map[string]qiibee.Settings{
		"URL":              {URL: "http://qiibee.example.test", APIKey: setting.NewSecret("k")},
		"API_KEY":          {URL: base, APIKey: setting.NewSecret("k\r\nX: y")},
		"WEBHOOK_PASSWORD": {URL: base, APIKey: setting.NewSecret("k"), WebhookPassword: setting.NewSecret("short")},
		"WEBHOOK_USER":     {URL: base, APIKey: setting.NewSecret("k"), WebhookPassword: setting.NewSecret("long enough for it")},
	} {
		clear(faults)
		settings.Check(false, note)
		assert.Contains(t, faults, name)
	}
	clear(faults)
	qiibee.Settings{URL: base + "?x", APIKey: setting.NewSecret("k")}.Check(false, note)
	assert.Contains(t, faults, "URL")
	c := qiibee.New(qiibee.Settings{URL: base, APIKey: setting.NewSecret(apiKey)}, vendorhttp.Options{})
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), apiKey)
}

func TestManyCallersShareTheClient(t *testing.T) {
	v := newVendor(t, reply{status: 200, body: annaBody})
	c := v.client(t)
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			err := c.FindUser(background, "a-1")
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Len(t, v.seen(), 32)
}
