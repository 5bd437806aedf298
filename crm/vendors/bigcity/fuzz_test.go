package bigcity

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// FuzzAnswers reads any body as the answer of every call.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		``, `<html>`, `{"auth_token":1,"token_expiry":1e9}`, `{"customer_token":"x"}`, `[{"id":1,"status":"1","denomination_value":"1e99"}]`,
		`{"id":1,"order_id":"O","state":"success","vouchers":[{"voucher_code":"A","validity":"0000-00-00"}],"terms":"&lt;b&gt;"}`,
		`{"vouchers":{"1":"A","0":{"pin":1}}}`, `{"data":{"data":{"order_id":"O","status":"FAILED"}}}`, `{"vouchers":["A"],"redemption_url":"javascript:x"}`,
	} {
		f.Add([]byte(seed))
	}
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	f.Cleanup(server.Close)
	c := New(Settings{URL: server.URL, Secret: setting.NewSecret("s")}, vendorhttp.Options{})
	f.Fuzz(func(t *testing.T, in []byte) {
		body = in
		answer, err := classified(c.http.Do(t.Context(), vendorhttp.Request{Call: "x", Method: http.MethodGet, URL: server.URL}))
		if err != nil {
			return
		}
		if got, err := c.readToken(answer, "auth_token", time.Unix(1, 0)); err == nil && !got.IsSet() {
			t.Fatalf("%q is a token without text", in)
		}
		if got, err := readRedeemed(answer, "O", time.UTC); err == nil {
			for _, v := range got.Vouchers {
				if v.Code == "" && v.PIN == "" {
					t.Fatalf("%q holds a voucher of nothing", in)
				}
			}
		}
	})
}
