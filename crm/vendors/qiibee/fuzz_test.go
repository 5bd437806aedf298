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
	transport := vendorhttp.New(Name, vendorhttp.Options{}, "code")
	f.Fuzz(func(t *testing.T, in []byte) {
		body = in
		answer, err := transport.Do(t.Context(), vendorhttp.Request{Call: "x", Method: http.MethodGet, URL: server.URL})
		if err != nil {
			return
		}
		if u, err := readUser(answer); err == nil && u.AuthID+u.Email == "" {
			t.Fatalf("%q is a user without a name", in)
		}
		if c, err := readCode(answer); err == nil && c.Code == "" {
			t.Fatalf("%q is a code without one", in)
		}
		if r, err := readReward(answer); err == nil && r.Code == "" {
			t.Fatalf("%q is a reward without a code", in)
		}
		if l, err := readEntries(answer); err == nil && l.Total < -1 {
			t.Fatalf("%q counts %d", in, l.Total)
		}
		_, _ = readAccepted(answer)
		items, _ := readList[balanceIn](answer, "balances", "balance")
		for _, item := range items {
			_ = item.balance()
		}
		_, _ = readList[membershipIn](answer, "memberships", "membership")
		_, _ = readList[nftIn](answer, "nfts", "nft")
		_, _ = ParseWebhook(in)
	})
}
