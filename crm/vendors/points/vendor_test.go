package points_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

const clientSecret = "s3cret&with=signs"

// vendor is a small Points API whose answers a test sets.
type vendor struct {
	server *httptest.Server
	tokens atomic.Int32
	life   atomic.Int32 // seconds

	mu     sync.Mutex
	good   map[string]bool // tokens that are accepted
	bodies []string
	heads  []http.Header
	answer func(w http.ResponseWriter, r *http.Request)
}

func newVendor(t testing.TB) *vendor {
	v := &vendor{good: map[string]bool{}}
	v.life.Store(1800)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /realms/partner/protocol/openid-connect/token", v.token)
	mux.HandleFunc("/", v.call)
	v.server = httptest.NewServer(mux)
	t.Cleanup(v.server.Close)
	return v
}

func (v *vendor) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.PostFormValue("client_id") != "client-1" || r.PostFormValue("client_secret") != clientSecret || r.PostFormValue("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials `+r.PostFormValue("client_secret")+`"}`)
		return
	}
	issued := fmt.Sprint("opaque-token-", v.tokens.Add(1))
	v.mu.Lock()
	v.good[issued] = true
	v.mu.Unlock()
	_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":%d,"refresh_expires_in":0,"token_type":"Bearer"}`, issued, v.life.Load())
}

func (v *vendor) call(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	v.mu.Lock()
	v.bodies = append(v.bodies, string(body))
	v.heads = append(v.heads, r.Header.Clone())
	known, answer := v.good[bearer(r)], v.answer
	v.mu.Unlock()
	switch {
	case !known:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"unauthorized","details":["token `+bearer(r)+`"]}`)
	case answer != nil:
		answer(w, r)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}

func bearer(r *http.Request) string {
	var token string
	_, _ = fmt.Sscanf(r.Header.Get("Authorization"), "Bearer %s", &token)
	return token
}

// revoke makes every token that was given out worthless.
func (v *vendor) revoke() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.good = map[string]bool{}
}

// says sets the answer of earn, redeem and balance.
func (v *vendor) says(status int, body string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (v *vendor) seen() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.bodies...)
}

// setup is what a client is made from.
type setup struct {
	points.Settings
	HTTP vendorhttp.Options
}

// sign lets requests be signed.
func (s *setup) sign() {
	der, err := x509.MarshalPKCS8PrivateKey(testKey())
	if err != nil {
		panic(err)
	}
	s.SignKey = setting.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	s.SignKeyID, s.SignBackdate = "key-1", 5*time.Second
}

const tokenPath = "/realms/partner/protocol/openid-connect/token"

func (v *vendor) config() setup {
	return setup{points.Settings{
		TokenURL: v.server.URL + tokenPath, ClientID: "client-1", ClientSecret: setting.NewSecret(clientSecret),
		EarnURL: v.server.URL + "/points/v1/earn", RedeemURL: v.server.URL + "/points/v1/redeem",
		BalanceURL: v.server.URL, OrgID: "org-1",
	}, vendorhttp.Options{Retry: vendorhttp.Retry{Attempts: 3, Delay: time.Millisecond, MaxDelay: 2 * time.Millisecond}}}
}

func client(t testing.TB, config setup) *points.Client {
	t.Helper()
	c, err := points.New(config.Settings, config.HTTP)
	require.NoError(t, err)
	return c
}

func transaction() points.Transaction {
	return points.Transaction{
		UserID: "u-1", RuleID: "r-1", Points: 100, RequestID: "req-1",
		CallbackURL: "https://cb.example.test/points",
	}
}

func send(t testing.TB, c *points.Client, call string) (points.Accepted, error) {
	t.Helper()
	return c.Send(context.Background(), call, transaction())
}

func failure(t testing.TB, err error) *points.Error {
	t.Helper()
	var e *points.Error
	require.Truef(t, errors.As(err, &e), "%T: %v", err, err)
	return e
}
