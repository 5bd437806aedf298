package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
)

func TestSecretsAreNeverPrinted(t *testing.T) {
	const one, two, three = "password-number-one", "password-number-two", "pass@word/three"
	cfg, err := config.Load([]string{"ADAPTER_KOSHELEK_PASSWORD=" + one, "ADAPTER_KOSHELEK_PASSWORD_NEXT=" + two,
		"ADAPTER_DATABASE=mysql:crm:" + three + "@tcp(db:3306)/name?attrs=" + one})
	require.NoError(t, err)
	current, _ := cfg.Koshelek.Current()
	inside := struct {
		cfg    *config.Config
		secret config.Secret
		dsn    config.DSN
	}{cfg, cfg.Koshelek.Password, cfg.Database} // fmt cannot call methods of unexported fields
	values := []any{cfg, *cfg, cfg.Koshelek, cfg.Store, cfg.Koshelek.Password, &cfg.Koshelek.Password, cfg.Database, &cfg.Database, current,
		[]config.Secret{cfg.Koshelek.Password}, map[string]config.DSN{"a": cfg.Database}, inside, &inside}
	var printed strings.Builder
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T"} {
			fmt.Fprintf(&printed, verb+"\n", v)
		}
		text, err := json.Marshal(v)
		require.NoError(t, err)
		printed.Write(text)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		printed.Write(log.Bytes())
	}
	for _, secret := range []string{one, two, three, "word/three", fmt.Sprintf("%x", one), fmt.Sprintf("%X", two), fmt.Sprintf("%x", "three")} {
		assert.NotContains(t, printed.String(), secret)
	}
	assert.Contains(t, cfg.String(), "ADAPTER_DATABASE=mysql:crm:***@tcp(db:3306)/name?***\n")
	assert.Contains(t, cfg.String(), "ADAPTER_KOSHELEK_PASSWORD=***\n")
	assert.Contains(t, cfg.String(), "ADAPTER_REQUEST_TIMEOUT=10s\n")
}

func TestSecret(t *testing.T) {
	var none config.Secret
	assert.False(t, none.IsSet())
	assert.Empty(t, none.Reveal())
	assert.Equal(t, "***", none.String())
	some := config.NewSecret("text")
	assert.True(t, some.IsSet())
	assert.Equal(t, "text", some.Reveal())
	assert.Equal(t, "***", some.GoString())
	assert.Equal(t, "*** *** ***", fmt.Sprintf("%d %#v %10x", some, some, some))
}

func TestRedactedAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"hunter2":                          "***",
		"Hunter2:x":                        "***",
		"sqlite:data/adapter.db":           "sqlite:data/adapter.db",
		"sqlite:a?_pragma=key('x')":        "sqlite:a?***",
		"mysql:u@unix(/run/my.sock)/n":     "mysql:u@unix(/run/my.sock)/n",
		"mysql:u:@tcp(h)/n":                "mysql:u:***@tcp(h)/n",
		"mysql:u:p:q@r/s@tcp([::1]:1)/n?a": "mysql:u:***@tcp([::1]:1)/n?***",
		"mysql:u:p@h/n":                    "mysql:***",
		"mycrm:https://u:p@host?token=x":   "mycrm:***",
	} {
		assert.Equal(t, want, config.NewDSN(text).String(), text)
		assert.Equal(t, want, config.NewDSN(text).GoString(), text)
	}
}
