package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/connect/connector"
	"koshelek-adapter/crm/connect/connecttest"
	"koshelek-adapter/server/app"
)

// withMemory connects a CRM in memory as memory:.
func withMemory(m *connecttest.Memory) app.Option {
	return app.WithConnector("memory", func(context.Context, string, connector.Options) (crm.Connector, error) { return m, nil })
}

// TestConnectedCRM: Koshelek's API over a CRM, also while that is down, and what an
// operator can do beside it.
func TestConnectedCRM(t *testing.T) {
	env, memory := environment(t), connecttest.NewMemory()
	env["ADAPTER_CRM"] = "memory:"
	r := start(t, env, withMemory(memory))
	status, card := r.call("POST", "/v1/card/anonymous", `{"phone":"+7 921 666-88-99"}`)
	require.Equal(t, 200, status, card)
	status, found := r.call("GET", "/v1/card?msisdn=79216668899", "")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, card, found)
	var answer struct{ Card struct{ CardNumber string } }
	require.NoError(t, json.Unmarshal([]byte(card), &answer))
	issued := answer.Card
	status, body := r.call("GET", "/v1/card/"+issued.CardNumber, "")
	assert.Equal(t, 200, status, body)

	memory.Fail(func(string) connecttest.Fault { return connecttest.Refused })
	status, shown := r.call("GET", "/v1/card?msisdn=79216668899", "")
	assert.Equal(t, 200, status, "a card that is known is shown")
	assert.JSONEq(t, card, shown)
	status, body = r.call("GET", "/v1/card?msisdn=79217770011", "")
	assert.Contains(t, body, "902", "nobody is not said without the CRM's word")
	assert.NotEqual(t, 200, status)
	status, _ = r.get("/readyz")
	assert.Equal(t, 200, status, "the CRM being down does not make the adapter unready")
	_, metrics := r.get("/metrics")
	assert.Contains(t, metrics, `adapter_crm_stale_answers_total{operation="find"} 1`)
	memory.Fail(nil)
	assert.Equal(t, app.ExitOK, r.end())

	run := func(args ...string) (int, string) {
		var log, out bytes.Buffer
		code := app.Main(t.Context(), args, environ(env), &out, withMemory(memory), app.WithLogOutput(&log))
		return code, out.String() + log.String()
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{app.ExitOK, "memory answers", []string{"doctor"}},
		{app.ExitOK, "reserved", []string{"pool", "status"}},
		{app.ExitOK, "vendor", []string{"outbox", "status"}},
		{app.ExitOK, "coffee is stored", []string{"offers", "add", "coffee", "--name", "Coffee"}},
		{app.ExitMisused, "ADAPTER_CRM", []string{"points", "grant", issued.CardNumber, "5"}},
		{app.ExitMisused, "ADAPTER_CRM", []string{"card", "block", issued.CardNumber, "--reason", "lost"}},
		{app.ExitMisused, "ADAPTER_CRM", []string{"verify"}},
		{app.ExitOK, issued.CardNumber, []string{"erase", "79216668899"}},
		{app.ExitFailed, "", []string{"erase", "79216668899"}},
	} {
		code, text := run(c.args...)
		assert.Equal(t, c.code, code, "%v: %s", c.args, text)
		assert.Contains(t, text, c.says, "%v", c.args)
	}
	assert.Empty(t, memory.Stored(), "the CRM was told to erase")
	env["ADAPTER_CRM"] = "nobody:knows"
	code, text := run("doctor")
	assert.Equal(t, app.ExitMisused, code, text)
	assert.Contains(t, text, "ADAPTER_CRM")
}
