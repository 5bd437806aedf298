package command_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
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
	running, err := command.Start(t.Context(), c)
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
	status, body := call(t, "POST", b.URL+"/_sim/actions/play", `{"story":"all"}`, "Authorization", "Bearer "+running.ControlToken)
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "no microsite target")
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
		_, err := command.Start(t.Context(), write(bad))
		require.Error(t, err, bad)
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = busy.Close() }()
	c := all()
	c.BigCity = busy.Addr().String()
	_, err = command.Start(t.Context(), c)
	require.Error(t, err)
	c = all()
	c.Microsite.Target = "http://127.0.0.1:1"
	_, err = command.Start(t.Context(), c)
	require.ErrorContains(t, err, "customer")
}

// The SMS gateway is one of the running's, and a story is played by the control
// API.
func TestPlayByControl(t *testing.T) {
	gateway := ""
	partner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/generate-otp") {
			answer, err := http.Get(gateway + "?text=123456")
			if err == nil {
				_ = answer.Body.Close()
			}
			_, _ = io.WriteString(w, `{"status":true,"reference_id":"r"}`)
			return
		}
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"status":false,"message":"Too many attempts. Please try again later."}`)
	}))
	defer partner.Close()
	c := all()
	c.Start = time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC)
	c.Microsite = command.Microsite{Target: partner.URL, Customer: "c-1", OTPGateway: "127.0.0.1:0"}
	running := start(t, c)
	require.Equal(t, "SMS gateway", running.Services[3].Name)
	gateway = running.Services[3].URL
	status, body := call(t, "POST", running.Services[2].URL+"/_sim/actions/play", `{"story":"wrong_otps"}`, "Authorization", "Bearer "+running.ControlToken)
	assert.Equal(t, 200, status, body)
	var reports []struct{ Findings []struct{ OK bool } }
	require.NoError(t, json.Unmarshal([]byte(body), &reports))
	require.Len(t, reports, 1)
	assert.Len(t, reports[0].Findings, 7)
	assert.False(t, reports[0].Findings[3].OK, "the first wrong one is a 422")
	assert.True(t, reports[0].Findings[6].OK)
	assert.Equal(t, c.Start, running.Clock.Now())
}
