package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/sqldb/mariadbtest"
)

const micrositePassword = "correct horse for rewards"

// TestMicrosite walks one customer from the card to a reversed order, through
// the whole program and an SMS gateway, on both engines.
func TestMicrosite(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func() string{
		"sqlite":  func() string { return "sqlite:" + filepath.Join(t.TempDir(), "adapter.db") },
		"mariadb": func() string { return "mysql:" + mariadbtest.DSN(t) },
	} {
		t.Run(name, func(t *testing.T) {
			var message string
			gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				raw, _ := io.ReadAll(r.Body)
				message = string(raw)
				_, _ = io.WriteString(w, `{"status":"accepted"}`)
			}))
			defer gateway.Close()
			r := start(t, environment(t, "ADAPTER_DATABASE="+database(), "ADAPTER_EARN_WELCOME=100",
				"ADAPTER_MICROSITE_USER=bigcity", "ADAPTER_MICROSITE_PASSWORD="+micrositePassword,
				"ADAPTER_MICROSITE_SMS_URL="+gateway.URL, `ADAPTER_MICROSITE_SMS_BODY={"to":"{phone}","code":"{code}"}`,
				"ADAPTER_MICROSITE_SMS_EXPECT=accepted", map[string]string{"mariadb": "ADAPTER_MICROSITE_TOKEN_SECRET=" + strings.Repeat("one secret ", 4), "sqlite": "ADAPTER_LOG_LEVEL=info"}[name]))
			number := r.issued("79216668899")
			status, _ := r.call(http.MethodPost, "/api/v1/auth/generate-otp", `{}`)
			assert.Equal(t, http.StatusUnauthorized, status, "Koshelek's password is not the microsite's")
			answer := r.rewards(http.StatusOK, "auth/generate-otp", map[string]any{"customer_id": number})
			var sms struct{ To, Code string }
			require.NoError(t, json.Unmarshal([]byte(message), &sms), message)
			assert.Equal(t, "79216668899", sms.To)
			answer = r.rewards(http.StatusOK, "auth/verify-otp", map[string]any{
				"customer_id": number, "otp": sms.Code, "reference_id": answer["reference_id"],
			})
			assert.Equal(t, 100., answer["balance_points"])
			order := map[string]any{"order_id": "ORD-1", "customer_id": number, "points_consumed": 60, "transaction_date": "2026-11-26T15:42:36+05:30"}
			r.rewards(http.StatusOK, "orders/redeem", order)
			r.rewards(http.StatusConflict, "orders/redeem", order)
			_, card := r.call(http.MethodGet, "/v1/card/"+number, "")
			assert.Contains(t, card, `"available":"40"`, "Koshelek sees the same ledger")
			r.rewards(http.StatusOK, "orders/reverse", map[string]any{"order_id": "ORD-1", "customer_id": number, "points_reversed": 60, "reason": "test"})
			request, err := http.NewRequest(http.MethodGet, r.url+"/api/v1/customer/points?customer_id="+number, nil)
			require.NoError(t, err)
			request.Header.Set("Authorization", "Bearer "+answer["token"].(string))
			points, err := r.client.Do(request)
			require.NoError(t, err)
			defer points.Body.Close()
			text, _ := io.ReadAll(points.Body)
			assert.JSONEq(t, `{"status":true,"customer_id":"`+number+`","points_earned":100,"balance_points":100}`, string(text))
			_, page := r.get("/metrics")
			assert.Contains(t, page, `adapter_microsite_requests_total{code="none",method="POST",route="/api/v1/orders/redeem",status="200"} 1`)
			if name == "sqlite" { // no secret is made where several processes may serve
				info, err := os.Stat(filepath.Join(r.dir, "microsite-token-secret"))
				require.NoError(t, err)
				assert.Zero(t, info.Mode().Perm()&0o077)
			}
			require.Zero(t, r.end())
			for _, secret := range []string{sms.Code, "79216668899", answer["token"].(string), micrositePassword} {
				assert.NotContains(t, r.log.String(), secret)
			}
		})
	}
}

// issued gives a phone a card through Koshelek's API.
func (r *running) issued(phone string) string {
	r.t.Helper()
	status, text := r.call(http.MethodPost, "/v1/card/anonymous", `{"phone":"`+phone+`"}`)
	require.Equal(r.t, http.StatusOK, status, text)
	var answer struct{ Card struct{ CardNumber string } }
	require.NoError(r.t, json.Unmarshal([]byte(text), &answer))
	return answer.Card.CardNumber
}

func (r *running) rewards(want int, path string, body any) map[string]any {
	r.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(r.t, err)
	status, text := r.callAs("bigcity", micrositePassword, http.MethodPost, "/api/v1/"+path, string(raw))
	require.Equal(r.t, want, status, text)
	var answer map[string]any
	require.NoError(r.t, json.Unmarshal([]byte(text), &answer))
	return answer
}

func TestMicrositeOnItsOwnAddress(t *testing.T) {
	r := start(t, environment(t, "ADAPTER_MICROSITE_USER=bigcity", "ADAPTER_MICROSITE_PASSWORD="+micrositePassword,
		"ADAPTER_MICROSITE_SMS_CONSOLE=true", "ADAPTER_MICROSITE_LISTEN=127.0.0.1:0"))
	number := r.issued("79216668899")
	status, _ := r.callAs("bigcity", micrositePassword, http.MethodPost, "/api/v1/auth/generate-otp", `{}`)
	assert.Equal(t, http.StatusUnauthorized, status, "Koshelek's listener knows nothing of it")
	for line := range strings.Lines(r.log.String()) {
		var entry struct{ URL, Message string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "microsite.serving" {
			r.url = strings.TrimSuffix(entry.URL, "/api/v1/")
		}
	}
	r.rewards(http.StatusOK, "auth/generate-otp", map[string]any{"customer_id": number})
	assert.Contains(t, r.out.String(), "DEVELOPMENT ONLY: one-time code for ***99: ")
	status, _ = r.call(http.MethodGet, "/v1/card/"+number, "")
	assert.Equal(t, http.StatusUnauthorized, status, "and the microsite's nothing of Koshelek")
	assert.Zero(t, r.end())
}

func TestWithoutMicrosite(t *testing.T) {
	r := start(t, environment(t))
	status, _ := r.call(http.MethodPost, "/api/v1/auth/generate-otp", `{"customer_id":"x"}`)
	assert.Equal(t, http.StatusUnprocessableEntity, status)
}
