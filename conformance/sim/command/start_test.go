package command_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/command"
)

func start(t *testing.T, c command.Config) *command.Simulators {
	running, err := command.Start(c)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		assert.NoError(t, running.Close(ctx))
	})
	return running
}

func all() command.Config {
	return command.Config{BigCity: "127.0.0.1:0", Qiibee: "127.0.0.1:0", Points: "127.0.0.1:0", Seed: 3}
}

func call(t *testing.T, method, url, body string, headers ...string) (int, string) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	assert.Contains(t, answer.Header.Get(sim.Header), "test only")
	raw, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(raw)
}

func TestEverySimulatorAnswersToItsCredentials(t *testing.T) {
	running := start(t, all())
	require.Len(t, running.Services, 3)
	p, q, b := running.Services[0], running.Services[1], running.Services[2]
	status, _ := call(t, "POST", p.Uses["token URL"], "grant_type=client_credentials&client_id="+p.Uses["client id"]+"&client_secret="+p.Uses["client secret"],
		"Content-Type", "application/x-www-form-urlencoded")
	assert.Equal(t, 200, status)
	status, _ = call(t, "GET", q.Uses["base URL"]+"/users", "", "X-API-KEY", q.Uses["X-API-KEY"])
	assert.Equal(t, 200, status)
	status, _ = call(t, "POST", b.Uses["base URL"]+"/company/auth", `{"secret":"`+b.Uses["company secret"]+`"}`, "Authorization", "Required", "Content-Type", "application/json")
	assert.Equal(t, 200, status)
	for _, s := range running.Services { // one clock for all
		status, body := call(t, "GET", s.URL+"/_sim/clock", "", "Authorization", "Bearer "+running.ControlToken)
		assert.Equal(t, 200, status, body)
		status, _ = call(t, "GET", s.URL+"/_sim/clock", "")
		assert.Equal(t, 401, status)
	}
}

func TestFaultsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faults.json")
	write := func(text string) command.Config {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		c := all()
		c.FaultsFile = path
		return c
	}
	running := start(t, write(`{"qiibee":{"faults":[{"fault":"status_500","odds":0.5}],"knobs":{"effect_after":"1h"}},"points":{}}`))
	assert.Len(t, running.Qiibee.Faults.Rules(), 1)
	assert.Equal(t, time.Hour, running.Qiibee.Knobs.Duration("effect_after"))
	for _, bad := range []string{`{"nobody":{}}`, `{"qiibee":{"fault":[]}}`, `{"qiibee":{"faults":[{"fault":"x"}]}}`, `{"qiibee":{"knobs":{"x":"y"}}}`, `{} {}`, `[`} {
		_, err := command.Start(write(bad))
		require.Error(t, err, bad)
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = busy.Close() }()
	c := all()
	c.BigCity = busy.Addr().String()
	_, err = command.Start(c)
	require.Error(t, err)
}
