package qiibee

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// FuzzAnswers reads any body as the answer of every call.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		``, `<html>`, `{"user":{"auth_id":1}}`, `{"data":[{"balance":1,"nfts":[{}],"token":null}]}`, `{"data":{"data":{"data":{"data":[]}}}}`,
		`{"data":{"transactions":[{"amount":"1e99","inserted_at":1e9}],"total_tx_count":-1}}`, `{"data":{"code":[]}}`, `{"reward":{"code":"x","transaction":{"user":null}}}`,
	} {
		f.Add([]byte(seed))
	}
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	f.Cleanup(server.Close)
	transport := vendorhttp.New(Name, vendorhttp.Options{})
	f.Fuzz(func(t *testing.T, in []byte) {
		body = in
		answer, err := transport.Do(t.Context(), vendorhttp.Request{Call: "x", Method: http.MethodGet, URL: server.URL})
		if err != nil {
			return
		}
		if u, err := readUser(answer); err == nil && u.AuthID+u.Email == "" {
			t.Fatalf("%q is a user without a name", in)
		}
		if l, err := readEntries(answer); err == nil && l.total < -1 {
			t.Fatalf("%q counts %d", in, l.total)
		}
		_, _ = readAccepted(answer)
		_, _ = ParseWebhook(in)
	})
}
