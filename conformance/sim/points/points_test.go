package points_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/points"
)

var start = time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC)

// fixture is a simulator over HTTP, and a partner that collects its callbacks.
type fixture struct {
	t *testing.T
	*points.Simulator
	url, partner string
	answer       int // of the partner

	mu        sync.Mutex
	callbacks []string
}

func newFixture(t *testing.T, o points.Options) *fixture {
	if o.Clock == nil {
		o.Clock = sim.NewStandingClock(start)
	}
	o.Seed = 7
	h := &fixture{t: t, Simulator: points.New(o), answer: http.StatusOK}
	server := httptest.NewServer(h.Handler())
	partner := httptest.NewServer(http.HandlerFunc(h.collect))
	t.Cleanup(func() { server.Close(); o.Clock.Close(); h.Close(); partner.Close() })
	h.url, h.partner = server.URL, partner.URL
	return h
}

func (h *fixture) collect(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	h.callbacks = append(h.callbacks, string(body))
	h.mu.Unlock()
	w.WriteHeader(h.answer)
}

// heard returns the callbacks since the last time.
func (h *fixture) heard() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := h.callbacks
	h.callbacks = nil
	return heard
}

func (h *fixture) token() string {
	_, body := h.form(url.Values{"client_id": {"client"}, "client_secret": {"secret"}, "grant_type": {"client_credentials"}})
	return body["access_token"].(string)
}

func (h *fixture) form(v url.Values) (int, map[string]any) {
	answer, err := http.PostForm(h.url+"/realms/partner/protocol/openid-connect/token", v)
	require.NoError(h.t, err)
	return read(h.t, answer)
}

func read(t *testing.T, answer *http.Response) (int, map[string]any) {
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	var body map[string]any
	if len(raw) > 0 {
		require.NoError(t, json.Unmarshal(raw, &body), "%s", raw)
	}
	return answer.StatusCode, body
}

func (h *fixture) body(rule, request, amount string) string {
	return fmt.Sprintf(`{"userId":"u-1","ruleId":%q,"amount":%s,"requestId":%q,"callbackUrl":%q}`, rule, amount, request, h.partner+"/cb?t=x")
}

func (h *fixture) post(path, token, body string, headers ...string) (int, map[string]any) {
	r, err := http.NewRequest(http.MethodPost, h.url+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, nil
	}
	return read(h.t, answer)
}

func (h *fixture) earn(request, amount string) int {
	status, _ := h.post("/points/v1/earn", h.token(), h.body("earn", request, amount))
	return status
}

func (h *fixture) must(rules ...sim.Rule) {
	_, err := h.Faults.Add(rules...)
	require.NoError(h.t, err)
}

func TestEarnSettlesLaterAndCallsBack(t *testing.T) {
	h := newFixture(t, points.Options{})
	require.Equal(t, http.StatusAccepted, h.earn("r-1", "100"))
	assert.Empty(t, h.heard())
	assert.Equal(t, points.Amount(0), h.Balance("u-1"))
	h.Clock.Advance(time.Second)
	heard := h.heard()
	require.Len(t, heard, 1)
	assert.JSONEq(t, `{"action":"point_earn","clientId":"client","userId":"u-1","requestId":"r-1","ruleId":"earn","point":100,
		"transactionId":"txn-00000001","timestamp":"2026-09-17T12:00:00.02Z","status":"success"}`, heard[0])
	assert.Equal(t, "100", h.Balance("u-1").String())
	assert.Equal(t, 1, h.Audit.Of(points.Earn, "r-1").Effects)
	assert.True(t, h.Deliveries()[0].Done)
}

func TestRequestIDIsUsedOnce(t *testing.T) {
	h := newFixture(t, points.Options{})
	token := h.token()
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for range 20 {
		all.Go(func() {
			status, _ := h.post("/points/v1/earn", token, h.body("earn", "r-1", "5"))
			mu.Lock()
			defer mu.Unlock()
			seen[status]++
		})
	}
	all.Wait()
	assert.Equal(t, map[int]int{202: 1, 409: 19}, seen)
	require.NoError(t, h.Knobs.Set("repeated_request", "accept"))
	assert.Equal(t, 202, h.earn("r-1", "5"))
	h.Clock.Advance(time.Minute)
	assert.Equal(t, "5", h.Balance("u-1").String())
	award := h.Audit.Of(points.Earn, "r-1")
	assert.Equal(t, []int{2, 19, 1}, []int{award.Accepted, award.Refused, award.Effects})
}

