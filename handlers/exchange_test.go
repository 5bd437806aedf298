package handlers_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/schema/koshelek"
	"koshelek-adapter/schema/koshelek/openapitest"
)

// reply is an answer, read to its end.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// request makes a request with the right credentials.
func (h *fixture) request(verb, path, body string) *http.Request {
	req, err := http.NewRequest(verb, h.server.URL+path, strings.NewReader(body))
	require.NoError(h.t, err)
	if body == "" {
		req.Body = http.NoBody
		req.ContentLength = 0
	}
	req.SetBasicAuth(login, password)
	return req
}

// exchange sends a request and holds both sides to the contract.
func (h *fixture) exchange(t testing.TB, req *http.Request, body string, verdict ...openapitest.Option) reply {
	t.Helper()
	resp, err := h.server.Client().Do(req)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	h.validator.Check(t, req, []byte(body), resp.StatusCode, resp.Header, answer, append(verdict, h.verdict...)...)
	if resp.ContentLength >= 0 && req.Method != http.MethodHead {
		assert.Len(t, answer, int(resp.ContentLength))
	}
	assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	assert.NotEmpty(t, resp.Header.Get("X-Request-Id"))
	assert.Empty(t, resp.Header.Get("Allow"))
	return reply{t, resp.StatusCode, resp.Header, answer}
}

// good sends a request that keeps the contract.
func (h *fixture) good(t testing.TB, verb, path, body string) reply {
	t.Helper()
	return h.exchange(t, h.request(verb, path, body), body)
}

// bad sends a request that breaks it.
func (h *fixture) bad(t testing.TB, verb, path, body string) reply {
	t.Helper()
	return h.exchange(t, h.request(verb, path, body), body, openapitest.BadRequest())
}

// ok asks for 200 and an empty body.
func (r reply) ok() {
	r.t.Helper()
	assert.Equal(r.t, http.StatusOK, r.status, "%s", r.body)
	assert.Empty(r.t, r.body)
	assert.Equal(r.t, "0", r.header.Get("Content-Length"))
}

// into asks for 200 and reads the body.
func (r reply) into(value any) {
	r.t.Helper()
	require.Equal(r.t, http.StatusOK, r.status, "%s", r.body)
	require.NoError(r.t, json.Unmarshal(r.body, value), "%s", r.body)
}

// text asks for 200 and gives the body.
func (r reply) text() string {
	r.t.Helper()
	assert.Equal(r.t, http.StatusOK, r.status)
	return string(r.body)
}

// refused asks for 422 with a code.
func (r reply) refused(code string) {
	r.t.Helper()
	r.error(http.StatusUnprocessableEntity, code)
}

func (r reply) error(status int, code string) {
	r.t.Helper()
	var body koshelek.Error
	if assert.NoError(r.t, json.Unmarshal(r.body, &body), "%s", r.body) {
		assert.Equal(r.t, code, body.Code, body.Description)
		assert.NotEmpty(r.t, body.Description)
	}
	assert.Equal(r.t, status, r.status)
	assert.Equal(r.t, strconv.Itoa(len(r.body)), r.header.Get("Content-Length"))
}

// card asks for 200 and a card.
func (r reply) card() koshelek.Card {
	r.t.Helper()
	var body koshelek.CardAnswer
	r.into(&body)
	return body.Card
}

// reserve reserves a number.
func (h *fixture) reserve(t testing.TB) string {
	t.Helper()
	var number string
	h.good(t, http.MethodGet, "/v1/card/anonymous", "").into(&number)
	return number
}

// issue gives a profile a card with a reserved number.
func (h *fixture) issue(t testing.TB, profile string) string {
	t.Helper()
	number := h.reserve(t)
	h.good(t, http.MethodPost, "/v1/card/anonymous/"+number, profile).ok()
	return number
}
