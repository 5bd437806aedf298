package bigcity_test

import (
	"encoding/base64"
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
	"koshelek-adapter/conformance/sim/bigcity"
)

var start = time.Date(2026, 9, 17, 12, 0, 0, 0, time.UTC)

type fixture struct {
	t *testing.T
	*bigcity.Simulator
	url string
}

func newFixture(t *testing.T, o bigcity.Options) *fixture {
	clock := sim.NewStandingClock(start)
	o.Seed, o.Clock = 7, clock
	h := &fixture{t: t, Simulator: bigcity.New(o)}
	server := httptest.NewServer(h.Handler())
	t.Cleanup(func() { server.Close(); clock.Close(); h.Close() })
	h.url = server.URL
	return h
}

// call answers 0 when there was no answer.
func (h *fixture) call(method, path, auth, body string) (int, map[string]any) {
	status, raw := h.raw(method, path, auth, body)
	var found map[string]any
	if strings.HasPrefix(raw, "{") {
		require.NoError(h.t, json.Unmarshal([]byte(raw), &found))
	}
	return status, found
}

func (h *fixture) raw(method, path, auth, body string) (int, string) {
	r, err := http.NewRequest(method, h.url+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("Authorization", auth)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(h.t, err)
	return answer.StatusCode, string(raw)
}

func (h *fixture) company() string {
	status, body := h.call("POST", "/v1/company/auth", "Required", `{"secret":"secret"}`)
	require.Equal(h.t, 200, status)
	return "Bearer " + body["auth_token"].(string)
}

func (h *fixture) customer(mobile string) string {
	status, body := h.call("POST", "/v1/customer/auth", h.company(), fmt.Sprintf(`{"customer_mobile":%q,"customer_name":"Ann"}`, mobile))
	require.Equal(h.t, 200, status, body)
	return "Bearer " + body["customer_token"].(string)
}

func order(id string, skus ...string) string {
	lines := []string{}
	for _, sku := range skus {
		lines = append(lines, fmt.Sprintf(`{"order_id":%q,"SKU":%q,"qty":2}`, id, sku))
	}
	return fmt.Sprintf(`{"order_timestamp":"2026-09-17T15:42:36-04:00","order_total":1500.5,"order_items":3,"line_items":[%s]}`, strings.Join(lines, ","))
}

func (h *fixture) redeem(token, id string, skus ...string) (int, map[string]any) {
	return h.call("POST", "/v1/bigcity/redeemptiononskus", token, order(id, skus...))
}

func (h *fixture) must(rules ...sim.Rule) {
	_, err := h.Faults.Add(rules...)
	require.NoError(h.t, err)
}

func (h *fixture) turn(name, value string) { require.NoError(h.t, h.Knobs.Set(name, value)) }

func TestCompanyAuth(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	status, body := h.call("POST", "/v1/company/auth", "Required", `{"secret":"secret"}`)
	assert.Equal(t, 200, status)
	assert.EqualValues(t, 1, body["vendor_id"])
	assert.Equal(t, "Active", body["state"])
	assert.Equal(t, "2026-09-18 17:30:00", body["token_expiry"], "a day later, in India")
	parts := strings.Split(body["auth_token"].(string), ".")
	require.Len(t, parts, 3)
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	assert.Contains(t, string(claims), fmt.Sprintf(`"exp":%d`, start.Add(24*time.Hour).Unix()))
	h.turn("token_expiry", "iso")
	_, body = h.call("POST", "/v1/company/auth", "Required", `{"secret":"secret"}`)
	assert.Equal(t, "2026-09-18T17:30:00+05:30", body["token_expiry"])

	for name, c := range map[string][2]string{"secret": {"Required", `{"secret":"other"}`}, "word": {"Bearer x", `{"secret":"secret"}`}, "body": {"Required", `[]`}} {
		status, body = h.call("POST", "/v1/company/auth", c[0], c[1])
		assert.Equal(t, 400, status, name)
		assert.Equal(t, "Could not authenticate you", body["message"], name)
		assert.EqualValues(t, 32, body["code"], name)
		assert.Equal(t, `yii\web\HttpException`, body["type"], name)
	}
	status, _ = h.call("GET", "/health", "", "")
	assert.Equal(t, 200, status)
}

func TestRewardsAndTokens(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	token := h.company()
	status, raw := h.raw("GET", "/v1/bigcity/rewards", token, "")
	assert.Equal(t, 200, status)
	assert.Contains(t, raw, `[{"id":7,"denomination_value":"50","status":1,"qty":"0","qty_trigger_limit":"0","skus":"COFFEE-250\tGround"}`)
	h.must(sim.Next("token_over", "rewards"))
	status, body := h.call("GET", "/v1/bigcity/rewards", token, "")
	assert.Equal(t, 401, status)
	assert.Equal(t, "Invalid company token", body["message"])
	first := h.company()
	h.turn("login_kills_old_token", "yes")
	second := h.company()
	status, _ = h.raw("GET", "/v1/bigcity/rewards", first, "")
	assert.Equal(t, 401, status)
	status, _ = h.raw("GET", "/v1/bigcity/rewards", second, "")
	assert.Equal(t, 200, status)
	h.Clock.Advance(24 * time.Hour)
	status, _ = h.raw("GET", "/v1/bigcity/rewards", second, "")
	assert.Equal(t, 401, status)
	h.must(sim.Next("no_rewards", "rewards"))
	_, raw = h.raw("GET", "/v1/bigcity/rewards", h.company(), "")
	assert.Equal(t, "[]", raw)
	status, _ = h.raw("GET", "/v1/bigcity/rewards/", h.company(), "")
	assert.Equal(t, 404, status)
}

func TestCustomerAuth(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	token := h.company()
	try := func(body string) (int, map[string]any) { return h.call("POST", "/v1/customer/auth", token, body) }
	_, a := try(`{"customer_mobile":"9876543210"}`)
	_, b := try(`{"customer_mobile":"9876543210","customer_email":"a@shop.example"}`)
	assert.Equal(t, a["customer_id"], b["customer_id"])
	for _, bad := range []string{`{}`, `{"customer_mobile":9876543210}`, `{"customer_mobile":"+9876543210"}`, `{"customer_mobile":"123"}`, `{"customer_mobile":"9876543210","customer_name":1}`} {
		status, body := try(bad)
		assert.Equal(t, 422, status, bad)
		assert.Equal(t, "Enter Valid Input ", body["message"])
		assert.EqualValues(t, 0, body["code"])
	}
	h.turn("missing_mobile", "422-43")
	_, body := try(`{}`)
	assert.EqualValues(t, 43, body["code"])
	h.turn("missing_mobile", "400")
	status, body := try(`{}`)
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "details")
	status, _ = try(`{"customer_mobile":"79211234567"}`)
	assert.Equal(t, 200, status)
	h.turn("mobile_digits", "10")
	status, _ = try(`{"customer_mobile":"79211234567"}`)
	assert.Equal(t, 400, status)
	status, _ = h.call("POST", "/v1/customer/auth", "Bearer x", `{"customer_mobile":"9876543210"}`)
	assert.Equal(t, 401, status)
}

