package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
	"koshelek-adapter/crm/connect/connectors"
	"koshelek-adapter/crm/connect/maxma"
)

// faults loads the settings and returns what is wrong, keyed by variable.
func faults(t *testing.T, environ ...string) map[string]string {
	t.Helper()
	cfg, err := config.Load(environ)
	if err == nil {
		return nil
	}
	assert.Nil(t, cfg)
	var all config.Faults
	require.ErrorAs(t, err, &all)
	byName := map[string]string{}
	for _, f := range all {
		assert.NotContains(t, byName, f.Variable, "one line for one mistake")
		byName[f.Variable] = f.Message
	}
	return byName
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "setting")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// TestStoreFollowsTheDataDirectory: who moves the one and not the other would find
// the cards somewhere else than the password.
func TestStoreFollowsTheDataDirectory(t *testing.T) {
	for _, c := range []struct{ environ, want string }{
		{"ADAPTER_DATA_DIR=/var/lib/adapter", "sqlite:/var/lib/adapter/adapter.db"},
		{"ADAPTER_DATABASE=sqlite:cards.db", "sqlite:cards.db"},
		{"ADAPTER_DATABASE_FILE=" + write(t, "sqlite:kept.db"), "sqlite:kept.db"},
	} {
		cfg, err := config.Load([]string{"ADAPTER_DATA_DIR=/somewhere", c.environ})
		require.NoError(t, err)
		assert.Equal(t, c.want, cfg.Database.Reveal())
	}
}

func TestDefaults(t *testing.T) {
	cfg, err := config.Load(nil)
	require.NoError(t, err)
	assert.Equal(t, config.Server{Listen: ":8443", OpsListen: "127.0.0.1:9090", TLS: config.TLSSelfSigned}, cfg.Server)
	assert.True(t, cfg.OpsEnabled())
	assert.Equal(t, config.Store{DataDir: "data", Database: config.NewDSN("sqlite:data/adapter.db"), DatabaseConnections: 16}, cfg.Store)
	assert.Equal(t, config.CRM{Fresh: 30 * time.Second, Stale: 24 * time.Hour, ReadTimeout: 3 * time.Second, WriteTimeout: 5 * time.Second, InFlight: 32, BreakerDelay: 15 * time.Second, Registry: connectors.Registry{Maxma: maxma.Settings{Shop: "koshelek"}}}, cfg.CRM)
	assert.Equal(t, config.Koshelek{Version: "1.3.0", User: "koshelek", UnauthorizedStatus: 401, AcceptPUT: true, ReserveFormat: config.ReserveString,
		OffersPath: "campaigns", Blocked: config.BlockedError, Email: "hint", Language: config.LanguageRussian, NoBirthDates: "1900-01-01", LenientPaths: true}, cfg.Koshelek)
	assert.Equal(t, config.Card{Template: "29##########{ean}", BarcodeType: "EAN_13", BarcodeTemplate: "{number}", Claim: "register", ClaimsPerDay: 3, FailuresPerHour: 20, ReserveFor: time.Hour}, cfg.Card)
	assert.Equal(t, config.Earn{Percent: 100, Cap: 10_000, ReceiptsPerDay: 30, PointsPerDay: 30_000, MaxAge: 720 * time.Hour, ClockSkew: 10 * time.Minute, TillsEast: 9 * time.Hour, TillsWest: time.Hour, Lifetime: 8760 * time.Hour, PromoCode: 100}, cfg.Earn)
	assert.Equal(t, "Europe/Moscow", cfg.TimeZone.Location().String())
	assert.Equal(t, config.Log{Level: "info", Format: config.LogJSON}, cfg.Log)
	assert.Equal(t, config.Limits{MaxInFlight: 256, MaxConnections: 2000, RequestTimeout: 10 * time.Second, HeaderTimeout: 5 * time.Second, BodyTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, DrainTimeout: 20 * time.Second}, cfg.Limits)
	assert.Empty(t, cfg.Validate())
	_, configured := cfg.Koshelek.Current()
	assert.False(t, configured)
	_, configured = cfg.Koshelek.Next()
	assert.False(t, configured)
}

