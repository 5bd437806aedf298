package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
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
	memory.Promise(crm.GuaranteeNone)
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
	assert.Contains(t, metrics, `adapter_crm_down 0`)
	memory.Fail(func(operation string) connecttest.Fault {
		if operation == "enroll" {
			return connecttest.CutBefore
		}
		return connecttest.Fine
	})
	for range 2 { // the second finds out that nobody can find out
		_, body = r.call("POST", "/v1/card/anonymous", `{"phone":"+7 921 777-00-11"}`)
		assert.Contains(t, body, "902")
	}
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
		{app.ExitOK, "unknown", []string{"outbox", "status"}},
		{app.ExitOK, "enroll", []string{"outbox", "list", "--state", "unknown"}},
		{app.ExitOK, "coffee is stored", []string{"offers", "add", "coffee", "--name", "Coffee"}},
		{app.ExitOK, "+5 points", []string{"points", "grant", issued.CardNumber, "5"}},
		{app.ExitOK, "done before", []string{"points", "grant", issued.CardNumber, "5"}},
		{app.ExitOK, "-2 points", []string{"points", "take", issued.CardNumber, "2"}},
		{app.ExitFailed, "", []string{"points", "take", issued.CardNumber, "4"}},
		{app.ExitMisused, "ADAPTER_CRM", []string{"points", "exchange", issued.CardNumber, "5"}},
		{app.ExitOK, "SPRING", []string{"codes", "add", "SPRING", "--points", "5"}},
		{app.ExitMisused, "ADAPTER_CRM", []string{"card", "block", issued.CardNumber, "--reason", "lost"}},
		{app.ExitMisused, "ADAPTER_CRM", []string{"verify"}},
		{app.ExitOK, issued.CardNumber, []string{"erase", "79216668899", "--yes"}},
		{app.ExitFailed, "", []string{"erase", "79216668899", "--yes"}},
	} {
		code, text := run(c.args...)
		assert.Equal(t, c.code, code, "%v: %s", c.args, text)
		assert.Contains(t, text, c.says, "%v", c.args)
	}
	assert.Empty(t, memory.Stored(), "the CRM was told to erase")
	memory.Offer(crm.OffersBalance)
	code, text := run("points", "grant", issued.CardNumber, "5")
	assert.Equal(t, app.ExitMisused, code, text)
	assert.Contains(t, text, "takes no points")
	for _, variable := range []string{"ADAPTER_MICROSITE_PASSWORD", "ADAPTER_AWARDS"} {
		with := maps.Clone(env)
		with[variable] = "only-for-this-test"
		var log, out bytes.Buffer
		assert.Equal(t, app.ExitMisused, app.Main(t.Context(), []string{"serve"}, environ(with), &out, withMemory(memory), app.WithLogOutput(&log)))
		assert.Contains(t, out.String()+log.String(), variable+": needs the built-in engine; it cannot be used with ADAPTER_CRM")
	}
	env["ADAPTER_CRM"] = "nobody:knows"
	code, text = run("doctor")
	assert.Equal(t, app.ExitMisused, code, text)
	assert.Contains(t, text, "ADAPTER_CRM")
}

// queried is a CRM whose questions can be tried.
type queried struct{ *connecttest.Memory }

func (queried) Query(_ context.Context, name string, values map[string]string, personal bool) ([]connector.Row, error) {
	return []connector.Row{{Fields: [][2]string{{"asked", fmt.Sprint(name, values, personal)}}, LeftOut: "another phone than asked for"}}, nil
}

func TestCRMIsAskedByHand(t *testing.T) {
	env := environment(t)
	env["ADAPTER_CRM"] = "memory:"
	run := func(made crm.Connector, args ...string) (int, string) {
		var log, out bytes.Buffer
		code := app.Main(t.Context(), append([]string{"crm", "query"}, args...), environ(env), &out, app.WithLogOutput(&log),
			app.WithConnector("memory", func(context.Context, string, connector.Options) (crm.Connector, error) { return made, nil }))
		return code, out.String() + log.String()
	}
	able := queried{connecttest.NewMemory()}
	code, out := run(able, "find_by_phone", "phone=+79216668899")
	assert.Equal(t, app.ExitOK, code, out)
	assert.Contains(t, out, "find_by_phonemap[phone:+79216668899] false")
	assert.Contains(t, out, "left out")
	code, out = run(able, "find_by_phone", "phone=1", "--personal", "--json")
	assert.Equal(t, app.ExitOK, code, out)
	assert.Contains(t, out, `"asked": "find_by_phonemap[phone:1] true"`)
	for _, wrong := range [][]string{{"find_by_phone", "phone"}, {"find_by_phone", "phone=1", "phone=2"}} {
		code, out = run(able, wrong...)
		assert.Equal(t, app.ExitMisused, code, out)
	}
	code, out = run(connecttest.NewMemory(), "find_by_phone")
	assert.Equal(t, app.ExitMisused, code, out)
}
