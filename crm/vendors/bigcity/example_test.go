package bigcity_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/shopspring/decimal"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// A stand-in for the vendor, so that the example runs anywhere.
func exampleVendor() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/company/auth", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"vendor_id":1,"vendor_name":"Shop","state":"Active","auth_token":"t1","token_expiry":"2099-10-14 13:47:16"}`)
	})
	mux.HandleFunc("/customer/auth", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"customer_id":1,"customer_token":"t2","token_expiry":"2099-10-14 14:31:35"}`)
	})
	mux.HandleFunc("/bigcity/redeemptiononskus", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"id":45654654654,"order_id":"ORD-1","state":"success","redemption_url":"bigcity.in/redeem",
			"vouchers":[{"voucher_code":"BCP123456","pin":null,"validity":"2027-03-26"}],"terms":"<p>Valid once.</p>"}`)
	})
	return httptest.NewServer(mux)
}

func Example() {
	vendor := exampleVendor()
	defer vendor.Close()
	client := bigcity.New(bigcity.Settings{URL: vendor.URL, Secret: setting.NewSecret("secret"), MobileDigits: 10}, vendorhttp.Options{})

	order := bigcity.Order{ // store what it is made of before sending it
		ID: "ORD-1", At: time.Date(2026, 10, 13, 15, 42, 36, 0, time.UTC), Total: decimal.NewFromInt(1500),
		Lines: []bigcity.Line{{SKU: "SKU1", Qty: 1}},
	}
	redeemed, err := client.Redeem(context.Background(), bigcity.Customer{Mobile: "9876543210"}, order)
	switch {
	case err == nil && len(redeemed.Vouchers) == 0:
		fmt.Println("no reward for these SKUs")
	case err == nil:
		fmt.Println(redeemed.Vouchers[0].Code, redeemed.Vouchers[0].Validity, redeemed.RedemptionURL, redeemed.Terms)
	case vendorhttp.Refused(err):
		fmt.Println("nothing was done:", err)
	default:
		fmt.Println("unknown, a person must find out:", err)
	}
	fmt.Println(redeemed.Vouchers)
	// Output:
	// BCP123456 2027-03-26 https://bigcity.in/redeem Valid once.
	// [voucher ***]
}
