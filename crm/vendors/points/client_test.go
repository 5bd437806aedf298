package points_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/points"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestEarnAndRedeemSendWhatTheManualPrints(t *testing.T) {
	v := newVendor(t)
	c := client(t, v.config())
	for _, call := range []string{points.Earn, points.Redeem} {
		accepted, err := send(t, c, call)
		require.NoError(t, err)
		assert.False(t, accepted.Known)
		assert.Equal(t, 202, accepted.Record.Status)
	}
	want := `{"userId":"u-1","ruleId":"r-1","amount":100,"requestId":"req-1","callbackUrl":"https://cb.example.test/points"}`
	assert.Equal(t, []string{want, want}, v.seen())
	assert.EqualValues(t, 1, v.tokens.Load(), "one token serves both")
}

func TestWhatIsRefusedBeforeItLeaves(t *testing.T) {
	v := newVendor(t)
	c := client(t, v.config())
	for name, spoil := range map[string]func(*points.Transaction){
		"zero":          func(t *points.Transaction) { t.Points = 0 },
		"negative":      func(t *points.Transaction) { t.Points = -1 },
		"beyond JSON":   func(t *points.Transaction) { t.Points = 9007199254740993 },
		"no user":       func(t *points.Transaction) { t.UserID = "" },
		"no rule":       func(t *points.Transaction) { t.RuleID = "" },
		"no request":    func(t *points.Transaction) { t.RequestID = "" },
		"long request":  func(t *points.Transaction) { t.RequestID = strings.Repeat("x", 256) },
		"control":       func(t *points.Transaction) { t.RequestID = "a\nb" },
		"bad UTF-8":     func(t *points.Transaction) { t.UserID = "\xff" },
		"no callback":   func(t *points.Transaction) { t.CallbackURL = "" },
		"open callback": func(t *points.Transaction) { t.CallbackURL = "http://cb.example.test/x" },
		"long callback": func(t *points.Transaction) { t.CallbackURL = "https://cb.example.test/" + strings.Repeat("x", 2048) },
	} {
		bad := transaction()
		spoil(&bad)
		_, err := c.Send(context.Background(), points.Earn, bad)
		require.ErrorIs(t, err, vendorhttp.Invalid, name)
		assert.True(t, vendorhttp.NeverSent(err), name)
	}
	_, err := c.Send(context.Background(), "steal", transaction())
	require.ErrorIs(t, err, vendorhttp.Invalid)
	assert.Empty(t, v.seen())
}

func TestAnswersToATransaction(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   vendorhttp.Kind
		known  bool
	}{
		"accepted, empty":      {202, "", "", false},
		"accepted, anything":   {202, "queued", "", false},
		"accepted, JSON":       {202, `{"status":"pending"}`, "", false},
		"same key before":      {409, `{"error":"duplicate_request"}`, "", true},
		"plain 200":            {200, "{}", "", false},
		"200 that is an error": {200, `{"error":"rule_inactive","details":["no"]}`, vendorhttp.Malformed, false},
		"202 that is an error": {202, `{"error":"internal"}`, vendorhttp.Malformed, false},
		"200 of a proxy":       {200, "<html>", vendorhttp.Malformed, false},
		"bad rule":             {400, `{"error":"rule_inactive"}`, vendorhttp.Rejected, false},
		"scope":                {403, ``, vendorhttp.Forbidden, false},
		"slow down":            {429, ``, vendorhttp.RateLimited, false},
		"down":                 {500, `<html>`, vendorhttp.Unavailable, false},
		"moved":                {301, ``, vendorhttp.Redirected, false},
		"larger than 1 MiB":    {202, strings.Repeat("x", 10<<20), vendorhttp.Malformed, false},
	} {
		v := newVendor(t)
		v.says(tc.status, tc.body)
		accepted, err := send(t, client(t, v.config()), points.Earn)
		assert.Len(t, v.seen(), 1, "%s: sent once", name)
		if tc.kind == "" {
			require.NoError(t, err, name)
			assert.Equal(t, tc.known, accepted.Known, name)
			continue
		}
		require.ErrorIs(t, err, tc.kind, name)
		assert.False(t, vendorhttp.NeverSent(err), name)
		assert.NotNil(t, failure(t, err).Record, name)
	}
}

func TestALostAnswerIsSentAgainByteForByte(t *testing.T) {
	v := newVendor(t)
	v.answer = func(w http.ResponseWriter, r *http.Request) {
		if len(v.seen()) == 1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusConflict)
	}
	c := client(t, v.config())
	_, err := send(t, c, points.Redeem)
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.False(t, vendorhttp.NeverSent(err))
	assert.False(t, vendorhttp.Refused(err))
	accepted, err := send(t, c, points.Redeem)
	require.NoError(t, err)
	assert.True(t, accepted.Known)
	assert.Equal(t, v.seen()[0], v.seen()[1])
}

