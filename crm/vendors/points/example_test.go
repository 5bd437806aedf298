package points_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// A stand-in for the vendor, so that the example runs anywhere.
func exampleVendor() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/token"):
			_, _ = fmt.Fprint(w, `{"access_token":"t","expires_in":1800,"token_type":"Bearer"}`)
		case r.Method == http.MethodGet:
			_, _ = fmt.Fprint(w, `{"data":{"balance":"120.50"}}`)
		default:
			w.WriteHeader(http.StatusAccepted)
		}
	}))
}

func Example() {
	vendor := exampleVendor()
	defer vendor.Close()
	client, err := points.New(points.Settings{
		TokenURL:     vendor.URL + "/realms/partner/protocol/openid-connect/token",
		ClientID:     "client",
		ClientSecret: setting.NewSecret("secret"),
		EarnURL:      vendor.URL + "/earn",
		BalanceURL:   vendor.URL,
		OrgID:        "retailer",
	}, vendorhttp.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()

	accepted, err := client.Send(ctx, points.Earn, points.Transaction{ // store it before it is sent
		UserID: "u-1", RuleID: "welcome", Points: 100,
		RequestID: "receipt-17", CallbackURL: "https://shop.example.test/points/7f3a",
	})
	fmt.Println(accepted.Record.Status, accepted.Known, err)

	balance, err := client.Balance(ctx, "u-1")
	fmt.Println(balance.Points, err)
	// Output:
	// 202 false <nil>
	// 120.5 <nil>
}

func ExampleParseCallback() {
	callback, err := points.ParseCallback([]byte(`{"action":"point_earn","clientId":"client","userId":"u-1","requestId":"receipt-17",
		"ruleId":"welcome","point":80,"transactionId":"t-9","timestamp":"2024-04-12T07:41:26.633135053Z","status":"success"}`))
	fmt.Println(callback.RequestID, callback.Succeeded, callback.Points, err) // 80 of the 100 that were asked for: a cap
	// Output: receipt-17 true 80 <nil>
}
