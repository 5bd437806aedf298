package app_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/connect/remote"
	"koshelek-adapter/crm/connect/remote/remotetest"
	"koshelek-adapter/server/app"
)

// TestRemoteCRM: the settings of a CRM over HTTP, and its word that a card was changed.
func TestRemoteCRM(t *testing.T) {
	host := remotetest.New()
	host.Token = "token"
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	env := environment(t)
	env["ADAPTER_CRM"], env["ADAPTER_CRM_HTTP_SECRET"], env["ADAPTER_CRM_HTTP_TOKEN"] = "http:"+server.URL, remotetest.Secret, "token"
	r := start(t, env)
	status, card := r.call("POST", "/v1/card/anonymous", `{"phone":"+7 921 666-88-99"}`)
	require.Equal(t, 200, status, card)
	_, number, _ := strings.Cut(card, `"cardNumber":"`)
	number, _, _ = strings.Cut(number, `"`)
	for range 2 {
		status, _ = r.call("GET", "/v1/card/"+number, "")
		assert.Equal(t, 200, status)
	}
	seen := host.Calls("balance")
	assert.Equal(t, 1, seen, "the second time it is fresh")

	changed := func(secret string) int {
		body := `{"card":"` + number + `"}`
		webhook, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		now := time.Now()
		signature, err := webhook.Sign("msg_1", now, []byte(body))
		require.NoError(t, err)
		request, err := http.NewRequest(http.MethodPost, r.url+remote.PathChanged, strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("webhook-id", "msg_1")
		request.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
		request.Header.Set("webhook-signature", signature)
		answer, err := r.client.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	assert.Equal(t, 404, changed("whsec_b2xkLXNlY3JldC1vZi10aGUtY3JtLTEyMzQ1Ng=="), "somebody else")
	_, _ = r.call("GET", "/v1/card/"+number, "")
	assert.Equal(t, seen, host.Calls("balance"))
	assert.Equal(t, 200, changed(remotetest.Secret))
	_, _ = r.call("GET", "/v1/card/"+number, "")
	assert.Equal(t, seen+1, host.Calls("balance"), "the CRM is asked again")
	assert.Equal(t, app.ExitOK, r.end())
}
