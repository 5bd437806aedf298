package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/faultyhost"
	"koshelek-adapter/conformance/report"
)

const secret = "Only-For-Tests-1"

// conform runs the program as a user would.
func conform(t *testing.T, input string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var outText, errText bytes.Buffer
	code = Main(context.Background(), args, strings.NewReader(input), &outText, &errText)
	assert.NotContains(t, outText.String()+errText.String(), secret)
	return code, outText.String(), errText.String()
}

// host starts a host of the tests and gives the flags that reach it.
func host(t *testing.T, fault string) []string {
	t.Helper()
	h, err := faultyhost.New(faultyhost.Options{User: "koshelek", Password: secret, Data: faultyhost.Sample(faultyhost.Plain(), time.Now()), Fault: fault})
	require.NoError(t, err)
	server, err := faultyhost.Start(h, "127.0.0.1:0", true)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, server.CA, 0o600))
	return []string{"run", "--url", server.URL, "--user", "koshelek", "--password-file", "-", "--ca", ca}
}

// profileFile writes what the sample's hosts are held to.
func profileFile(t *testing.T) string {
	t.Helper()
	n := faultyhost.Plain().Numbers()
	text, err := json.Marshal(map[string]any{
		"name": "Sample", "channelParams": map[string]string{"sms": "sms", "email": "email", "call": "call", "push": "push"},
		"data": contract.Data{
			Card:    &contract.KnownCard{CardNumber: n.Known, Phone: faultyhost.KnownPhone, Email: faultyhost.KnownEmail},
			Blocked: &contract.KnownCard{CardNumber: n.Blocked, Phone: faultyhost.BlockedPhone},
			Several: &contract.KnownCard{CardNumber: n.Several[1], Phone: faultyhost.SeveralPhone}, History: n.History, Pool: n.Pool, Plastic: n.Plastic,
			PromoCode: faultyhost.SampleCode, LimitedCodes: faultyhost.LimitedCodes(), CodeUses: faultyhost.CodeLimit,
			ExpiredCode: faultyhost.ExpiredCode, UpcomingCode: faultyhost.UpcomingCode, PersonalOffer: &contract.PersonalOffer{CardNumber: n.Personal, OfferID: faultyhost.PersonalOffer},
		},
	})
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "profile.json")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	return name
}

// TestCertifiedRun walks the way of a partner: key, run, certificate.
func TestCertifiedRun(t *testing.T) {
	dir := t.TempDir()
	key, out := filepath.Join(dir, "key"), filepath.Join(dir, "report")
	code, _, _ := conform(t, "", "keygen", key)
	require.Equal(t, ExitConformant, code)
	code, _, errOut := conform(t, "", "keygen", key)
	assert.Equal(t, ExitCouldNotRun, code, "a key is never replaced")
	assert.Contains(t, errOut, "exists")

	args := append(host(t, ""), "--profile", profileFile(t), "--report", out, "--certify", key)
	code, text, errOut := conform(t, secret+"\n", args...)
	require.Equal(t, ExitConformant, code, "%s\n%s", text, errOut)
	assert.Contains(t, text, ": CONFORMANT")
	for _, name := range []string{report.JSONName, report.JUnitName, report.HTMLName, report.MarkdownName, report.BadgeName, certificateName} {
		content, err := os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
		assert.NotContains(t, string(content), secret, name)
		assert.NotContains(t, string(content), faultyhost.KnownPhone, name)
	}
	verify := []string{"verify-certificate", filepath.Join(out, certificateName), "--key", key + ".pub", "--report", filepath.Join(out, report.JSONName)}
	code, text, _ = conform(t, "", verify...)
	assert.Equal(t, ExitConformant, code)
	assert.Contains(t, text, "holds")

	// A report that was touched is not the one that was certified.
	name := filepath.Join(out, report.JSONName)
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, append(content, ' '), 0o600))
	code, _, errOut = conform(t, "", verify...)
	assert.Equal(t, ExitNotConformant, code)
	assert.Contains(t, errOut, "another report")
}

func TestSkipsAreNotCertified(t *testing.T) {
	dir := t.TempDir()
	key, out := filepath.Join(dir, "key"), filepath.Join(dir, "report")
	conform(t, "", "keygen", key)
	require.NoError(t, os.MkdirAll(out, 0o755))
	old := filepath.Join(out, certificateName)
	require.NoError(t, os.WriteFile(old, []byte("{}"), 0o600))
	code, _, errOut := conform(t, secret, append(host(t, ""), "--only", "find", "--report", out, "--certify", key)...)
	assert.Equal(t, ExitNoVerdict, code)
	assert.Contains(t, errOut, "no certificate")
	assert.NoFileExists(t, old, "an older certificate does not stay beside another report")
}