func TestValuesAreTaken(t *testing.T) {
	cfg, err := config.Load([]string{"PATH=/bin", "ADAPTER_LISTEN=:1", "ADAPTER_LISTEN=[::1]:0", "ADAPTER_OPS_LISTEN=off", "ADAPTER_TLS=off",
		"ADAPTER_DATABASE=mycrm:key@somewhere", "ADAPTER_KOSHELEK_ACCEPT_PUT=false", "ADAPTER_EARN_PERCENT=2.5", "ADAPTER_EARN_LIFETIME=0",
		"ADAPTER_TIME_ZONE=Asia/Yekaterinburg", "ADAPTER_REQUEST_TIMEOUT=1ms", "ADAPTER_CARD_TEMPLATE=pool", "ADAPTER_LOG_LEVEL="}, "mycrm", "other")
	require.NoError(t, err)
	assert.Equal(t, "[::1]:0", cfg.Listen, "the last one counts")
	assert.False(t, cfg.OpsEnabled())
	assert.Equal(t, "mycrm", cfg.Database.Scheme())
	assert.Equal(t, "key@somewhere", cfg.Database.Rest())
	assert.False(t, cfg.Koshelek.AcceptPUT)
	assert.EqualValues(t, 250, cfg.Earn.Percent.BasisPoints())
	assert.Zero(t, cfg.Earn.Lifetime)
	assert.Equal(t, "Asia/Yekaterinburg", cfg.TimeZone.Location().String())
	assert.Equal(t, time.Millisecond, cfg.RequestTimeout)
	assert.Equal(t, config.CardPool, cfg.Card.Template)
	assert.Equal(t, "info", cfg.Log.Level, "empty is not set")
	assert.Empty(t, cfg.Validate(), "the extra schemes are remembered")
}

func TestEveryFaultAtOnce(t *testing.T) {
	_, err := config.Load([]string{"ADAPTER_DRAIN_DELAY=5", "ADAPTER_LOG_LEVEL=loud", "ADAPTER_LISTEN=8443", "ADAPTER_CARD_FROM_PHONE=yes",
		"ADAPTER_ZZZ=1", "ADAPTER_MAX_IN_FLIGHT=0", "ADAPTER_EARN_PERCENT=101", "ADAPTER_KOSHELEK_PASSWORD=short", "ADAPTER_AAA\n=1"})
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	var names []string
	for _, line := range lines {
		name, message, _ := strings.Cut(line, ": ")
		names = append(names, name)
		assert.NotEmpty(t, message)
	}
	assert.Equal(t, []string{"ADAPTER_LISTEN", "ADAPTER_KOSHELEK_PASSWORD", "ADAPTER_CARD_FROM_PHONE", "ADAPTER_EARN_PERCENT", "ADAPTER_LOG_LEVEL",
		"ADAPTER_MAX_IN_FLIGHT", "ADAPTER_DRAIN_DELAY", `"ADAPTER_AAA\n"`, "ADAPTER_ZZZ"}, names, "in the order of the table, unknown ones last")
}

// The process environment is no source, not even under a name without the prefix, and is afterwards what it was before.
func TestOnlyTheListIsRead(t *testing.T) {
	t.Setenv("ADAPTER_LISTEN", ":1")
	t.Setenv("ADAPTER_NONSENSE", "x")
	t.Setenv("ADAPTER_LOG_LEVEL", "")
	for _, name := range []string{"LISTEN", "DATABASE", "TLS", "USER", "PASSWORD", "LANGUAGE", "KOSHELEK_USER", "LOG_LEVEL", "VERSION"} {
		t.Setenv(name, "stranger")
	}
	before := os.Environ()
	cfg, err := config.Load([]string{"ADAPTER_OPS_LISTEN=:2"})
	require.NoError(t, err)
	assert.Equal(t, ":8443", cfg.Listen)
	assert.Equal(t, ":2", cfg.OpsListen)
	assert.Equal(t, "koshelek", cfg.Koshelek.User)
	assert.ElementsMatch(t, before, os.Environ())
	_ = faults(t, "ADAPTER_LISTEN=x", "ADAPTER_DRAIN_DELAY=x")
	assert.ElementsMatch(t, before, os.Environ())
}

func TestManyProgramsAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for range 10 {
				cfg, err := config.Load([]string{fmt.Sprintf("ADAPTER_LISTEN=:%d", 2000+i), fmt.Sprintf("ADAPTER_KOSHELEK_PASSWORD=secret number %02d", i)})
				if assert.NoError(t, err) {
					assert.Equal(t, fmt.Sprintf(":%d", 2000+i), cfg.Listen)
					assert.Equal(t, fmt.Sprintf("secret number %02d", i), cfg.Koshelek.Password.Reveal())
				}
				_, err = config.Load([]string{"ADAPTER_DRAIN_DELAY=x"})
				assert.Error(t, err)
			}
		})
	}
	wg.Wait()
}
