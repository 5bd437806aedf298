package bigcity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

const (
	secret = "company-secret-77"
	good   = `{"id":45654654654,"order_id":"ORD-001234","state":"success","vouchers":[{"voucher_code":"BCP123456","pin":"1234","validity":"2024-03-26"}],"redemption_url":"bigcity.in/redeem"}`
)

var background = context.Background()

// reply is one answer to a redemption; lost hangs up in its place.
type reply struct {
	status int
	body   string
	lost   bool
}

// vendor is a small BigCity: logins hand out numbered tokens, and every login
// ends the tokens of the one before when oneToken is set.
type vendor struct {
	server    *httptest.Server
	companies atomic.Int32
	customers atomic.Int32
	oneToken  atomic.Bool

	mu        sync.Mutex
	live      map[string]bool
	expiry    string
	orders    []string
	redeems   []reply
	loginBody string
}

func newVendor(t testing.TB, redeems ...reply) *vendor {
	v := &vendor{live: map[string]bool{}, redeems: redeems}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/company/auth", v.companyAuth)
	mux.HandleFunc("POST /v1/customer/auth", v.customerAuth)
	mux.HandleFunc("POST /v1/bigcity/redeemptiononskus", v.redeem)
	v.server = httptest.NewServer(mux)
	t.Cleanup(v.server.Close)
	return v
}

func (v *vendor) issue(kind string, n int32) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.oneToken.Load() {
		for token := range v.live {
			if strings.HasPrefix(token, kind) {
				delete(v.live, token)
			}
		}
	}
	token := fmt.Sprint(kind, "-opaque-", n)
	v.live[token] = true
	return token
}

// revoke ends every token of a kind.
func (v *vendor) revoke(kind string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for token := range v.live {
		if strings.HasPrefix(token, kind) {
			delete(v.live, token)
		}
	}
}

func (v *vendor) isLive(r *http.Request, kind string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	return v.live[token] && strings.HasPrefix(token, kind)
}

func (v *vendor) companyAuth(w http.ResponseWriter, r *http.Request) {
	var in struct{ Secret string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	if in.Secret != secret || r.Header.Get("Authorization") != "Required" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"name":"Bad Request","message":"Could not authenticate you","code":32,"status":400,"type":"yii\\web\\HttpException"}`)
		return
	}
	token := v.issue("company", v.companies.Add(1))
	_, _ = fmt.Fprintf(w, `{"vendor_id":1,"vendor_name":"Shop","vendor_email":null,"state":"Active","auth_token":%q,"token_expiry":%q}`, token, v.expiry)
}

func (v *vendor) customerAuth(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	v.loginBody = string(body)
	v.mu.Unlock()
	if !v.isLive(r, "company") {
		v.unauthorized(w, "Invalid company token")
		return
	}
	token := v.issue("customer", v.customers.Add(1))
	_, _ = fmt.Fprintf(w, `{"customer_id":1,"customer_token":%q,"token_expiry":%q}`, token, v.expiry)
}

func (v *vendor) unauthorized(w http.ResponseWriter, message string) {
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = fmt.Fprintf(w, `{"name":"Unauthorized","message":%q,"code":0,"status":401,"type":"yii\\web\\HttpException"}`, message)
}

func (v *vendor) redeem(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	v.orders = append(v.orders, string(body))
	now := reply{status: 200, body: good}
	if len(v.redeems) > 0 {
		now = v.redeems[min(len(v.orders), len(v.redeems))-1]
	}
	v.mu.Unlock()
	switch {
	case !v.isLive(r, "customer"):
		v.unauthorized(w, "Invalid customer token")
	case now.lost:
		panic(http.ErrAbortHandler)
	default:
		w.WriteHeader(now.status)
		_, _ = io.WriteString(w, now.body)
	}
}

func (v *vendor) seen() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.orders...)
}

func (v *vendor) client(t testing.TB, change ...func(*bigcity.Settings)) *bigcity.Client {
	t.Helper()
	settings := bigcity.Settings{URL: v.server.URL + "/v1/", Secret: setting.NewSecret(secret), MobileDigits: 10, TimeZone: india()}
	for _, f := range change {
		f(&settings)
	}
	return bigcity.New(settings, vendorhttp.Options{Retry: vendorhttp.Retry{Attempts: 3, Delay: time.Millisecond, MaxDelay: 2 * time.Millisecond}})
}

// india is the default of the setting.
func india() (z setting.Zone) {
	if err := z.UnmarshalText([]byte("Asia/Kolkata")); err != nil {
		panic(err)
	}
	return z
}

var anna = bigcity.Customer{Mobile: "9876543210", Name: "Anna Ivanova", Email: "anna@example.test"}

func order() bigcity.Order {
	return bigcity.Order{
		ID: "ORD-001234", At: time.Date(2025, 10, 13, 15, 42, 36, 999, time.FixedZone("", -4*3600)), Total: decimal.NewFromInt(1500),
		Lines: []bigcity.Line{{SKU: "SKU1", Qty: 1}, {SKU: "Product-SKU\tVariant-Info", Qty: 2}},
	}
}

func redeem(t testing.TB, c *bigcity.Client) (bigcity.Redeemed, error) {
	t.Helper()
	return c.Redeem(background, anna, order())
}

func failure(t testing.TB, err error) *bigcity.Error {
	t.Helper()
	var e *bigcity.Error
	require.Truef(t, errors.As(err, &e), "%T: %v", err, err)
	return e
}
