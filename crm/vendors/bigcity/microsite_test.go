package bigcity_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

var customerJWT = setting.NewSecret("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln")

// microsite answers every call alike and keeps the last one.
func microsite(t *testing.T, status int, body string) (*bigcity.Microsite, *string) {
	t.Helper()
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in, _ := io.ReadAll(r.Body)
		asked = r.Method + " " + r.RequestURI + " " + string(in)
		assert.Equal(t, "Bearer "+customerJWT.Reveal(), r.Header.Get("Authorization"))
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return bigcity.NewMicrosite(server.URL+"/", vendorhttp.Options{Retry: vendorhttp.Retry{Attempts: 1}}), &asked
}

func TestCatalog(t *testing.T) {
	m, asked := microsite(t, 200, `{"products":[{"id":7,"denomination_value":"500","status":1,"qty_trigger_limit":"0","qty":"0","skus":"GIFT-500"}]}`)
	got, err := m.Catalog(background, customerJWT)
	require.NoError(t, err)
	assert.Equal(t, "GET /api/v1/catalog ", *asked)
	assert.Equal(t, "500", got[0].Denomination.String())
	assert.Equal(t, "GIFT-500", got[0].SKUs)
	_, err = m.Catalog(background, setting.Secret{})
	require.ErrorIs(t, err, vendorhttp.Invalid)
}

func TestPlaceOrder(t *testing.T) {
	for body, state := range map[string]string{
		`{"id":9,"order_id":"ORD-001234","state":"success"}`:             "success",
		`{"status":true,"order_id":"ORD-001234"}`:                        "",
		`{"status":true,"data":{"order_id":"ORD-001234","state":"NEW"}}`: "NEW",
		`{"order_id":"ORD-001234","status":"PENDING"}`:                   "PENDING",
	} {
		m, asked := microsite(t, 200, body)
		o := order()
		o.Lines = o.Lines[:1]
		placed, err := m.PlaceOrder(background, customerJWT, o)
		require.NoError(t, err, body)
		assert.Equal(t, state, placed.State, body)
		assert.Equal(t, `POST /api/v1/orders {"order_timestamp":"2025-10-13T15:42:36-04:00","order_total":1500,"order_items":1,"line_items":[{"order_id":"ORD-001234","SKU":"SKU1","qty":1}]}`, *asked)
	}
	m, _ := microsite(t, 404, `{"status":false,"message":"Requested product is not available"}`)
	_, err := m.PlaceOrder(background, customerJWT, order())
	require.ErrorIs(t, err, vendorhttp.NotFound)
	assert.Equal(t, "Requested product is not available", failure(t, err).Message)
	assert.Equal(t, bigcity.MicrositeVendor, failure(t, err).Vendor)

	m, _ = microsite(t, 200, `{"status":false,"message":"no"}`)
	_, err = m.PlaceOrder(background, customerJWT, order())
	require.ErrorIs(t, err, vendorhttp.Malformed, "a success that says no")
	m, _ = microsite(t, 200, `{"order_id":"other"}`)
	_, err = m.PlaceOrder(background, customerJWT, order())
	require.ErrorIs(t, err, vendorhttp.Malformed)
	for _, total := range []string{"0", "-1", "1.5"} {
		o := order()
		o.Total = decimal.RequireFromString(total)
		_, err = m.PlaceOrder(background, customerJWT, o)
		require.ErrorIs(t, err, vendorhttp.Invalid)
	}
}

func TestOrderStatus(t *testing.T) {
	for body, want := range map[string]bigcity.OrderStatus{
		`{"order_id":"O 1","status":"PENDING","reward_name":"Card"}`: {OrderID: "O 1", Status: bigcity.Pending, RewardName: "Card"},
		`{"data":{"order_id":"O 1","status":"fulfilled","reward_name":"<b>Gift</b> card","fulfilled_date":"2025-10-13T10:00:00Z"}}`: {
			OrderID: "O 1", Status: bigcity.Fulfilled, RewardName: "Gift card", FulfilledAt: time.Date(2025, 10, 13, 10, 0, 0, 0, time.UTC),
		},
		`{"order_id":"O 1","status":"ON_HOLD"}`: {OrderID: "O 1", Status: "ON_HOLD"},
	} {
		m, asked := microsite(t, 200, body)
		got, err := m.OrderStatus(background, customerJWT, "O 1")
		require.NoError(t, err, body)
		assert.Equal(t, want, got)
		assert.Equal(t, want.Status == bigcity.Fulfilled, got.Final())
		assert.Equal(t, "GET /api/v1/orders/status?order_id=O+1 ", *asked)
	}
	for _, body := range []string{``, `{}`, `{"order_id":"other","status":"PENDING"}`, `{"status":true}`, `<html>`, `[]`} {
		m, _ := microsite(t, 200, body)
		_, err := m.OrderStatus(background, customerJWT, "O 1")
		require.ErrorIs(t, err, vendorhttp.Malformed, body)
	}
	m, _ := microsite(t, 404, `{"status":false,"message":"unknown order"}`)
	_, err := m.OrderStatus(background, customerJWT, "O 1")
	require.ErrorIs(t, err, vendorhttp.NotFound)
	_, err = m.OrderStatus(background, customerJWT, "")
	require.ErrorIs(t, err, vendorhttp.Invalid)
	_, err = bigcity.NewMicrosite("http://bigcity.example.test", vendorhttp.Options{}).OrderStatus(background, customerJWT, "O 1")
	require.ErrorIs(t, err, vendorhttp.Invalid)
}
