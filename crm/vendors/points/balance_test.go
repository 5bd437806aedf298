package points_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

func balance(t *testing.T, path, body string) (points.Balance, error) {
	t.Helper()
	v := newVendor(t)
	v.says(200, body)
	config := v.config()
	config.BalancePath = path
	return client(t, config).Balance(context.Background(), "u-1")
}

func TestTheBalanceIsReadWhereItStands(t *testing.T) {
	for _, tc := range []struct{ path, body, want string }{
		{"", `{"balance":12.50}`, "12.5"},
		{"", `{"balance":"9007199254740993.01"}`, "9007199254740993.01"},
		{"", `{"data":{"balance":7}}`, "7"},
		{"", `{"point":0}`, "0"},
		{"", `{"points":"3"}`, "3"},
		{"", `{"amount":3,"balance":null}`, "3"},
		{"", `{"balance":{"x":1},"points":4}`, "4"},
		{"wallets.1.value", `{"balance":1,"wallets":[{"value":2},{"value":3}]}`, "3"},
		{"$.data.points", `{"data":{"points":5}}`, "5"},
		{"$", `42`, "42"},
		{"0", `["6"]`, "6"},
	} {
		got, err := balance(t, tc.path, tc.body)
		require.NoError(t, err, tc.body)
		assert.Equal(t, tc.want, got.Points.String(), tc.body)
		assert.Equal(t, 200, got.Record.Status)
	}
}

func TestABalanceThatCannotBeToldFailsLoudly(t *testing.T) {
	for _, tc := range []struct{ path, body string }{
		{"", `{}`}, {"", `[]`}, {"", `null`}, {"", ``}, {"", `<html>`}, {"", `{"balance":`}, {"", `42`},
		{"", `{"balance":1,"points":1}`},
		{"", `{"balance":1,"data":{"balance":2}}`},
		{"", `{"balance":true}`}, {"", `{"balance":"many"}`}, {"", `{"balance":1e999999999}`},
		{"data.points", `{"balance":5}`}, {"0", `[]`}, {"-1", `[1]`}, {"x", `[1]`}, {"a.b", `{"a":5}`},
	} {
		_, err := balance(t, tc.path, tc.body)
		require.ErrorIs(t, err, vendorhttp.Malformed, "%s %s", tc.path, tc.body)
	}
	_, err := balance(t, "", `{"error":"user_not_found","details":["u"],"balance":0}`)
	require.ErrorIs(t, err, vendorhttp.Malformed)
	assert.Equal(t, "user_not_found", failure(t, err).Code)
}

func TestTheBalanceIsRepeatedAndItsUserEscaped(t *testing.T) {
	v := newVendor(t)
	calls := 0
	v.answer = func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/latitude-points/orgs/org-1/point-programs/default/balances/a%2Fb%3Fc", r.URL.EscapedPath())
		assert.Empty(t, r.Header.Get("Signature"), "the balance is not signed")
		if calls++; calls < 3 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(`{"balance":1}`))
	}
	config := v.config()
	config.sign()
	_, err := client(t, config).Balance(context.Background(), "a/b?c")
	require.NoError(t, err)
	assert.Equal(t, 3, calls)
	for _, id := range []string{"", ".", "..", "a\x00"} {
		_, err = client(t, config).Balance(context.Background(), id)
		require.ErrorIs(t, err, vendorhttp.Invalid, "%q", id)
	}
}
