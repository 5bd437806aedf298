package qiibee_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/shopspring/decimal"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/qiibee"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

// A stand-in for the vendor, so that the example runs anywhere.
func exampleVendor() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/transactions"):
			w.WriteHeader(http.StatusAccepted)
		case strings.HasSuffix(r.URL.Path, "/balances"):
			_, _ = fmt.Fprint(w, `{"data":[{"balance":250,"token":{"id":"12","name":"Points","type":"erc20"}}]}`)
		default:
			_, _ = fmt.Fprint(w, `{"user":{"auth_id":"card-17","email":"anna@example.test"}}`)
		}
	}))
}

func Example() {
	vendor := exampleVendor()
	defer vendor.Close()
	client := qiibee.New(qiibee.Settings{URL: vendor.URL, APIKey: setting.NewSecret("key")}, vendorhttp.Options{})
	ctx := context.Background()

	user, err := client.EnsureUser(ctx, qiibee.User{AuthID: "card-17", Email: "anna@example.test"})
	fmt.Println(user.AuthID, err)

	accepted, err := client.SendTransaction(ctx, qiibee.Transaction{ // store it before it is sent
		UserID: user.AuthID, Type: qiibee.CreditPoints, Amount: decimal.NewFromInt(100), TokenID: 12,
	})
	switch {
	case err == nil:
		fmt.Println("accepted", accepted.Record.Status)
	case vendorhttp.Refused(err):
		fmt.Println("nothing was done:", err)
	default:
		fmt.Println("ask TransactionsSince later:", err)
	}

	balances, err := client.Balances(ctx, user.AuthID)
	fmt.Println(balances[0].Token.Name, balances[0].Amount, err)
	// Output:
	// card-17 <nil>
	// accepted 202
	// Points 250 <nil>
}