func TestRefusals(t *testing.T) {
	open := points.Rule{ID: "earn", Kind: points.Earn, Active: true}
	h := newFixture(t, points.Options{Users: []string{"u-1"}, Rules: []points.Rule{open,
		{ID: "burn", Kind: points.Burn, Active: true}, {ID: "off", Kind: points.Earn},
		{ID: "soon", Kind: points.Earn, Active: true, From: start.Add(time.Hour)},
		{ID: "over", Kind: points.Earn, Active: true, To: start}},
		Clients: []points.Client{{ID: "client", Secret: "secret"}, {ID: "thin", Secret: "s", Scopes: []string{"balance"}}, {ID: "barred", Secret: "s", Forbidden: true}}})
	token := h.token()
	other := func(id string) string {
		_, body := h.form(url.Values{"client_id": {id}, "client_secret": {"s"}, "grant_type": {"client_credentials"}})
		return body["access_token"].(string)
	}
	for name, c := range map[string]struct {
		path, token, body string
		status            int
		code              string
	}{
		"no token":       {"earn", "nonsense", h.body("earn", "a", "1"), 401, "invalid_token"},
		"scope":          {"earn", other("thin"), h.body("earn", "a", "1"), 401, "insufficient_scope"},
		"client":         {"earn", other("barred"), h.body("earn", "a", "1"), 403, "access_forbidden"},
		"no JSON":        {"earn", token, "{", 400, "invalid_request"},
		"text":           {"earn", token, h.body("earn", "a", `"1"`), 400, "invalid_request"},
		"zero":           {"earn", token, h.body("earn", "a", "0"), 400, "invalid_request"},
		"negative":       {"earn", token, h.body("earn", "a", "-1"), 400, "invalid_request"},
		"three decimals": {"earn", token, h.body("earn", "a", "1.001"), 400, "invalid_request"},
		"foreign host":   {"earn", token, strings.Replace(h.body("earn", "a", "1"), "127.0.0.1", "192.0.2.1", 1), 400, "invalid_request"},
		"unknown rule":   {"earn", token, h.body("none", "a", "1"), 400, "rule_not_found"},
		"wrong kind":     {"earn", token, h.body("burn", "a", "1"), 400, "rule_wrong_kind"},
		"inactive":       {"earn", token, h.body("off", "a", "1"), 400, "rule_inactive"},
		"not yet":        {"earn", token, h.body("soon", "a", "1"), 400, "rule_outside_period"},
		"over":           {"earn", token, h.body("over", "a", "1"), 400, "rule_outside_period"},
		"balance":        {"redeem", token, h.body("burn", "a", "1"), 400, "insufficient_balance"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := h.post("/points/v1/"+c.path, c.token, c.body)
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.code, body["error"], "%v", body)
			assert.Contains(t, body, "details")
		})
	}
	require.NoError(t, h.Knobs.Set("users", "listed"))
	status, _ := h.post("/points/v1/earn", token, strings.Replace(h.body("earn", "a", "1"), "u-1", "u-2", 1))
	assert.Equal(t, 400, status)
	assert.Empty(t, h.Requests())
}

func TestCapAndBalanceAtSettlement(t *testing.T) {
	h := newFixture(t, points.Options{Rules: []points.Rule{{ID: "earn", Kind: points.Earn, Active: true, Cap: 15_00}, {ID: "burn", Kind: points.Burn, Active: true}}})
	for i, amount := range []string{"10", "10", "10"} {
		require.Equal(t, 202, h.earn(fmt.Sprint("r-", i), amount))
	}
	h.Clock.Advance(time.Second)
	heard := strings.Join(h.heard(), "\n")
	assert.Contains(t, heard, `"point":10`)
	assert.Contains(t, heard, `"point":5`)
	assert.Contains(t, heard, `"errorMessage":"Reaching Earning Limit"`)
	token := h.token()
	for i := range 2 { // both are accepted, since nothing is held
		status, _ := h.post("/points/v1/redeem", token, h.body("burn", fmt.Sprint("b-", i), "15"))
		require.Equal(t, 202, status)
	}
	h.Clock.Advance(time.Second)
	heard = strings.Join(h.heard(), "\n")
	assert.Contains(t, heard, `"status":"success"`)
	assert.Contains(t, heard, `"errorMessage":"Insufficient Balance"`)
	assert.Equal(t, "0", h.Balance("u-1").String())
}

func TestTokens(t *testing.T) {
	h := newFixture(t, points.Options{})
	good := url.Values{"client_id": {"client"}, "client_secret": {"secret"}, "grant_type": {"client_credentials"}}
	status, body := h.form(good)
	assert.Equal(t, 200, status)
	assert.EqualValues(t, 1800, body["expires_in"])
	assert.EqualValues(t, 0, body["refresh_expires_in"])
	assert.Equal(t, "Bearer", body["token_type"])
	status, body = h.form(url.Values{"client_id": {"client"}, "client_secret": {"wrong"}, "grant_type": {"client_credentials"}})
	assert.Equal(t, 401, status)
	assert.Contains(t, body, "error_description")
	status, _ = h.form(url.Values{"grant_type": {"password"}})
	assert.Equal(t, 400, status)

	old := h.token()
	h.Clock.Advance(30 * time.Minute)
	status, _ = h.post("/points/v1/earn", old, h.body("earn", "r", "1"))
	assert.Equal(t, 401, status, "over")
	require.NoError(t, h.Knobs.SetAll(map[string]string{"login_kills_old_token": "yes", "token_ttl": "1s"}))
	old = h.token()
	h.token()
	status, _ = h.post("/points/v1/earn", old, h.body("earn", "r", "1"))
	assert.Equal(t, 401, status, "killed")
	h.must(sim.Next("token_over", "earn"))
	assert.Equal(t, 401, h.earn("r", "1"))
	assert.Equal(t, 202, h.earn("r", "1"))
}

func TestBalanceShapes(t *testing.T) {
	h := newFixture(t, points.Options{})
	h.Grant("u/1", 1250)
	get := func() (int, string) {
		r, _ := http.NewRequest(http.MethodGet, h.url+"/latitude-points/orgs/org/point-programs/default/balances/u%2F1", nil)
		r.Header.Set("Authorization", "Bearer "+h.token())
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		raw, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(raw)
	}
	for shape, want := range map[string]string{
		"balance": `{"balance":12.5,"userId":"u/1"}`, "data.balance": `{"data":{"balance":12.5,"userId":"u/1"}}`,
		"points": `{"points":12.5,"userId":"u/1"}`, "text": `{"balance":"12.5"}`, "two": `{"balance":12.5,"points":13.5}`, "none": `{"userId":"u/1"}`,
	} {
		require.NoError(t, h.Knobs.Set("balance_shape", shape))
		status, body := get()
		assert.Equal(t, 200, status)
		assert.JSONEq(t, want, body)
	}
	require.NoError(t, h.Knobs.Set("unknown_user", "404"))
	h.Reset()
	status, body := get()
	assert.Equal(t, 200, status, "%s: knobs are back", body)
}
