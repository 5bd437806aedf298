package reward_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/sim"
	simbigcity "koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/bridge/bigcity"
	"koshelek-adapter/crm/bridge/wire"
	"koshelek-adapter/crm/reward"
)

const teaOrder = `{"skus":[{"sku":"TEA-100"},{"sku":"COFFEE-250\tGround","qty":2}],"total":"1500.00"}`

func bigcityHouse(t *testing.T) (*simbigcity.Simulator, *reward.BigCity) {
	vendor := simbigcity.New(simbigcity.Options{Settings: sim.Settings{Seed: 1}})
	server := httptest.NewServer(vendor.Handler())
	t.Cleanup(func() { vendor.Close(); server.Close() })
	client, err := bigcity.New(bigcity.Config{BaseURL: server.URL + "/v1", Secret: wire.NewSecret("secret")})
	require.NoError(t, err)
	return vendor, reward.NewBigCity(client, reward.BigCityOptions{MobileDigits: 10})
}

func TestBigCityVouchers(t *testing.T) {
	vendor, b := bigcityHouse(t)
	j := job(t, b, "vouchers", teaOrder, 0)
	assert.True(t, j.Once)
	out := b.Deliver(t.Context(), j)
	require.Equal(t, crm.DeliveryDone, out.State, out.Reason)
	require.Len(t, out.Vouchers, 2)
	for _, v := range out.Vouchers {
		assert.NotEmpty(t, v.Code)
		assert.NotContains(t, string(out.Answer), v.Code, "what is stored of the answer holds no voucher")
	}
	assert.Equal(t, 1, vendor.Audit.Of("order", j.ID).Effects)
}

// TestBigCityOddAnswers: what the manual allows, and what a customer must not see.
func TestBigCityOddAnswers(t *testing.T) {
	for fault, check := range map[string]func(t *testing.T, v crm.Voucher){
		"pin_missing":        func(t *testing.T, v crm.Voucher) { assert.Empty(t, v.PIN) },
		"pin_null":           func(t *testing.T, v crm.Voucher) { assert.Empty(t, v.PIN) },
		"url_without_scheme": func(t *testing.T, v crm.Voucher) { assert.True(t, strings.HasPrefix(v.URL, "https://"), v.URL) },
		"html_terms":         func(t *testing.T, v crm.Voucher) { assert.NotContains(t, v.Terms, "<") },
	} {
		t.Run(fault, func(t *testing.T) {
			vendor, b := bigcityHouse(t)
			_, err := vendor.Faults.Add(sim.Rule{Fault: fault})
			require.NoError(t, err)
			out := b.Deliver(t.Context(), job(t, b, "vouchers", teaOrder, 0))
			require.Equal(t, crm.DeliveryDone, out.State, out.Reason)
			require.NotEmpty(t, out.Vouchers)
			check(t, out.Vouchers[0])
		})
	}
}

func TestBigCityLostAnswerWaitsForAnOperator(t *testing.T) {
	for _, fault := range []string{sim.LostAnswer, sim.Status500After, sim.HTML502After, sim.TruncatedAnswer, sim.EmptyAnswer, sim.Status500} {
		vendor, b := bigcityHouse(t)
		_, err := vendor.Faults.Add(sim.Next(fault, "redeem"))
		require.NoError(t, err)
		out := b.Deliver(t.Context(), job(t, b, "vouchers", teaOrder, 0))
		assert.Equal(t, crm.DeliveryUnknown, out.State, fault)
		assert.Equal(t, crm.WaitForOperator, out.Wait, fault)
	}
}

func TestBigCityCertainRefusals(t *testing.T) {
	vendor, b := bigcityHouse(t)
	for fault, want := range map[string]crm.DeliveryState{sim.Status429: crm.DeliveryRetry, "no_vouchers": crm.DeliveryDone} {
		_, err := vendor.Faults.Add(sim.Next(fault, "redeem"))
		require.NoError(t, err)
		out := b.Deliver(t.Context(), job(t, b, "vouchers", teaOrder, 0))
		assert.Equal(t, want, out.State, "%s: %s", fault, out.Reason)
		assert.NotEmpty(t, out.Reason, fault)
		assert.Empty(t, out.Vouchers)
	}
	_, err := vendor.Faults.Add(sim.Next(sim.LostAnswer, "company_auth"), sim.Next(sim.Status500, "customer_auth"))
	require.NoError(t, err)
	nobody := job(t, b, "vouchers", teaOrder, 0)
	nobody.Recipient.Phone = ""
	assert.Equal(t, crm.DeliveryRejected, b.Deliver(t.Context(), nobody).State)
	for action, params := range map[string]string{"vouchers": `{}`, "gift": teaOrder} {
		_, err := b.Errand(action, json.RawMessage(params))
		assert.Error(t, err, action)
	}
	_, err = b.Errand("vouchers", json.RawMessage(`{"skus":[{"sku":"A","qty":-1}]}`))
	assert.Error(t, err)
}
