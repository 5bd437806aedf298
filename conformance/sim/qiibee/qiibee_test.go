package qiibee_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/qiibee"
)

// fixture is a simulator over HTTP, and a partner that collects its webhooks.
type fixture struct {
	t *testing.T
	*qiibee.Simulator
	url string

	mu     sync.Mutex
	answer int // of the partner
	hooks  []string
	auths  []string
}

func newFixture(t *testing.T, o qiibee.Options) *fixture {
	h := &fixture{t: t, answer: http.StatusOK}
	partner := httptest.NewServer(http.HandlerFunc(h.collect))
	clock := sim.NewStandingClock(time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC))
	o.Seed, o.Clock, o.WebhookURL = 7, clock, partner.URL+"/hook"
	h.Simulator = qiibee.New(o)
	server := httptest.NewServer(h.Handler())
	t.Cleanup(func() { server.Close(); clock.Close(); h.Close(); partner.Close() })
	h.url = server.URL
	return h
}

func (h *fixture) collect(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	user, password, _ := r.BasicAuth()
	h.hooks, h.auths = append(h.hooks, string(body)), append(h.auths, user+":"+password)
	w.WriteHeader(h.answer)
}

func (h *fixture) heard() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	heard := h.hooks
	h.hooks, h.auths = nil, nil
	return heard
}

