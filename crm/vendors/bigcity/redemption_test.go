package bigcity_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestRedeemSendsWhatTheManualPrints(t *testing.T) {
	v := newVendor(t)
	got, err := redeem(t, v.client(t))
	require.NoError(t, err)
	assert.Equal(t, []string{`{"order_timestamp":"2025-10-13T15:42:36-04:00","order_total":1500,"order_items":2,"line_items":[` +
		`{"order_id":"ORD-001234","SKU":"SKU1","qty":1},{"order_id":"ORD-001234","SKU":"Product-SKU\tVariant-Info","qty":2}]}`}, v.seen())
	assert.Equal(t, `{"customer_name":"Anna Ivanova","customer_mobile":"9876543210","customer_email":"anna@example.test"}`, v.loginBody)
	assert.Equal(t, "45654654654", got.ID)
	assert.Equal(t, "ORD-001234", got.OrderID)
	assert.Equal(t, "https://bigcity.in/redeem", got.RedemptionURL)
	require.Len(t, got.Vouchers, 1)
	voucher := got.Vouchers[0]
	assert.Equal(t, []string{"BCP123456", "1234", "2024-03-26"}, []string{voucher.Code, voucher.PIN, voucher.Validity})
	assert.Equal(t, "2024-03-25T18:30:00Z", voucher.ValidUntil.UTC().Format(time.RFC3339))
	assert.NotContains(t, got.Record.Body, "BCP123456")
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %v", got, got, got, anna), "BCP123456")
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", anna, anna, anna), "9876543210")
}

func TestAnswersToARedemption(t *testing.T) {
	with := func(vouchers string) string {
		return strings.Replace(good, `[{"voucher_code":"BCP123456","pin":"1234","validity":"2024-03-26"}]`, vouchers, 1)
	}
	for name, tc := range map[string]struct {
		body  string
		codes []string // nil: Malformed
	}{
		"as printed":         {good, []string{"BCP123456/1234"}},
		"wrapped":            {`{"success":true,"status":200,"data":` + good + `}`, []string{"BCP123456/1234"}},
		"no pin":             {with(`[{"voucher_code":"A"},{"voucher_code":"B","pin":null},{"voucher_code":"C","pin":""}]`), []string{"A/", "B/", "C/"}},
		"numbers":            {with(`[{"voucher_code":123456789012345678901234,"pin":12}]`), []string{"123456789012345678901234/12"}},
		"texts":              {with(`["A","B"]`), []string{"A/", "B/"}},
		"one":                {with(`{"voucher_code":"A"}`), []string{"A/"}},
		"PHP's holes":        {with(`{"10":{"voucher_code":"B"},"2":{"voucher_code":"A"}}`), []string{"A/", "B/"}},
		"pin alone":          {with(`[{"pin":"9"}]`), []string{"/9"}},
		"none":               {with(`[]`), []string{}},
		"null":               {with(`null`), []string{}},
		"empty object":       {with(`{}`), []string{}},
		"no order id":        {`{"state":"SUCCESS","vouchers":[]}`, []string{}},
		"no state":           {`{"vouchers":[{"voucher_code":"A"}]}`, []string{"A/"}},
		"success alone":      {`{"order_id":"ORD-001234","state":"success"}`, []string{}},
		"bad validity":       {with(`[{"voucher_code":"A","validity":"soon"}]`), []string{"A/"}},
		"empty":              {``, nil},
		"HTML":               {`<html>`, nil},
		"cut":                {good[:60], nil},
		"nothing known":      {`{}`, nil},
		"list":               {`[]`, nil},
		"another order":      {`{"order_id":"ORD-9","state":"success","vouchers":[]}`, nil},
		"another state":      {`{"order_id":"ORD-001234","state":"pending"}`, nil},
		"voucher of nothing": {with(`[{}]`), nil},
		"vouchers a number":  {with(`7`), nil},
		"10 MiB":             {good + strings.Repeat(" ", 10<<20), nil},
	} {
		v := newVendor(t, reply{status: 200, body: tc.body})
		got, err := redeem(t, v.client(t))
		assert.Len(t, v.seen(), 1, name)
		if tc.codes == nil {
			require.ErrorIs(t, err, vendorhttp.Malformed, name)
			assert.False(t, vendorhttp.Refused(err), "%s: nobody knows", name)
			continue
		}
		require.NoError(t, err, name)
		codes := []string{}
		for _, voucher := range got.Vouchers {
			codes = append(codes, voucher.Code+"/"+voucher.PIN)
		}
		assert.Equal(t, tc.codes, codes, name)
	}
}

func TestFailuresOfARedemption(t *testing.T) {
	for name, tc := range map[string]struct {
		reply   reply
		kind    vendorhttp.Kind
		refused bool
		code    string
	}{
		"validation":         {reply{status: 422, body: `{"name":"Unprocessable","message":"Validation Failed","code":37,"status":422}`}, vendorhttp.Rejected, true, "37"},
		"other envelope":     {reply{status: 422, body: `{"error":"validation","message":"Validation Failed","details":{"SKU":["unknown"]}}`}, vendorhttp.Rejected, true, "validation"},
		"200 with error":     {reply{status: 200, body: `{"name":"Unprocessable","message":"Validation Failed","code":37,"status":422}`}, vendorhttp.Rejected, true, "37"},
		"200 without status": {reply{status: 200, body: `{"error":"Internal Server Error","message":"Something went wrong"}`}, vendorhttp.Malformed, false, ""},
		"200, known text":    {reply{status: 200, body: `{"error":"x","message":"Validation Failed"}`}, vendorhttp.Rejected, true, "x"},
		"200 with 500":       {reply{status: 200, body: `{"message":"boom","status":500}`}, vendorhttp.Unavailable, false, ""},
		"slow down":          {reply{status: 429}, vendorhttp.RateLimited, true, ""},
		"down":               {reply{status: 500, body: `{"message":"SQLSTATE"}`}, vendorhttp.Unavailable, false, ""},
		"gateway":            {reply{status: 502, body: `<html>`}, vendorhttp.Unavailable, false, ""},
		"moved":              {reply{status: 301}, vendorhttp.Redirected, false, ""},
		"lost":               {reply{lost: true}, vendorhttp.Unavailable, false, ""},
	} {
		v := newVendor(t, tc.reply)
		_, err := redeem(t, v.client(t))
		require.ErrorIs(t, err, tc.kind, name)
		assert.Len(t, v.seen(), 1, "%s: sent once", name)
		assert.False(t, vendorhttp.NeverSent(err), name)
		assert.Equal(t, tc.refused, vendorhttp.Refused(err), name)
		assert.Equal(t, tc.code, failure(t, err).Code, name)
	}
}

