package bigcity_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/conformance/sim"
	simbigcity "koshelek-adapter/conformance/sim/bigcity"
	"koshelek-adapter/crm"
	"koshelek-adapter/crm/outbox"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

const teaOrder = `{"skus":[{"sku":"TEA-100"},{"sku":"COFFEE-250\tGround","qty":2}],"total":"1500.00"}`

func started(t *testing.T) (*simbigcity.Simulator, outbox.Vendor) {
	simulator := simbigcity.New(simbigcity.Options{Settings: sim.Settings{Seed: 1}})
	server := httptest.NewServer(simulator.Handler())
	t.Cleanup(func() { simulator.Close(); server.Close() })
	v, err := bigcity.Settings{URL: server.URL + "/v1", Secret: setting.NewSecret("secret"), MobileDigits: 10}.Open(vendorhttp.Options{})
	require.NoError(t, err)
	return simulator, v
}

// request is a delivery as a worker sends it.
func request(t *testing.T, v outbox.Vendor, action, params string) outbox.Request {
	m, err := v.Message(action, json.RawMessage(params))
	require.NoError(t, err)
	return outbox.Request{
		Delivery: outbox.Delivery{
			ID: "01JDZZZZZZZZZZZZZZZZZZZZZZ", Message: m, CardNumber: "card-1", CustomerID: "customer-1", State: outbox.StateSending, Attempts: 1,
			CreatedAt: time.Now(), SentAt: time.Now(),
		},
		Recipient: crm.Profile{Phone: "79216668899", Email: "anna@example.com", FirstName: "Anna"},
	}
}

func TestBigCityVouchers(t *testing.T) {
	vendor, b := started(t)
	j := request(t, b, "vouchers", teaOrder)
	assert.True(t, j.AtMostOnce)
	out := b.Send(t.Context(), j)
	require.Equal(t, outbox.StateDone, out.State, out.Reason)
	require.Len(t, out.Vouchers, 2)
	for _, v := range out.Vouchers {
		assert.NotEmpty(t, v.Code)
		assert.NotContains(t, string(out.Answer), v.Code, "what is stored of the answer holds no voucher")
	}
	assert.Equal(t, 1, vendor.Audit.Of("order", j.ID).Effects)
}

// TestBigCityOddAnswers: what the manual allows, and what a customer must not see.
func TestBigCityOddAnswers(t *testing.T) {
	for fault, check := range map[string]func(t *testing.T, v outbox.Voucher){
		"pin_missing":        func(t *testing.T, v outbox.Voucher) { assert.Empty(t, v.PIN) },
		"pin_null":           func(t *testing.T, v outbox.Voucher) { assert.Empty(t, v.PIN) },
		"url_without_scheme": func(t *testing.T, v outbox.Voucher) { assert.True(t, strings.HasPrefix(v.URL, "https://"), v.URL) },
		"html_terms":         func(t *testing.T, v outbox.Voucher) { assert.NotContains(t, v.Terms, "<") },
	} {
		t.Run(fault, func(t *testing.T) {
			vendor, b := started(t)
			_, err := vendor.Faults.Add(sim.Rule{Fault: fault})
			require.NoError(t, err)
			out := b.Send(t.Context(), request(t, b, "vouchers", teaOrder))
			require.Equal(t, outbox.StateDone, out.State, out.Reason)
			require.NotEmpty(t, out.Vouchers)
			check(t, out.Vouchers[0])
		})
	}
}

func TestBigCityLostAnswerWaitsForAnOperator(t *testing.T) {
	for _, fault := range []string{sim.LostAnswer, sim.Status500After, sim.HTML502After, sim.TruncatedAnswer, sim.EmptyAnswer, sim.Status500} {
		vendor, b := started(t)
		_, err := vendor.Faults.Add(sim.Next(fault, "redeem"))
		require.NoError(t, err)
		out := b.Send(t.Context(), request(t, b, "vouchers", teaOrder))
		assert.Equal(t, outbox.StateUnknown, out.State, fault)
		assert.Equal(t, outbox.WaitForOperator, out.Wait, fault)
	}
}

func TestBigCityCertainRefusals(t *testing.T) {
	vendor, b := started(t)
	for fault, want := range map[string]outbox.State{sim.Status429: outbox.StateRetry, "no_vouchers": outbox.StateDone} {
		_, err := vendor.Faults.Add(sim.Next(fault, "redeem"))
		require.NoError(t, err)
		out := b.Send(t.Context(), request(t, b, "vouchers", teaOrder))
		assert.Equal(t, want, out.State, "%s: %s", fault, out.Reason)
		assert.NotEmpty(t, out.Reason, fault)
		assert.Empty(t, out.Vouchers)
	}
	_, err := vendor.Faults.Add(sim.Next(sim.LostAnswer, "company_auth"), sim.Next(sim.Status500, "customer_auth"))
	require.NoError(t, err)
	nobody := request(t, b, "vouchers", teaOrder)
	nobody.Recipient.Phone = ""
	assert.Equal(t, outbox.StateRejected, b.Send(t.Context(), nobody).State)
	for action, params := range map[string]string{"vouchers": `{}`, "gift": teaOrder} {
		_, err := b.Message(action, json.RawMessage(params))
		assert.Error(t, err, action)
	}
	_, err = b.Message("vouchers", json.RawMessage(`{"skus":[{"sku":"A","qty":-1}]}`))
	assert.Error(t, err)
}