// call answers 0 when there was no answer.
func (h *fixture) call(method, path, body string) (int, string) {
	r, err := http.NewRequest(method, h.url+"/api/admin"+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("X-API-KEY", "key")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(h.t, err)
	return answer.StatusCode, string(raw)
}

func (h *fixture) user(id string) {
	status, body := h.call("POST", "/users", fmt.Sprintf(`{"user":{"email":"a@shop.example","auth_id":%q}}`, id))
	require.Equal(h.t, 201, status, body)
}

func (h *fixture) transact(user, kind, amount string, more ...string) (int, string) {
	return h.call("POST", "/transactions", fmt.Sprintf(`{"transaction":{"user_auth_id":%q,"type":%q,"amount":%q,"token_id":12%s}}`, user, kind, amount, strings.Join(more, "")))
}

func (h *fixture) must(rules ...sim.Rule) {
	_, err := h.Faults.Add(rules...)
	require.NoError(h.t, err)
}

func TestKeyMessages(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	for key, want := range map[string]string{"": "Missing x-api-key header", "wrong": "Invalid API Key"} {
		r, _ := http.NewRequest("GET", h.url+"/api/admin/users/", nil)
		r.Header.Set("X-API-KEY", key)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		raw, _ := io.ReadAll(answer.Body)
		assert.Equal(t, 401, answer.StatusCode)
		assert.JSONEq(t, fmt.Sprintf(`{"error":%q}`, want), string(raw))
	}
	h.must(sim.Next("missing_key_401", ""), sim.Rule{Fault: sim.Status401, After: 1, Times: 1})
	_, body := h.call("GET", "/users", "")
	assert.Contains(t, body, "Missing x-api-key header")
	_, body = h.call("GET", "/users", "")
	assert.Contains(t, body, "Invalid API Key")
	for shape, want := range map[string]string{"message": `{"message":"User not found"}`, "errors": `{"errors":["User not found"]}`,
		"errors.detail": `{"errors":{"detail":"User not found"}}`, "detail": `{"detail":"User not found"}`, "text": "User not found"} {
		require.NoError(t, h.Knobs.Set("error_shape", shape))
		_, body := h.call("GET", "/users/nobody", "")
		assert.Equal(t, want, body)
	}
}

func TestUsers(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("a/b c")
	status, body := h.call("GET", "/users/a%2Fb%20c/", "")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"user":{"email":"a@shop.example","auth_id":"a/b c","first_name":"","second_name":"","language":"","country_ISO":""}}`, body)
	status, body = h.call("POST", "/users", `{"user":{"email":"a@shop.example","auth_id":"a/b c"}}`)
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "auth_id")
	for _, bad := range []string{`{}`, `{"user":{}}`, `{"user":{"email":"nonsense"}}`, `{"user":{"email":1}}`, `x`} {
		status, _ = h.call("POST", "/users", bad)
		assert.Equal(t, 400, status, bad)
	}
	status, body = h.call("PATCH", "/users/a%2Fb%20c", `{"user":{"first_name":"Ann","auth_id":"other"}}`)
	assert.Equal(t, 200, status)
	assert.Contains(t, body, `"first_name":"Ann"`)
	assert.Contains(t, body, `"auth_id":"a/b c"`)
	status, _ = h.call("PUT", "/users/a%2Fb%20c", `{"user":{"email":"bad"}}`)
	assert.Equal(t, 400, status)
	status, _ = h.call("PUT", "/users/nobody", `{"user":{}}`)
	assert.Equal(t, 404, status)
	status, body = h.call("POST", "/users", `{"user":{"email":"b@shop.example"}}`)
	assert.Equal(t, 201, status)
	assert.Regexp(t, `"auth_id":"[0-9a-f]{8}-0000-4000-8000-[0-9a-f]{12}"`, body)
	_, body = h.call("GET", "/users/?limit=1&offset=1", "")
	assert.Contains(t, body, "b@shop.example")
	assert.NotContains(t, body, "a@shop.example")
	status, _ = h.call("GET", "/users?limit=101", "")
	assert.Equal(t, 400, status)
	status, _ = h.call("GET", "/nonsense", "")
	assert.Equal(t, 404, status)
}

func TestTransactionsTakeEffectLater(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	for i, shape := range []string{"empty", "object", "json"} {
		require.NoError(t, h.Knobs.Set("accept_body", shape))
		status, body := h.transact("u", qiibee.Credit, "100")
		require.Equal(t, 202, status)
		switch i {
		case 0:
			assert.Empty(t, body)
		case 1:
			assert.Equal(t, "{}", body)
		default:
			assert.Contains(t, body, `"status":"pending"`)
		}
	}
	have, _ := h.Balance("u", 12)
	assert.Zero(t, have)
	assert.Equal(t, 3, h.Audit.Of("transaction", qiibee.Key("u", qiibee.Credit, "100", 12)).Accepted, "nothing makes two calls one")
	h.Clock.Advance(time.Second)
	status, body := h.call("GET", "/users/u/balances", "")
	assert.Equal(t, 200, status)
	assert.JSONEq(t, `{"data":[{"balance":300,"token":{"id":12,"address":"0x0c","name":"Sample Points","symbol":"SMP","type":"erc20","metadata":{}}}]}`, body)
	assert.Len(t, h.heard(), 3)

	status, _ = h.transact("u", qiibee.Debit, "200")
	require.Equal(t, 202, status)
	status, body = h.transact("u", qiibee.Debit, "101")
	assert.Equal(t, 400, status, "what is reserved is gone")
	assert.Contains(t, body, "Insufficient balance")
	h.must(sim.Next("effect_fails", "effect"))
	status, _ = h.transact("u", qiibee.Debit, "100")
	require.Equal(t, 202, status)
	h.Clock.Advance(time.Second)
	have, reserved := h.Balance("u", 12)
	assert.Equal(t, []int64{100, 0}, []int64{have, reserved})
	assert.Zero(t, h.Audit.Of("transaction", qiibee.Key("u", qiibee.Debit, "100", 12)).Effects)
	assert.Equal(t, []string{"webhook:webhook"}, h.auths)
	assert.Contains(t, h.heard()[0], `"amount":-200`)
}

func TestLostAnswerHasDoneTheWork(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	h.must(sim.Next(sim.LostAnswer, "transactions_create"), sim.Next("effect_late", "effect"))
	require.NoError(t, h.Knobs.Set("list_shows", "final"))
	status, _ := h.transact("u", qiibee.Credit, "5")
	assert.Equal(t, 0, status)
	_, body := h.call("GET", "/transactions?user_auth_id=u", "")
	assert.JSONEq(t, `{"data":{"transactions":[],"total_tx_count":0}}`, body, "not decided yet")
	h.Clock.Advance(11 * time.Minute)
	_, body = h.call("GET", "/transactions?user_auth_id=u", "")
	assert.Contains(t, body, `"status":"success"`)
	assert.Contains(t, body, `"total_tx_count":1`)
}

func TestLists(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	h.user("v")
	for i := range 5 {
		h.transact("u", qiibee.Credit, fmt.Sprint(i+1))
		h.Clock.Advance(time.Second)
	}
	h.transact("u", qiibee.Debit, "9")
	h.transact("v", qiibee.Credit, "7")
	amounts := func(query string) ([]string, int) {
		status, body := h.call("GET", "/transactions"+query, "")
		require.Equal(t, 200, status, body)
		var in struct {
			Data struct {
				Transactions []struct{ Amount string }
				Total        int `json:"total_tx_count"`
			}
		}
		require.NoError(t, json.Unmarshal([]byte(body), &in))
		found := []string{}
		for _, one := range in.Data.Transactions {
			found = append(found, one.Amount)
		}
		return found, in.Data.Total
	}
	for query, want := range map[string][]string{
		"": {"7", "9", "5", "4", "3", "2", "1"}, "?user_auth_id=u&limit=2&offset=1": {"5", "4"}, "?types[]=debit_points": {"9"},
		"?types%5B%5D=debit_points&types%5B%5D=credit_points&user_auth_id=v": {"7"}, "?token_id=14": {}, "?offset=99": {},
	} {
		found, total := amounts(query)
		assert.Equal(t, want, found, query)
		if query == "?user_auth_id=u&limit=2&offset=1" {
			assert.Equal(t, 6, total)
		}
	}
	for _, bad := range []string{"?limit=0", "?limit=101", "?offset=-1", "?limit=x"} {
		status, _ := h.call("GET", "/transactions"+bad, "")
		assert.Equal(t, 400, status, bad)
	}
}

func TestBadTransactions(t *testing.T) {
	h := newFixture(t, qiibee.Options{})
	h.user("u")
	h.Grant("u", 12, 1000)
	for name, body := range map[string]string{
		"User":       `{"user_auth_id":"x","type":"credit_points","amount":"1","token_id":12}`,
		"Token":      `{"user_auth_id":"u","type":"credit_points","amount":"1","token_id":13}`,
		"amount":     `{"user_auth_id":"u","type":"credit_points","amount":"1.5","token_id":12}`,
		"Invalid am": `{"user_auth_id":"u","type":"credit_points","amount":-1,"token_id":12}`,
		"type":       `{"user_auth_id":"u","type":"code_to_points","amount":"1","token_id":12}`,
		"Reward":     `{"user_auth_id":"u","type":"points_to_rewards","amount":"1","token_id":12,"reward_type_id":1}`,
		"provider":   `{"user_auth_id":"u","type":"points_to_external_rewards","amount":"1","token_id":12,"exchange_provider_implementation_name":"x"}`,
		"membership": `{"user_auth_id":"u","type":"points_to_external_rewards","amount":"1","token_id":12,"exchange_provider_implementation_name":"etihad"}`,
		"rate": `{"user_auth_id":"u","type":"points_to_external_rewards","amount":"1","token_id":12,"exchange_provider_implementation_name":"etihad",
			"membership_number_override":"123456789012","exchange_rate_override":"0"}`,
		"not allowed": `{"user_auth_id":"u","type":"exchange","amount":"1","brandA_token_id":14,"brandB_token_id":12}`,
	} {
		status, answer := h.call("POST", "/transactions", `{"transaction":`+body+`}`)
		assert.Equal(t, 400, status, name)
		assert.Contains(t, answer, name)
	}
	status, _ := h.call("POST", "/transactions", `[]`)
	assert.Equal(t, 400, status)
	assert.Empty(t, h.Transactions())
}
