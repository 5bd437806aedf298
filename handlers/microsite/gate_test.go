package microsite_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/microsite"
	"koshelek-adapter/handlers/middleware"
	wire "koshelek-adapter/schema/microsite"
)

func TestCredentials(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		basic := func(user, password string) string {
			r, err := http.NewRequest(http.MethodGet, "/", nil)
			require.NoError(t, err)
			r.SetBasicAuth(user, password)
			return r.Header.Get("Authorization")
		}
		for _, method := range wire.Methods() {
			for _, bad := range []string{
				"", "Basic", "Basic !!", basic(login, ""), basic("", password), basic(login, password+"x"), basic(login, password[:5]),
				basic("BIGCITY", password), basic("koshelek", password), "Digest x",
			} {
				a := h.send(method.Verb, method.Path, bad, `{"customer_id":"x"}`)
				a.is(t, http.StatusUnauthorized, "Invalid credentials")
				assert.Contains(t, a.header.Get("WWW-Authenticate"), "Basic")
			}
		}
		h.send(http.MethodGet, "/api/v1/unknown", "", "").is(t, http.StatusUnauthorized, "Invalid credentials")
		h.send(http.MethodGet, "/api/v1/unknown", "basic", "").is(t, http.StatusNotFound, "There is no such path")
		h.send(http.MethodGet, wire.PathRedeem, "basic", "").is(t, http.StatusMethodNotAllowed, "The path does not take this method")
		card := h.card(anna)
		assert.Equal(t, http.StatusOK, h.points(card, basic(login, "the next password")).status)
	})
}

func TestBodies(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		for _, bad := range []string{"", "x", "[]", "null", `{"customer_id":`, `{"customer_id":"a"}{}`, "{\"customer_id\":\"\xff\"}", `{}`, `{"customer_id":" "}`} {
			a := h.send(http.MethodPost, wire.PathGenerateOTP, "basic", bad)
			assert.Equal(t, http.StatusBadRequest, a.status, bad)
			assert.True(t, strings.HasPrefix(a.message(), "The request is malformed: "), a.text)
		}
		large := `{"customer_id":"` + strings.Repeat("x", middleware.DefaultMaxBody) + `"}`
		h.send(http.MethodPost, wire.PathGenerateOTP, "basic", large).is(t, http.StatusRequestEntityTooLarge, "The request body is too large")
		a := h.send(http.MethodGet, wire.PathPoints+"?customer_id=%zz", "basic", "")
		assert.Equal(t, http.StatusBadRequest, a.status)
		a = h.send(http.MethodGet, wire.PathPoints+"?customer_id=1&customer_%69d=2", "basic", "")
		a.is(t, http.StatusBadRequest, "The request is malformed: customer_id stands twice")
		a = h.send(http.MethodGet, wire.PathPoints, "basic", "")
		a.is(t, http.StatusBadRequest, "The request is malformed: customer_id is needed")
	})
}

// chance is what holds any digits now and then: the number and time of a request.
var chance = regexp.MustCompile(`"id":"[0-9A-Z]{26}"|"ms":[0-9.]+`)

// TestNothingLeaks looks for codes, phones, passwords and tokens in the log.
func TestNothingLeaks(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		card := h.card(anna)
		reference := h.otp(anna)
		code := h.phones.last(anna)
		token := h.token(anna, anna)
		h.verify(anna, code, reference)
		h.points(anna, "Bearer "+token)
		h.points(anna, "Bearer "+token+"x")
		h.redeem(anna, "ORD-1", 5)
		h.post(wire.PathGenerateOTP, body{"customer_id": []string{anna}})
		log := chance.ReplaceAllString(h.log.String(), "")
		for _, secret := range []string{anna, code, h.phones.last(anna), token, token[:20], password, "666"} {
			assert.NotContains(t, log, secret)
		}
		assert.Contains(t, h.log.String(), `"route":"/api/v1/customer/points","status":200`)
		_ = card
	}, func(p *plan) { p.api.CustomersBy = crm.ByPhone })
}

func TestMetrics(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		h.points("nobody", "basic")
		h.points("nobody", "")
		assert.NoError(t, testutil.GatherAndCompare(h.registry, strings.NewReader(`
# HELP adapter_microsite_requests_total Requests answered, by route, method, status and error code.
# TYPE adapter_microsite_requests_total counter
adapter_microsite_requests_total{code="customer_not_found",method="GET",route="/api/v1/customer/points",status="404"} 1
adapter_microsite_requests_total{code="none",method="GET",route="/api/v1/customer/points",status="200"} 0
adapter_microsite_requests_total{code="none",method="POST",route="/api/v1/auth/generate-otp",status="200"} 0
adapter_microsite_requests_total{code="none",method="POST",route="/api/v1/auth/verify-otp",status="200"} 0
adapter_microsite_requests_total{code="none",method="POST",route="/api/v1/orders/redeem",status="200"} 0
adapter_microsite_requests_total{code="none",method="POST",route="/api/v1/orders/reverse",status="200"} 0
adapter_microsite_requests_total{code="unauthorized",method="GET",route="/api/v1/customer/points",status="401"} 1
# HELP adapter_microsite_auth_failures_total Requests without valid credentials.
# TYPE adapter_microsite_auth_failures_total counter
adapter_microsite_auth_failures_total 1
`), "adapter_microsite_requests_total", "adapter_microsite_auth_failures_total"))
	})
}

func TestOptionsMustBePossible(t *testing.T) {
	h := build(t, "sqlite:"+t.TempDir()+"/t.db")
	_, err := microsite.New(h.svc, microsite.Options{
		Options: middleware.Options{MaxBody: -1}, CustomersBy: "shoe size", InvalidCustomerStatus: 418, ReplayStatus: 201,
	})
	require.Error(t, err)
	for _, part := range []string{"credential", "identified", "invalid customer", "replay", "32 bytes", "zone", "limits"} {
		assert.ErrorContains(t, err, part)
	}
}