func TestARefusedCustomerTokenIsRenewedAndTheSameOrderSentOnceMore(t *testing.T) {
	v := newVendor(t)
	c := v.client(t)
	_, err := redeem(t, c)
	require.NoError(t, err)
	v.revoke("customer")
	_, err = redeem(t, c)
	require.NoError(t, err)
	orders := v.seen()
	require.Len(t, orders, 3)
	assert.Equal(t, orders[1], orders[2])
	assert.EqualValues(t, 2, v.customers.Load())
	assert.EqualValues(t, 1, v.companies.Load())

	v.revoke("customer")
	v.revoke("company")
	_, err = redeem(t, c)
	require.NoError(t, err, "both tokens are renewed")

	refusing := newVendor(t, reply{status: 401, body: `{"message":"Invalid customer token"}`})
	_, err = redeem(t, refusing.client(t))
	require.ErrorIs(t, err, vendorhttp.Unauthorized)
	assert.Len(t, refusing.seen(), 2, "never a third time")

	with400 := newVendor(t, reply{status: 400, body: `{"message":"Invalid customer token "}`}, reply{status: 200, body: good})
	_, err = redeem(t, with400.client(t))
	require.NoError(t, err)
}

func TestWithoutALoginNothingWasOrdered(t *testing.T) {
	v := newVendor(t)
	_, err := redeem(t, v.client(t, func(s *bigcity.Settings) { s.Secret = setting.NewSecret("wrong-secret-1") }))
	require.ErrorIs(t, err, vendorhttp.Unauthorized)
	assert.True(t, vendorhttp.NeverSent(err))
	assert.NotContains(t, fmt.Sprintf("%v %+v", err, failure(t, err).Record), "wrong-secret-1")
	_, err = redeem(t, v.client(t, func(s *bigcity.Settings) { s.URL = "http://127.0.0.1:1/v1" }))
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.True(t, vendorhttp.NeverSent(err))
	assert.Empty(t, v.seen())
}

func TestOrdersThatAreNotSent(t *testing.T) {
	v := newVendor(t)
	c := v.client(t)
	for name, spoil := range map[string]func(*bigcity.Order){
		"no id": func(o *bigcity.Order) { o.ID = "" }, "long id": func(o *bigcity.Order) { o.ID = strings.Repeat("x", 65) },
		"spaced id": func(o *bigcity.Order) { o.ID = " x" }, "line in id": func(o *bigcity.Order) { o.ID = "a\nb" },
		"no time": func(o *bigcity.Order) { o.At = time.Time{} }, "negative": func(o *bigcity.Order) { o.Total = decimal.NewFromInt(-1) },
		"fine": func(o *bigcity.Order) { o.Total = decimal.RequireFromString("0.001") }, "bomb": func(o *bigcity.Order) { o.Total = decimal.New(1, math.MaxInt32) },
		"no lines": func(o *bigcity.Order) { o.Lines = nil }, "many lines": func(o *bigcity.Order) { o.Lines = make([]bigcity.Line, 101) },
		"no SKU": func(o *bigcity.Order) { o.Lines[0].SKU = "\t" }, "bad SKU": func(o *bigcity.Order) { o.Lines[0].SKU = "a\x00" },
		"no qty": func(o *bigcity.Order) { o.Lines[0].Qty = 0 }, "much": func(o *bigcity.Order) { o.Lines[0].Qty = 10_001 },
	} {
		bad := order()
		spoil(&bad)
		_, err := c.Redeem(background, anna, bad)
		require.ErrorIs(t, err, vendorhttp.Invalid, name)
	}
	for name, customer := range map[string]bigcity.Customer{
		"none": {}, "letters": {Mobile: "98765x3210"}, "short": {Mobile: "987654321"}, "long": {Mobile: "79876543210"},
		"name": {Mobile: "9876543210", Name: "a\x00"},
	} {
		_, err := c.Redeem(background, customer, order())
		require.ErrorIs(t, err, vendorhttp.Invalid, name)
	}
	assert.Empty(t, v.seen())
}

// Every login ends the tokens before it, and many customers order at once.
func TestManyOrdersWhileLoginsEndTokens(t *testing.T) {
	v := newVendor(t)
	c := v.client(t)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			customer := bigcity.Customer{Mobile: fmt.Sprintf("98765432%02d", i%8)}
			if i == 7 || i == 19 {
				v.revoke("company")
				v.revoke("customer")
			}
			if _, err := c.Redeem(background, customer, order()); err != nil {
				assert.ErrorIs(t, err, vendorhttp.Unauthorized) // refused twice within one call
			}
		})
	}
	all.Wait()
	assert.LessOrEqual(t, v.companies.Load(), int32(3), "one login, and one for each revocation")
	assert.LessOrEqual(t, v.customers.Load(), int32(24))
}