func TestRedeem(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	token := h.customer("9876543210")
	status, body := h.redeem(token, "o-1", "COFFEE-250\tGround", "COFFEE-250", "CAKE", "none")
	assert.Equal(t, 200, status)
	assert.EqualValues(t, 45_654_654_654, body["id"])
	assert.Equal(t, "o-1", body["order_id"])
	assert.Equal(t, "success", body["state"])
	assert.Equal(t, []any{map[string]any{"voucher_code": "BCP000000001", "pin": "0001", "validity": "2027-09-17"},
		map[string]any{"voucher_code": "BCP000000002", "pin": "0002", "validity": "2027-09-17"}}, body["vouchers"])
	_, body = h.redeem(token, "o-2", "none")
	assert.Equal(t, []any{}, body["vouchers"])
	h.turn("vouchers", "qty")
	_, body = h.redeem(token, "o-3", "TEA-100")
	assert.Len(t, body["vouchers"], 2)
	h.turn("vouchers", "one")
	h.turn("unknown_sku", "voucher")
	_, body = h.redeem(token, "o-4", "x", "y")
	assert.Len(t, body["vouchers"], 1)

	good := order("o-9", "TEA-100")
	for name, change := range map[string][2]string{
		"time": {"2026-09-17T", "17.09.2026 "}, "total": {"1500.5", `"1500.5"`}, "items": {`"order_items":3`, `"order_items":0`},
		"id as a number": {`"o-9"`, `9`}, "sku": {"TEA-100", ""}, "qty": {`"qty":2`, `"qty":1.5`}, "lines": {`"line_items":[`, `"line_items":[],"x":[`},
	} {
		status, body = h.call("POST", "/v1/bigcity/redeemptiononskus", token, strings.Replace(good, change[0], change[1], 1))
		assert.Equal(t, 422, status, name)
		assert.Equal(t, "Validation Failed", body["message"])
		assert.EqualValues(t, 37, body["code"])
	}
	two := strings.Replace(order("o-9", "TEA-100", "TEA-100"), "o-9", "o-8", 1)
	status, _ = h.call("POST", "/v1/bigcity/redeemptiononskus", token, two)
	assert.Equal(t, 422, status, "two ids in one order")
	status, body = h.redeem("Bearer x", "o-9", "TEA-100")
	assert.Equal(t, 401, status)
	assert.Equal(t, "Invalid customer token", body["message"])
	assert.Len(t, h.Orders(), 4)
}

