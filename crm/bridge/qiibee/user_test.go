package qiibee_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/bridge/qiibee"
	"koshelek-adapter/crm/bridge/wire"
)

var (
	anna     = qiibee.User{AuthID: "a-1", Email: "anna@example.test", FirstName: "Anna", SecondName: "Ivanova", Language: "ru", Country: "rus"}
	annaBody = `{"user":{"email":"anna@example.test","auth_id":"a-1","first_name":"Anna","second_name":"Ivanova","language":"ru","country_ISO":"rus"}}`
)

func TestCreateUser(t *testing.T) {
	for _, body := range []string{
		annaBody, `{"data":` + annaBody + `}`, strings.TrimSuffix(strings.TrimPrefix(annaBody, `{"user":`), `}`),
		strings.Replace(annaBody, `"user"`, `"data"`, 1), `{"success":true,"status":201,"data":` + annaBody + `}`,
	} {
		v := newVendor(t, reply{status: 201, body: body})
		got, err := v.client(t).CreateUser(background, anna)
		require.NoError(t, err, body)
		assert.Equal(t, anna, got)
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
		_, err := c.CreateUser(background, u)
		require.ErrorIs(t, err, wire.Invalid, name)
	}
	_, err := c.ReplaceUser(background, qiibee.User{AuthID: "a"})
	require.ErrorIs(t, err, wire.Invalid)
	_, err = c.User(background, "")
	require.ErrorIs(t, err, wire.Invalid)
	_, err = c.Users(background, qiibee.Page{Limit: 101})
	require.ErrorIs(t, err, wire.Invalid)
	_, err = c.Users(background, qiibee.Page{Offset: -1})
	require.ErrorIs(t, err, wire.Invalid)
	assert.Empty(t, v.seen())
}

func TestUpdateReplaceAndGet(t *testing.T) {
	v := newVendor(t, reply{status: 502, body: "<html>"}, reply{status: 200, body: annaBody})
	c := v.client(t)
	got, err := c.UpdateUser(background, qiibee.User{AuthID: "a/1", Language: "it"})
	require.NoError(t, err)
	assert.Equal(t, anna, got)
	_, err = c.ReplaceUser(background, qiibee.User{AuthID: "a/1", Email: "x@y.z"})
	require.NoError(t, err)
	_, err = c.User(background, "a/1")
	require.NoError(t, err)
	update := `PATCH /api/admin/users/a%2F1 {"user":{"language":"it"}}`
	assert.Equal(t, []string{update, update, `PUT /api/admin/users/a%2F1 {"user":{"email":"x@y.z"}}`, `GET /api/admin/users/a%2F1`}, v.seen())
}

func TestListUsers(t *testing.T) {
	inner := strings.TrimSuffix(strings.TrimPrefix(annaBody, `{"user":`), `}`)
	for _, body := range []string{
		`[` + inner + `]`, `{"data":[` + inner + `]}`, `{"users":[` + annaBody + `]}`, `{"data":{"users":[` + inner + `],"total":1}}`,
	} {
		v := newVendor(t, reply{status: 200, body: body})
		got, err := v.client(t).Users(background, qiibee.Page{Limit: 5, Offset: 10})
		require.NoError(t, err, body)
		assert.Equal(t, []qiibee.User{anna}, got)
		assert.Equal(t, []string{"GET /api/admin/users/?limit=5&offset=10"}, v.seen())
	}
}

func TestEnsureUser(t *testing.T) {
	missing, found, made := reply{status: 404, body: `{}`}, reply{status: 200, body: annaBody}, reply{status: 201, body: annaBody}
	for name, tc := range map[string]struct {
		replies []reply
		calls   int
		fails   wire.Kind
	}{
		"is there":                  {[]reply{found}, 1, ""},
		"is made":                   {[]reply{missing, made}, 2, ""},
		"answer lost, was made":     {[]reply{missing, {lost: true}, found}, 3, ""},
		"a twin was quicker":        {[]reply{missing, {status: 400, body: `{"error":"auth_id has already been taken"}`}, found}, 3, ""},
		"answer lost, was not made": {[]reply{missing, {lost: true}, missing}, 3, wire.Unavailable},
		"really refused":            {[]reply{missing, {status: 400, body: `{"error":"email is invalid"}`}, missing}, 3, wire.Rejected},
		"cannot even be asked":      {[]reply{{status: 403}}, 1, wire.Forbidden},
	} {
		v := newVendor(t, tc.replies...)
		got, err := v.client(t).EnsureUser(background, anna)
		assert.Len(t, v.seen(), tc.calls, name)
		if tc.fails != "" {
			require.ErrorIs(t, err, tc.fails, name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, anna, got)
	}
}

func TestErrorsOfTheVendor(t *testing.T) {
	for body, message := range map[string]string{
		`{"error":"Invalid API Key"}`: "Invalid API Key", `Missing x-api-key header`: "Missing x-api-key header",
		`{"message":"Invalid API Key"}`: "Invalid API Key", `{"errors":["Invalid API Key"]}`: "Invalid API Key",
		`{"detail":"Invalid API Key"}`: "Invalid API Key", `<html>`: "an HTML page", ``: "",
	} {
		_, err := newVendor(t, reply{status: 401, body: body}).client(t).User(background, "a")
		require.ErrorIs(t, err, wire.Unauthorized)
		assert.Equal(t, message, failure(t, err).Message)
	}
	v := newVendor(t, reply{status: 200})
	_, err := v.client(t, func(c *qiibee.Config) { c.APIKey = wire.NewSecret("wrong-key-0815") }).User(background, "a")
	require.ErrorIs(t, err, wire.Unauthorized)
	assert.NotContains(t, fmt.Sprintf("%v %+v", err, failure(t, err).Record), "0815")
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	for _, body := range []string{``, `<html>`, `{"user":`, `[]`, `{}`, `null`, `7`, `{"user":{}}`, strings.Repeat(" ", 10<<20)} {
		c := newVendor(t, reply{status: 200, body: body}).client(t)
		_, err := c.User(background, "a")
		require.ErrorIs(t, err, wire.Malformed, "%.20s", body)
		if body != `[]` {
			_, err = c.Balances(background, "a")
			require.ErrorIs(t, err, wire.Malformed, "%.20s", body)
			_, err = c.Transactions(background, qiibee.Filter{})
			require.ErrorIs(t, err, wire.Malformed, "%.20s", body)
		}
	}
	_, err := newVendor(t, reply{status: 200, body: `{"message":"not found","status":404,"type":"x"}`}).client(t).User(background, "a")
	require.ErrorIs(t, err, wire.NotFound, "a success that is an error")
}

func TestConfigurationFaults(t *testing.T) {
	for _, config := range []qiibee.Config{
		{}, {BaseURL: qiibee.ProductionURL}, {BaseURL: "http://qiibee.example.test", APIKey: wire.NewSecret("k")},
		{BaseURL: qiibee.SandboxURL + "?x", APIKey: wire.NewSecret("k")}, {BaseURL: qiibee.SandboxURL, APIKey: wire.NewSecret("k\r\nX: y")},
	} {
		_, err := qiibee.New(config)
		assert.Error(t, err, "%+v", config)
	}
	c, err := qiibee.New(qiibee.Config{BaseURL: qiibee.SandboxURL, APIKey: wire.NewSecret(apiKey)})
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %+v", c, c, c, *c), apiKey)
}

func TestManyCallersShareTheClient(t *testing.T) {
	v := newVendor(t, reply{status: 200, body: annaBody})
	c := v.client(t)
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			_, err := c.User(background, "a-1")
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Len(t, v.seen(), 32)
}