func TestBrokenHostIsNotConformant(t *testing.T) {
	code, out, _ := conform(t, secret, append(host(t, "reserved-bare"), "--only", "reserve", "--only", "answer")...)
	assert.Equal(t, ExitNotConformant, code)
	assert.Contains(t, out, "✕ reserve.form")
	assert.Contains(t, out, "NOT CONFORMANT")
}

// TestWhatCannotRunIsNeverZero: misuse and unreachable hosts are code 2.
func TestWhatCannotRunIsNeverZero(t *testing.T) {
	good := host(t, "")
	bad := filepath.Join(t.TempDir(), "bad.json")
	require.NoError(t, os.WriteFile(bad, []byte(`{"verzion":"1"}`), 0o600))
	with := func(more ...string) []string { return append(append([]string{}, good...), more...) }
	for name, args := range map[string][]string{
		"no command":     {},
		"unknown":        {"ran"},
		"unknown flag":   with("--fast"),
		"no url":         {"run", "--user", "u", "--password", "p"},
		"no user":        {"run", "--url", "https://localhost", "--password", "p"},
		"no password":    {"run", "--url", "https://localhost", "--user", "u"},
		"two passwords":  with("--password", "p"),
		"ca or insecure": with("--insecure"),
		"unreachable":    {"run", "--url", "https://127.0.0.1:1", "--user", "u", "--password", "p"},
		"version":        with("--version", "2.0.0"),
		"profile":        with("--profile", bad),
		"no profile":     with("--profile", bad+"x"),
		"no key":         with("--report", t.TempDir(), "--certify", bad),
		"no report":      with("--certify", bad),
		"pattern":        with("--only", "nothing"),
		"nothing left":   with("--only", "find", "--skip", "find"),
		"no certificate": {"verify-certificate", bad + "x"},
		"one argument":   {"verify-certificate"},
	} {
		code, out, errOut := conform(t, secret, args...)
		assert.Equal(t, ExitCouldNotRun, code, "%s: %s", name, out)
		assert.NotEmpty(t, errOut, name)
	}
}

func TestRulesAndProfile(t *testing.T) {
	code, out, _ := conform(t, "", "rules", "--json")
	assert.Equal(t, ExitConformant, code)
	var rules []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &rules))
	assert.Len(t, rules, len(conformance.Rules()))
	_, older, _ := conform(t, "", "rules", "--version", "1.0.0")
	assert.NotContains(t, older, "issue.card")

	_, schema, _ := conform(t, "", "profile", "--schema")
	assert.Equal(t, contract.ProfileSchema(), schema)
	_, example, _ := conform(t, "", "profile")
	name := filepath.Join(t.TempDir(), "shop.json")
	require.NoError(t, os.WriteFile(name, []byte(example), 0o600))
	code, out, errOut := conform(t, "", "profile", name)
	assert.Equal(t, ExitConformant, code, errOut)
	assert.Contains(t, out, "2 known deviations")
}

// TestConformSpeaksRussian: the lines of a run, its report, and the rules.
func TestConformSpeaksRussian(t *testing.T) {
	out := filepath.Join(t.TempDir(), "report")
	code, text, _ := conform(t, secret, append(host(t, "reserved-bare"), "--only", "reserve", "--report", out, "--lang", "ru")...)
	assert.Equal(t, ExitNotConformant, code)
	for _, words := range []string{"НЕ СООТВЕТСТВУЕТ", "✕ Новая карта по резервированию", "Зарезервированный номер возвращается одной строкой JSON", "Отчёт: "} {
		assert.Contains(t, text, words)
	}
	page, err := os.ReadFile(filepath.Join(out, report.HTMLName))
	require.NoError(t, err)
	assert.Contains(t, string(page), `<html lang="ru">`)
	machine, err := os.ReadFile(filepath.Join(out, report.JSONName))
	require.NoError(t, err)
	assert.Contains(t, string(machine), `"verdict": "not conformant"`, "programs read English")
	_, rules, _ := conform(t, "", "rules", "--lang", "ru")
	assert.Contains(t, rules, "Карта находится по телефону держателя.")
	code, _, errOut := conform(t, "", "rules", "--lang", "de")
	assert.Equal(t, ExitCouldNotRun, code)
	assert.Contains(t, errOut, "neither en nor ru")
}
