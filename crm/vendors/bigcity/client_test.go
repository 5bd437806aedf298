package bigcity_test

import (
	"encoding/base64"
	"fmt"
	"io"
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
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/company/auth":
				_, _ = io.WriteString(w, `{"auth_token":"company"}`)
			case "/customer/auth":
				logins++
				_, _ = fmt.Fprintf(w, `{"customer_token":%q,"token_expiry":%q}`, tc.token, tc.expiry)
			default:
				_, _ = io.WriteString(w, good)
			}
		}))
		settings := bigcity.Settings{URL: server.URL, Secret: setting.NewSecret(secret), MobileDigits: 10}
		require.NoError(t, settings.TimeZone.UnmarshalText([]byte(tc.zone)))
		c := bigcity.New(settings, vendorhttp.Options{Now: func() time.Time { return now }})
		for _, step := range []struct {
			after  time.Duration
			logins int
		}{{0, 1}, {tc.life - time.Second, 1}, {tc.life + 2*time.Second, 2}} {
			now = start.Add(step.after)
			_, err := redeem(t, c)
			require.NoError(t, err)
			assert.Equal(t, step.logins, logins, "%s after %v", name, step.after)
		}
		server.Close()
	}
}

func TestFaultsOfSettings(t *testing.T) {
	const production = "https://api.bigcity.in/v1"
	faults := map[string]string{}
	note := func(name, message string) {
		if message != "" {
			faults[name] = message
		}
	}
	bigcity.Settings{URL: production, Secret: setting.NewSecret(secret)}.Check(false, note)
	assert.Empty(t, faults)
	for _, url := range []string{"http://bigcity.example.test/v1", production + "?x", ""} {
		clear(faults)
		bigcity.Settings{URL: url, Secret: setting.NewSecret(secret)}.Check(false, note)
		assert.Contains(t, faults, "URL", url)
	}
	c := bigcity.New(bigcity.Settings{URL: production, Secret: setting.NewSecret(secret)}, vendorhttp.Options{})
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), secret)
}
