package bigcity_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	"koshelek-adapter/conformance/sim/bigcity"
)

// jwt is a customer's token as a partner would sign it.
func jwt(claims string, key string) string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(signed))
	return "Bearer " + signed + "." + encode(mac.Sum(nil))
}

func tokenOf(customer string) string {
	return jwt(fmt.Sprintf(`{"sub":%q,"exp":%d}`, customer, start.Add(time.Hour).Unix()), "k")
}

// ledger is a partner that notes what it is told.
type ledger struct {
	mu     sync.Mutex
	told   []string
	refuse string
}

// partner serves the ledger.
func (l *ledger) partner(t *testing.T) bigcity.Partner {
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	return bigcity.Partner{URL: server.URL, User: "site", Password: "pw"}
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var body struct {
		OrderID    string `json:"order_id"`
		CustomerID string `json:"customer_id"`
		Consumed   int    `json:"points_consumed"`
		Reversed   int    `json:"points_reversed"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	user, password, _ := r.BasicAuth()
	what := path.Base(r.URL.Path)
	l.told = append(l.told, fmt.Sprintf("%s:%s %s %s %s %d", user, password, what, body.OrderID, body.CustomerID, body.Consumed+body.Reversed))
	if what == "redeem" && l.refuse != "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"status":false,"message":%q}`, l.refuse)
		return
	}
	_, _ = io.WriteString(w, `{"status":true}`)
}

func siteOrder(id, sku string, total int) string {
	return strings.NewReplacer("1500.5", fmt.Sprint(total), `"qty":2`, `"qty":1`).Replace(order(id, sku))
}

func TestSiteOrders(t *testing.T) {
	l := &ledger{}
	h := newFixture(t, bigcity.Options{Partner: l.partner(t)})
	token := tokenOf("c-1")
	status, raw := h.raw("GET", "/api/v1/catalog", token, "")
	assert.Equal(t, 200, status)
	assert.Contains(t, raw, `{"id":22,"denomination_value":250,"status":1,"qty_trigger_limit":1,"qty":5,"skus":"MUG\tBlue"}`)
	state := func(id string) string {
		_, body := h.call("GET", "/api/v1/orders/status?order_id="+id, token, "")
		text, _ := body["status"].(string)
		return text
	}
	status, body := h.call("POST", "/api/v1/orders", token, siteOrder("o-1", "MUG\tBlue", 250))
	assert.Equal(t, 200, status, body)
	assert.Equal(t, "PENDING", state("o-1"))
	status, _ = h.call("POST", "/api/v1/orders", token, siteOrder("o-1", "MUG\tBlue", 250))
	assert.Equal(t, 409, status)
	h.Clock.Advance(time.Second)
	assert.Equal(t, "PROCESSING", state("o-1"))
	h.Clock.Advance(time.Minute)
	assert.Equal(t, "FULFILLED", state("o-1"))
	_, body = h.call("GET", "/api/v1/orders/status?order_id=o-1", token, "")
	assert.Equal(t, "2026-09-17 17:30:05", body["fulfilled_date"])
	status, _ = h.call("GET", "/api/v1/orders/status?order_id=o-1", tokenOf("c-2"), "")
	assert.Equal(t, 404, status, "another customer's")

	h.must(sim.Next("fulfilment_fails", ""))
	_, _ = h.call("POST", "/api/v1/orders", token, siteOrder("o-2", "GIFT-100", 100))
	h.Clock.Advance(time.Minute)
	assert.Equal(t, "FAILED", state("o-2"))
	l.refuse = "insufficient"
	status, body = h.call("POST", "/api/v1/orders", token, siteOrder("o-3", "GIFT-100", 100))
	assert.Equal(t, 400, status)
	assert.Equal(t, map[string]any{"status": false, "message": "insufficient"}, body)
	h.Clock.Advance(time.Second)
	assert.Equal(t, []string{"site:pw redeem o-1 c-1 250", "site:pw redeem o-2 c-1 100", "site:pw reverse o-2 c-1 100", "site:pw redeem o-3 c-1 100", "site:pw reverse o-3 c-1 100"}, l.told)
	assert.True(t, h.SiteOrders()[1].Reversed)
	require.Error(t, h.Settle("o-1", bigcity.Failed))
	_, err := h.Act("cancel", sim.Args{"order_id": "o-2"})
	require.Error(t, err)
}

func TestSiteRefusals(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	for name, c := range map[string]struct {
		token, body string
		status      int
	}{
		"unknown product":  {tokenOf("c"), siteOrder("o", "NONE", 1), 404},
		"inactive product": {tokenOf("c"), siteOrder("o", "LAMP", 500), 404},
		"sum":              {tokenOf("c"), siteOrder("o", "GIFT-100", 99), 422},
		"form":             {tokenOf("c"), `{}`, 422},
		"no token":         {"", siteOrder("o", "GIFT-100", 100), 401},
		"no JWT":           {"Bearer a.b.c", siteOrder("o", "GIFT-100", 100), 401},
		"over":             {jwt(`{"sub":"c","exp":1}`, "k"), siteOrder("o", "GIFT-100", 100), 401},
		"nobody":           {jwt(`{"exp":9999999999}`, "k"), siteOrder("o", "GIFT-100", 100), 401},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := h.call("POST", "/api/v1/orders", c.token, c.body)
			assert.Equal(t, c.status, status)
			assert.Equal(t, false, body["status"])
			assert.NotEmpty(t, body["message"])
		})
	}
	status, _ := h.call("POST", "/api/v1/orders", tokenOf("c"), siteOrder("o", "GIFT-100", 100))
	assert.Equal(t, 200, status, "without a partner no points move")
}
