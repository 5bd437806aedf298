package bigcity_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config/setting"
	"koshelek-adapter/crm/vendors/bigcity"
	"koshelek-adapter/crm/vendors/vendorhttp"
)

func TestHealth(t *testing.T) {
	v := newVendor(t)
	require.NoError(t, v.client(t).Health(background))
	require.ErrorIs(t, v.client(t, func(s *bigcity.Settings) { s.URL = "http://127.0.0.1:1/v1" }).Health(background), vendorhttp.Unavailable)
}

func TestCompany(t *testing.T) {
	v := newVendor(t)
	c := v.client(t)
	got, err := c.Company(background)
	require.NoError(t, err)
	assert.Equal(t, bigcity.Company{ID: "1", Name: "Shop", State: "Active"}, got)
	_, err = c.Company(background)
	require.NoError(t, err)
	assert.EqualValues(t, 1, v.companies.Load())

	_, err = v.client(t, func(s *bigcity.Settings) { s.Secret = setting.NewSecret("wrong") }).Company(background)
	require.ErrorIs(t, err, vendorhttp.Unauthorized)
	assert.Equal(t, "32", failure(t, err).Code)
}

func TestRewards(t *testing.T) {
	rows := `[{"id":2,"denomination_value":"10","status":1,"qty":"0","skus":"Product-SKU\tVariant-Info"},{"id":"9007199254740993","denomination_value":25.5,"status":"0","qty":3,"qty_trigger_limit":null}]`
	for _, body := range []string{rows, `{"success":true,"status":200,"data":` + rows + `}`, `{"data":{"rewards":` + rows + `}}`} {
		v := newVendor(t)
		v.rewards = body
		got, err := v.client(t).Rewards(background)
		require.NoError(t, err, body)
		require.Len(t, got, 2)
		assert.Equal(t, "2", got[0].ID)
		assert.Equal(t, "10", got[0].Denomination.String())
		assert.True(t, got[0].Active)
		assert.Equal(t, "Product-SKU\tVariant-Info", got[0].SKUs)
		assert.Equal(t, "9007199254740993", got[1].ID)
		assert.False(t, got[1].Active)
		assert.Equal(t, "3", got[1].Quantity.String())
	}
	for _, body := range []string{``, `{}`, `<html>`, `null`, `[1]`, `[{"id":`} {
		v := newVendor(t)
		v.rewards = body
		_, err := v.client(t).Rewards(background)
		require.ErrorIs(t, err, vendorhttp.Malformed, body)
	}
	v := newVendor(t)
	c := v.client(t)
	_, err := c.Rewards(background)
	require.NoError(t, err)
	v.revoke("company")
	_, err = c.Rewards(background)
	require.NoError(t, err, "the company logs in again")
	assert.EqualValues(t, 2, v.companies.Load())
}

// jwtUntil is a token with an exp claim.
func jwtUntil(exp string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part([]byte(`{"exp":`+exp+`}`)) + "." + part([]byte("x"))
}

// TestWhichExpiryIsTrusted counts logins while the clock goes on.
func TestWhichExpiryIsTrusted(t *testing.T) {
	start := time.Date(2025, 10, 13, 8, 0, 0, 0, time.UTC)
	unix := func(d time.Duration) string { return fmt.Sprint(start.Add(d).Unix()) }
	for name, tc := range map[string]struct {
		token, expiry string
		zone          string
		life          time.Duration // until a new login is due
	}{
		"exp claim before token_expiry":   {jwtUntil(unix(time.Hour)), "2025-10-14 13:30:00", "Asia/Kolkata", 55 * time.Minute},
		"exp as a fraction":               {jwtUntil(unix(time.Hour) + ".5"), "", "Asia/Kolkata", 55 * time.Minute},
		"exp in the past":                 {jwtUntil(unix(-time.Hour)), "2025-10-13 15:30:00", "Asia/Kolkata", 115 * time.Minute},
		"no exp, naive time is India's":   {"opaque", "2025-10-13 15:30:00", "Asia/Kolkata", 115 * time.Minute},
		"no exp, naive time in a setting": {"opaque", "2025-10-13 10:00:00", "UTC", 115 * time.Minute},
		"offset is honoured":              {"opaque", "2025-10-13T12:00:00+02:00", "Asia/Kolkata", 115 * time.Minute},
		"unreadable":                      {"opaque", "soon", "Asia/Kolkata", 24*time.Hour - 5*time.Minute},
		"absent":                          {"a.b.c", "", "Asia/Kolkata", 24*time.Hour - 5*time.Minute},
		"past":                            {"opaque", "2020-01-01 00:00:00", "Asia/Kolkata", 24*time.Hour - 5*time.Minute},
	} {
		logins, now := 0, start
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			logins++
			_, _ = fmt.Fprintf(w, `{"vendor_id":1,"auth_token":%q,"token_expiry":%q}`, tc.token, tc.expiry)
		}))
		settings := bigcity.Settings{URL: server.URL, Secret: setting.NewSecret(secret)}
		require.NoError(t, settings.TimeZone.UnmarshalText([]byte(tc.zone)))
		c := bigcity.New(settings, vendorhttp.Options{Now: func() time.Time { return now }})
		for _, step := range []struct {
			after  time.Duration
			logins int
		}{{0, 1}, {tc.life - time.Second, 1}, {tc.life + 2*time.Second, 2}} {
			now = start.Add(step.after)
			_, err := c.Company(background)
			require.NoError(t, err)
			assert.Equal(t, step.logins, logins, "%s after %v", name, step.after)
		}
		server.Close()
	}
}

func TestFaultsOfSettings(t *testing.T) {
	faults := map[string]string{}
	note := func(name, message string) {
		if message != "" {
			faults[name] = message
		}
	}
	bigcity.Settings{URL: bigcity.ProductionURL, Secret: setting.NewSecret(secret)}.Check(false, note)
	assert.Empty(t, faults)
	for _, url := range []string{"http://bigcity.example.test/v1", bigcity.ProductionURL + "?x", ""} {
		clear(faults)
		bigcity.Settings{URL: url, Secret: setting.NewSecret(secret)}.Check(false, note)
		assert.Contains(t, faults, "URL", url)
	}
	c := bigcity.New(bigcity.Settings{URL: bigcity.ProductionURL, Secret: setting.NewSecret(secret)}, vendorhttp.Options{})
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), secret)
}
