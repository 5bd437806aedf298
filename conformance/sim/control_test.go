package sim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
)

func TestControl(t *testing.T) {
	h := newShop(t, sim.Settings{ControlToken: "open", Seed: 5})
	control := func(method, path, token, body string) (int, string) {
		r, err := http.NewRequest(method, h.url+"/_sim/"+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := h.client.Do(r)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		raw, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(raw)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string // contained
	}{
		{"GET", "", "", 200, `"test_only":true`},
		{"POST", "faults", `{"fault":"odd","endpoint":"buy","times":1}`, 200, `"id":1`},
		{"POST", "faults", `[{"fault":"slow","odds":0.5,"value":"1ms"},{"fault":"odd"}]`, 200, `"id":3`},
		{"POST", "faults", `[{"fault":"nonsense"}]`, 400, "nonsense"},
		{"POST", "faults", `x`, 400, "neither"},
		{"DELETE", "faults/3", "", 200, `"id":2`},
		{"DELETE", "faults/3", "", 404, "error"},
		{"GET", "faults", "", 200, `"slow"`},
		{"DELETE", "faults", "", 200, `"rules":[]`},
		{"PATCH", "knobs", `{"mood":"bad","wait":"2s"}`, 200, `"mood":"bad"`},
		{"PATCH", "knobs", `{"mood":"good","wait":"soon"}`, 400, "wait"},
		{"PATCH", "knobs", `{"none":"1"}`, 400, "none"},
		{"GET", "knobs", "", 200, `"mood":"bad"`},
		{"GET", "clock", "", 200, "2026-01-02T03:04:05Z"},
		{"POST", "clock", `{"advance":"55s"}`, 200, "2026-01-02T03:05:00Z"},
		{"POST", "clock", `{"set":"2027-01-02T03:05:00Z"}`, 200, "2027-01-02T03:05:00Z"},
		{"POST", "clock", `{}`, 400, "either"},
		{"POST", "clock", `{"advance":"x"}`, 400, "error"},
		{"POST", "actions/greet", `{"name":"Ann"}`, 200, `"hello Ann"`},
		{"POST", "actions/greet", ``, 400, "nobody"},
		{"POST", "actions/none", ``, 404, "greet"},
		{"GET", "state", "", 200, `"worked":0`},
		{"GET", "audit?doubled=1", "", 200, `[]`},
		{"GET", "calls?limit=x", "", 400, "limit"},
		{"GET", "nothing", "", 404, "error"},
	} {
		status, body := control(c.method, c.path, "open", c.body)
		assert.Equal(t, c.status, status, "%s %s %s: %s", c.method, c.path, c.body, body)
		assert.Contains(t, body, c.want, "%s %s", c.method, c.path)
	}
	status, _ := control("GET", "state", "shut", "")
	assert.Equal(t, 401, status)
	status, _, _ = h.buy(t)
	assert.Equal(t, 200, status)
	_, body := control("GET", "calls?endpoint=buy&limit=1", "open", "")
	assert.Contains(t, body, `"worked":true`)

	h.Audit.Effect("sale", "k", "1")
	h.Audit.Effect("sale", "k", "1")
	_, body = control("GET", "audit?doubled=1", "open", "")
	assert.Contains(t, body, `"effects":2`)
	_, _ = control("POST", "reset", "open", "")
	assert.Zero(t, h.worked.Load())
	assert.True(t, h.Knobs.Is("mood", "good"))
	assert.Empty(t, h.Audit.Awards())
	assert.Zero(t, h.Calls.Count("buy"))
}

func TestControlIsClosedWithoutToken(t *testing.T) {
	h := newShop(t, sim.Settings{})
	answer, err := h.client.Post(h.url+"/_sim/reset", "", nil)
	require.NoError(t, err)
	_ = answer.Body.Close()
	assert.Equal(t, 404, answer.StatusCode)
}
