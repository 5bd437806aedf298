package main

import (
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/wallet"
)

const (
	login    = "koshelek"
	password = "correct horse battery"
)

// serveHost starts a partner's host with TLS and gives its address and the file
// with its certificate.
func serveHost(t *testing.T, fault string) (address, ca string) {
	t.Helper()
	host, err := faultyhost.New(faultyhost.Options{User: login, Password: password, Fault: fault})
	require.NoError(t, err)
	server := httptest.NewTLSServer(host)
	t.Cleanup(server.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(ca, certificate, 0o600))
	return server.URL, ca
}

func TestWalletCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(file, []byte(password+"\n"), 0o600))
	small := []string{"wallet", "--user", login, "--password-file", file, "--users", "8", "--calls", "240", "--seed", "3",
		"--grace", "100ms", "--repeat", "30%", "--lose", "0.1", "--slow-for", "4ms", "--version-mix", "1.0.0=1,1.3.0=3"}

	t.Run("a good host", func(t *testing.T) {
		address, ca := serveHost(t, "")
		file := filepath.Join(t.TempDir(), "wallet.json")
		code, out, complaints := conform(t, "", append(small, "--url", address, "--ca", ca, "--report", file)...)
		assert.Equal(t, ExitConformant, code, out+complaints)
		assert.Contains(t, out, "the end state is what one polite client would have left")
		assert.NotContains(t, out, password)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var report wallet.Report
		require.NoError(t, json.Unmarshal(text, &report))
		assert.Equal(t, 240, report.Counts.Sent)
		assert.Equal(t, map[string]int{"1.0.0": 1, "1.3.0": 3}, report.Setting.Mix)
		code, _, complaints = conform(t, "", append(small, "--url", address, "--insecure")...)
		assert.Equal(t, ExitCouldNotRun, code, "its phones are used")
		assert.Contains(t, complaints, "choose another first phone")
	})
	t.Run("a wrong host", func(t *testing.T) {
		address, ca := serveHost(t, "second-card")
		code, out, _ := conform(t, "", append(small, "--url", address, "--ca", ca, "--json")...)
		assert.Equal(t, ExitNotConformant, code)
		var report wallet.Report
		require.NoError(t, json.Unmarshal([]byte(out), &report))
		assert.Positive(t, report.DoubleEffects, "%+v", report.Faults)
	})
	t.Run("no trust", func(t *testing.T) {
		address, _ := serveHost(t, "")
		code, _, complaints := conform(t, "", append(small, "--url", address)...)
		assert.Equal(t, ExitCouldNotRun, code)
		assert.Contains(t, complaints, "certificate")
	})
}

// TestWalletTakesTheProfile: verbs, names and paths come from the profile, and
// flags win over it.
func TestWalletTakesTheProfile(t *testing.T) {
	style := faultyhost.Different()
	host, err := faultyhost.New(faultyhost.Options{User: login, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now())})
	require.NoError(t, err)
	server := httptest.NewServer(host)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "profile.json")
	require.NoError(t, os.WriteFile(file, []byte(style.Profile()), 0o600))
	args := []string{"wallet", "--url", server.URL, "--user", login, "--password", password, "--users", "6", "--calls", "200", "--grace", "100ms", "--profile", file, "--json"}
	played := func(more ...string) (int, wallet.Report, string) {
		code, out, complaints := conform(t, "", append(args, more...)...)
		var report wallet.Report
		require.NoError(t, json.Unmarshal([]byte(out), &report), complaints)
		return code, report, out
	}
	code, report, out := played()
	assert.Equal(t, ExitConformant, code, out)
	assert.Equal(t, map[string]int{"1.0.0": 1, "1.1.0": 1, "1.2.0": 2, "1.3.0": 4}, report.Setting.Mix)
	assert.Contains(t, report.Awards.Codes, faultyhost.SampleCode)

	require.NoError(t, os.WriteFile(file, []byte(`{"version": "1.1.0", "verbs": {"issueReservedCard": "PUT", "updateUser": "PUT"}, "reserveForm": "digits", "offersPath": "offers"}`), 0o600))
	_, report, _ = played("--first-phone", "79870000000")
	assert.Equal(t, map[string]int{"1.0.0": 1, "1.1.0": 1}, report.Setting.Mix)
	_, report, _ = played("--first-phone", "79860000000", "--version-mix", "1.3.0")
	assert.Equal(t, map[string]int{"1.3.0": 1}, report.Setting.Mix)
	assert.Positive(t, report.Counts.Calls[wallet.Issue])
}

func TestWalletPlan(t *testing.T) {
	args := []string{"wallet", "--url", "https://nobody.invalid", "--user", "u", "--password", "p", "--users", "3", "--calls", "30", "--seed", "9", "--plan"}
	code, first, _ := conform(t, "", args...)
	assert.Equal(t, ExitConformant, code)
	_, second, _ := conform(t, "", args...)
	assert.Equal(t, first, second)
	var plan wallet.Plan
	require.NoError(t, json.Unmarshal([]byte(first), &plan))
	assert.Len(t, plan.Scenarios, 3)
}

func TestWalletMisused(t *testing.T) {
	for _, args := range [][]string{
		{}, {"wallet"}, {"wallet", "--url", "https://h"}, {"wallet", "--url", "https://h", "--user", "u", "--repeat", "120%"},
		{"wallet", "--url", "h", "--user", "u"}, {"wallet", "extra"}, {"wallet", "--url", "https://h", "--user", "u", "--version-mix", "2.0.0"},
		{"wallet", "--url", "https://h", "--user", "u", "--ca", "no-such-file"}, {"wallet", "--bogus"},
		{"wallet", "--url", "https://h", "--user", "u", "--password", "a", "--password-file", "b"},
		{"wallet", "--url", "https://h", "--user", "u", "--skip", "card"}, {"wallet", "--url", "https://h", "--user", "u", "--users", "-3"},
	} {
		code, out, complaints := conform(t, "", args...)
		assert.Equal(t, ExitCouldNotRun, code, args)
		assert.Empty(t, out, args)
		assert.Contains(t, complaints, "Error: ", args)
	}
}