func TestARevokedTokenIsRenewedOnce(t *testing.T) {
	v := newVendor(t)
	c := client(t, v.config())
	_, err := send(t, c, points.Earn)
	require.NoError(t, err)
	v.revoke()
	_, err = send(t, c, points.Earn)
	require.NoError(t, err)
	assert.EqualValues(t, 2, v.tokens.Load())

	v.says(401, `{"error":"insufficient_scope"}`)
	_, err = send(t, c, points.Earn)
	require.ErrorIs(t, err, vendorhttp.Unauthorized)
	assert.EqualValues(t, 3, v.tokens.Load(), "renewed once and then given up")
}

func TestManyCallersAndRevocationsUnderARace(t *testing.T) {
	v := newVendor(t)
	c := client(t, v.config())
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 10 {
				if i == 0 && j%3 == 0 {
					v.revoke()
				}
				if _, err := send(t, c, points.Earn); err != nil {
					assert.ErrorIs(t, err, vendorhttp.Unauthorized) // revoked twice within one call
				}
			}
		})
	}
	all.Wait()
	assert.LessOrEqual(t, v.tokens.Load(), int32(10), "revocations, not callers, make tokens")
}

func TestWithoutATokenNothingWasSent(t *testing.T) {
	v := newVendor(t)
	config := v.config()
	config.ClientSecret = setting.NewSecret("wrong-secret")
	_, err := send(t, client(t, config), points.Earn)
	require.ErrorIs(t, err, vendorhttp.Unauthorized)
	assert.True(t, vendorhttp.NeverSent(err))
	assert.Contains(t, err.Error(), "earn (token)")

	config.TokenURL = "http://127.0.0.1:1/token"
	_, err = send(t, client(t, config), points.Earn)
	require.ErrorIs(t, err, vendorhttp.Unavailable)
	assert.True(t, vendorhttp.NeverSent(err))

	for _, body := range []string{"", "<html>", `{}`, `{"access_token":null}`, `{"access_token":"x","token_type":"MAC"}`, `{"error":"x"}`} {
		bad := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		config.TokenURL = bad.URL
		_, err = send(t, client(t, config), points.Earn)
		bad.Close()
		require.Error(t, err, body)
		assert.True(t, vendorhttp.NeverSent(err), body)
	}
	assert.Empty(t, v.seen())
}

func TestTheTokensLife(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	v := newVendor(t)
	config := v.config()
	config.HTTP.Now = func() time.Time { return now }
	c := client(t, config)
	_, _ = send(t, c, points.Earn)
	now = now.Add(28 * time.Minute)
	_, _ = send(t, c, points.Earn)
	assert.EqualValues(t, 1, v.tokens.Load())
	now = now.Add(61 * time.Second)
	_, _ = send(t, c, points.Earn)
	assert.EqualValues(t, 2, v.tokens.Load())
}

func TestNothingSecretIsPrinted(t *testing.T) {
	v := newVendor(t)
	config := v.config()
	c := client(t, config)
	_, err := send(t, c, points.Earn)
	require.NoError(t, err)
	printed := fmt.Sprintf("%v %+v %#v %v %+v %#v", config, config, config, c, c, *c)
	v.revoke()
	v.says(422, `{"message":"opaque-token-2 `+clientSecret+`"}`)
	_, err = send(t, c, points.Earn)
	printed += fmt.Sprintf("%v %+v %#v", err, failure(t, err).Record, failure(t, err))
	config.ClientSecret = setting.NewSecret(clientSecret + "x")
	_, err = send(t, client(t, config), points.Earn)
	printed += fmt.Sprintf("%v %+v %#v", err, failure(t, err).Record, failure(t, err))
	for _, secret := range []string{clientSecret, "opaque-token"} {
		assert.NotContains(t, printed, secret)
	}
}

func TestFaultsOfSettingsAreAllNamed(t *testing.T) {
	faults := map[string]string{}
	note := func(name, message string) {
		if message != "" {
			faults[name] = message
		}
	}
	points.Settings{EarnURL: "http://vendor.example.test/earn", BalanceURL: "https://x.example.test?y", SignKey: setting.NewSecret("no PEM")}.Check(false, note)
	assert.Len(t, faults, 5, "%v", faults)
	for _, name := range []string{"TOKEN_URL", "EARN_URL", "BALANCE_URL", "ORG_ID", "SIGN_KEY_ID"} {
		assert.Contains(t, faults, name)
	}
	clear(faults)
	points.Settings{
		TokenURL: "https://vendor.example.test/token", CallbackURL: "https://us.example.test?x", CallbackSecret: setting.NewSecret("short"),
		SignKey: setting.NewSecret("no PEM"), SignKeyID: "key",
	}.Check(false, note)
	assert.Len(t, faults, 5, "%v", faults)
	for _, name := range []string{"CALLBACK_URL", "CALLBACK_SECRET", "CLIENT_ID", "CLIENT_SECRET", "SIGN_KEY"} {
		assert.Contains(t, faults, name)
	}
	v := newVendor(t)
	config := v.config()
	config.EarnURL, config.BalanceURL = "", ""
	c := client(t, config)
	_, err := send(t, c, points.Earn)
	require.ErrorIs(t, err, vendorhttp.Invalid)
	_, err = c.Balance(context.Background(), "u")
	require.ErrorIs(t, err, vendorhttp.Invalid)
}
