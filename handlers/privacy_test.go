package handlers_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers"
	"koshelek-adapter/schema/koshelek/openapitest"
)

// marks are what must never appear outside of an answer.
var marks = []string{"79219998877", "9219998877", "marked", "Мечена", "Мечен", "1977-07-07", "МЕТКА", "8877", login + ":"}

const marked = `{"phone":"+7 921 999-88-77","email":"marked@example.com","surname":"Мечена","firstname":"Меченая","birthDate":"1977-07-07"}`

// chance is what holds any digits now and then, a short mark's among them: the
// number of a request, its time, and the values of metrics.
var chance = regexp.MustCompile(`(?m)"id":"[0-9A-Z]{26}"|"ms":[0-9.]+| [0-9.e+-]+$`)

// TestPersonalDataStaysInside makes good and bad calls with marked data and
// looks for it in every log line and metric.
func TestPersonalDataStaysInside(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, marked)
		marks := append([]string{number}, marks...)
		calls := h.logs.count()
		send := func(verb, path, body string) { h.bad(t, verb, path, body); calls++ }
		for _, path := range []string{"/v1/card?msisdn=79219998877&email=marked@example.com&birthDate=1977-07-07", "/v1/card/" + number,
			"/v1/card/" + number + "/campaigns", "/v1/card/" + number + "/purchases?startDate=1977-07-07", "/v1/card/getAllUsersExtended",
			"/v1/card?msisdn=79219998877%zz", "/v1/card?email=marked", "/v1/marked/79219998877?x=marked", "/v1/card/marked%2079219998877"} {
			send(get, path, "")
			send("MARKED79219998877", path, "")
		}
		for _, body := range []string{marked, `{"phone":"79219998877x","email":"marked@"}`, `{"phone":"79219998877","birthDate":"1977-07-77"}`,
			`{"phone":"79219998877","sex":"marked"}`, `{"phone":"79219998877"`, `{"phone":{"marked":"79219998877"}}`,
			`{"cardNumber":"` + number + `","code":"МЕТКА","qrCode":"t=marked79219998877"}`, `{"msisdn":"79219998877","code":"МЕТКА","qrCode":"МЕТКА"}`} {
			for _, target := range bodyTargets {
				verb, path, _ := strings.Cut(strings.Replace(target, "N", number, 1), " ")
				send(verb, path, body)
			}
		}
		require.NoError(t, h.svc.SetCardState(context.Background(), number, crm.CardBlocked, "test", ""))
		send(get, "/v1/card?msisdn=79219998877", "")
		for _, text := range []string{h.logs.text(calls), h.scrape(t)} {
			text = chance.ReplaceAllString(text, "")
			for _, mark := range marks {
				assert.NotContains(t, text, mark)
			}
		}
		assert.Equal(t, calls, h.logs.count(), "one line a request")
	})
}

// scrape reads the metrics as prometheus does.
func (h *fixture) scrape(t testing.TB) string {
	t.Helper()
	ops := httptest.NewServer(handlers.NewOps(handlers.OpsOptions{Gatherer: h.registry}))
	defer ops.Close()
	resp, err := ops.Client().Get(ops.URL + "/metrics")
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return string(text)
}

func TestInjection(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		const sql = `Robert'); DROP TABLE customer; --`
		h.good(t, post, "/v1/card/"+number, `{"surname":"`+sql+`","firstname":"\" OR \"\"=\"","locality":"<script>$(id)</script>"}`).ok()
		profile, err := h.svc.Holder(context.Background(), number)
		require.NoError(t, err)
		assert.Equal(t, [3]string{sql, `" OR ""="`, "<script>$(id)</script>"}, [3]string{profile.Surname, profile.FirstName, profile.Locality})
		h.bad(t, get, "/v1/card?msisdn='%20OR%201=1%20--", "").refused("111")
		h.bad(t, get, "/v1/card?email=x'%20OR%201=1%20--@b.ru", "").refused("112")
		h.good(t, get, "/v1/card?email=x'/**/or/**/1=1@b.ru", "").ok()
		h.bad(t, get, "/v1/card/a%0d%0alevel=error%1b[31m", "").refused("114")
		for i := range h.logs.count() {
			line := h.logs.line(t, i+1)
			assert.NotContains(t, h.logs.all(0)[i], "\x1b")
			assert.Equal(t, "request", line["message"])
		}
	})
}

func TestRequestIDs(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		for sent, kept := range map[string]bool{
			"abc.DEF_1-2": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "": false,
			"a b": false, "a\tb": false, "id;x=1": false, "\x80": false, "ы": false, `a"b`: false, "{}": false, "a/b": false,
		} {
			n := h.logs.count()
			req := h.request(get, "/v1/card/404", "")
			req.Header["X-Request-Id"] = []string{sent}
			reply := h.exchange(t, req, "", openapitest.BadRequest())
			reply.refused("201")
			id := reply.header.Get("X-Request-Id")
			assert.Equal(t, kept, id == sent, sent)
			assert.Equal(t, id, h.logs.line(t, n+1)["id"])
			if !kept {
				assert.Len(t, id, 26)
			}
		}
	})
}
