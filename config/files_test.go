package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
)

func TestSettingsFromFiles(t *testing.T) {
	cfg, err := config.Load([]string{
		"ADAPTER_DATABASE_FILE=" + write(t, "mysql:u:p a/s@s@tcp(db:3306)/crm\r\n"),
		"ADAPTER_KOSHELEK_USER_FILE=" + write(t, "wallet"),
		"ADAPTER_KOSHELEK_PASSWORD_FILE=" + write(t, "\ufeff a password with spaces \r\n\r\n"),
		"ADAPTER_KOSHELEK_USER_NEXT_FILE=" + write(t, "wallet2\n"),
		"ADAPTER_KOSHELEK_PASSWORD_NEXT_FILE=" + write(t, strings.Repeat("x", 64<<10)),
	})
	require.NoError(t, err)
	assert.Equal(t, "u:p a/s@s@tcp(db:3306)/crm", cfg.Database.Rest())
	current, ok := cfg.Koshelek.Current()
	assert.True(t, ok)
	assert.Equal(t, "wallet", current.User)
	assert.Equal(t, " a password with spaces ", current.Password.Reveal(), "the mark and the line ends are dropped and nothing else")
	next, ok := cfg.Koshelek.Next()
	assert.True(t, ok)
	assert.Equal(t, "wallet2", next.User)
	assert.Len(t, next.Password.Reveal(), 64<<10)
}

func TestNextPasswordAloneKeepsTheUser(t *testing.T) {
	cfg, err := config.Load([]string{"ADAPTER_KOSHELEK_USER=wallet", "ADAPTER_KOSHELEK_PASSWORD_NEXT=twelve chars"})
	require.NoError(t, err)
	next, ok := cfg.Koshelek.Next()
	assert.True(t, ok)
	assert.Equal(t, "wallet", next.User)
	assert.Equal(t, "twelve chars", next.Password.Reveal())
}

func TestFaultsOfFiles(t *testing.T) {
	const name = "ADAPTER_KOSHELEK_PASSWORD"
	for _, c := range []struct{ path, says string }{
		{"/does/not/exist/hunter2hunter2", "cannot be opened: no such file"},
		{t.TempDir(), "cannot be read: is a directory"},
		{write(t, ""), "the file is empty"},
		{write(t, "\n"), "the file is empty"},
		{write(t, "\ufeff\r\n"), "the file is empty"},
		{write(t, "\xff\xfes\x00"), "the file is in UTF-16"},
		{write(t, strings.Repeat("x", 64<<10+1)), "the file is too large"},
	} {
		all := faults(t, name+"_FILE="+c.path)
		require.Len(t, all, 1)
		assert.Contains(t, all[name+"_FILE"], c.says)
		assert.NotContains(t, all[name+"_FILE"], c.path, "a path may be a secret in the wrong place")
	}
	all := faults(t, name+"=password one", name+"_FILE="+write(t, "password two"))
	assert.Equal(t, map[string]string{name + "_FILE": "set together with ADAPTER_KOSHELEK_PASSWORD; one of the two is allowed"}, all)
	all = faults(t, name+"_FILE="+write(t, "two\nlines of text"), "ADAPTER_DATABASE_FILE="+write(t, "mysql:u:hunter2@x"), "ADAPTER_KOSHELEK_USER_FILE="+write(t, "hunter2:"))
	require.Len(t, all, 3)
	assert.Contains(t, all[name], "control character")
	assert.NotContains(t, config.Faults{{Message: all["ADAPTER_DATABASE"]}, {Message: all["ADAPTER_KOSHELEK_USER"]}}.Error(), "hunter2")
}

func TestFilesOfTLS(t *testing.T) {
	cert, key := write(t, "c"), write(t, "k")
	cfg, err := config.Load([]string{"ADAPTER_TLS=files", "ADAPTER_TLS_CERT=" + cert, "ADAPTER_TLS_KEY=" + key})
	require.NoError(t, err)
	assert.Equal(t, cert, cfg.TLSCert)
	assert.Equal(t, key, cfg.TLSKey)
	all := faults(t, "ADAPTER_TLS=files", "ADAPTER_TLS_CERT="+cert)
	assert.Equal(t, map[string]string{"ADAPTER_TLS_KEY": "missing; with ADAPTER_TLS=files the path of a PEM file is needed"}, all)
	all = faults(t, "ADAPTER_TLS=files", "ADAPTER_TLS_CERT="+filepath.Join(t.TempDir(), "none"), "ADAPTER_TLS_KEY="+t.TempDir())
	assert.Contains(t, all["ADAPTER_TLS_CERT"], "cannot be opened: no such file")
	assert.Contains(t, all["ADAPTER_TLS_KEY"], "names a directory")
	all = faults(t, "ADAPTER_TLS=files", "ADAPTER_TLS_CERT="+cert, "ADAPTER_TLS_KEY=-----BEGIN PRIVATE KEY-----MIIsecret")
	assert.NotContains(t, all["ADAPTER_TLS_KEY"], "MIIsecret")
	if os.Getuid() != 0 {
		require.NoError(t, os.Chmod(key, 0))
		assert.Contains(t, faults(t, "ADAPTER_TLS=files", "ADAPTER_TLS_CERT="+cert, "ADAPTER_TLS_KEY="+key)["ADAPTER_TLS_KEY"], "permission denied")
	}
}
