package points

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// FuzzAnswers reads any body as the answer of every call.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		``, `<html>`, `{"balance":1}`, `{"access_token":"x","expires_in":"1e9"}`, `{"data":{"balance":"1e99"}}`, `[[[1]]]`, `{"error":{"error":[]}}`,
	} {
		f.Add([]byte(seed), "data.0")
	}
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	f.Cleanup(server.Close)
	transport := vendorhttp.New(Name, vendorhttp.Options{})
	f.Fuzz(func(t *testing.T, in []byte, path string) {
		body = in
		answer, err := transport.Do(t.Context(), vendorhttp.Request{Call: "x", Method: http.MethodGet, URL: server.URL})
		if err != nil {
			return
		}
		if got, err := readToken(answer, transport.Now()); err == nil && !got.IsSet() {
			t.Fatalf("%q is a token without text", in)
		}
		_ = answer.Accepted()
		for _, settings := range []Settings{{}, {BalancePath: path}} {
			if b, err := (&Client{settings: settings}).readBalance(answer); err == nil && len(b.Points.String()) > 200 {
				t.Fatalf("%q is a balance of %d digits", in, len(b.Points.String()))
			}
		}
	})
}