func TestRepeatedOrders(t *testing.T) {
	for mode, want := range map[string][3]int{"replay": {200, 1, 1}, "new": {200, 2, 2}, "422": {422, 1, 1}} {
		t.Run(mode, func(t *testing.T) {
			h := newFixture(t, bigcity.Options{})
			h.turn("duplicate_order", mode)
			token := h.customer("9876543210")
			h.must(sim.Next(sim.LostAnswer, "redeem"))
			status, _ := h.redeem(token, "o-1", "TEA-100")
			require.Equal(t, 0, status)
			status, body := h.redeem(token, "o-1", "TEA-100")
			assert.Equal(t, want[0], status, body)
			award := h.Audit.Of("order", "o-1")
			assert.Equal(t, want[1], award.Effects)
			assert.Len(t, h.Audit.Doubled(), want[1]-1)
			o := h.Orders()[0]
			assert.Equal(t, 2, o.Times)
			assert.Len(t, o.Vouchers, want[2])
			status, _ = h.redeem(h.customer("9876543211"), "o-1", "TEA-100")
			assert.Equal(t, 422, status, "another customer's")
		})
	}
}

func TestConcurrentRepeatsMakeOneIssue(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	token := h.customer("9876543210")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { h.redeem(token, "o-1", "TEA-100") })
	}
	all.Wait()
	assert.Equal(t, 1, h.Audit.Of("order", "o-1").Effects)
	assert.Equal(t, 20, h.Audit.Of("order", "o-1").Accepted)
}

func TestOddAnswers(t *testing.T) {
	h := newFixture(t, bigcity.Options{})
	token := h.customer("9876543210")
	n := 0
	with := func(fault string) map[string]any {
		n++
		h.must(sim.Next(fault, "redeem"))
		status, body := h.redeem(token, fmt.Sprint("o-", n), "TEA-100")
		require.Equal(t, 200, status)
		return body
	}
	voucher := func(body map[string]any) map[string]any { return body["vouchers"].([]any)[0].(map[string]any) }
	assert.NotContains(t, voucher(with("pin_missing")), "pin")
	pin, has := voucher(with("pin_null"))["pin"]
	assert.True(t, has)
	assert.Nil(t, pin)
	assert.Equal(t, "", voucher(with("pin_empty"))["pin"])
	assert.Equal(t, "2025-09-17", voucher(with("validity_past"))["validity"])
	assert.Equal(t, []any{}, with("no_vouchers")["vouchers"])
	assert.NotContains(t, with("url_without_scheme")["redemption_url"], "://")
	assert.Contains(t, with("html_terms")["how_to_avail"], "<script>")
	assert.NotContains(t, with("optional_fields_missing"), "terms")
	wrapped := with("wrapper")
	assert.Equal(t, true, wrapped["success"])
	assert.Contains(t, wrapped["data"], "vouchers")
	before := len(h.Orders())
	assert.Contains(t, with("error_in_200"), "message")
	assert.Len(t, h.Orders(), before, "nothing was done")

	h.turn("error_envelope", "map")
	_, body := h.redeem("Bearer x", "o", "TEA-100")
	assert.Equal(t, map[string]any{"error": "Unauthorized", "message": "Invalid customer token", "details": map[string]any{}}, body)
	h.turn("error_envelope", "mixed")
	seen := map[bool]int{}
	for range 4 {
		_, body = h.redeem("Bearer x", "o", "TEA-100")
		seen[body["error"] != nil]++
	}
	assert.Equal(t, map[bool]int{true: 2, false: 2}, seen)
	h.must(sim.Next(sim.Status429, "redeem"))
	status, _ := h.redeem(token, "o-99", "TEA-100")
	assert.Equal(t, 429, status)
}
