package certificate_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/certificate"
)

func whole() conformance.Report {
	return conformance.Report{
		Schema: conformance.ReportSchema, Suite: "1.0.0", Target: conformance.TargetInfo{URL: "https://shop.example", Fingerprint: "ab"}, Profile: "Shop",
		Version: "1.3.0", Verdict: conformance.Conformant, Counts: conformance.Counts{Pass: 2, Warn: 1, Disabled: 1}, Seed: 7,
		Started:    time.Date(2026, 9, 6, 12, 0, 0, 0, time.UTC),
		Scenarios:  []conformance.ScenarioResult{{ID: "channels", Checks: []conformance.Check{{Rule: "channels.effect", Outcome: conformance.Disabled}}}},
		Deviations: []conformance.DeviationNote{{Rule: "find.or", State: "active"}, {Rule: "find.by-email", State: "unneeded"}},
	}
}

func TestIssueAndVerify(t *testing.T) {
	private, public, err := certificate.NewKey()
	require.NoError(t, err)
	key, err := certificate.ParsePrivate(private)
	require.NoError(t, err)
	trusted, err := certificate.ParsePublic(public)
	require.NoError(t, err)
	report := []byte(`{"the":"report"}`)
	c, err := certificate.Issue(key, whole(), report)
	require.NoError(t, err)
	assert.Equal(t, []string{"channels.effect"}, c.Disabled)
	assert.Equal(t, []string{"find.or"}, c.Deviations)

	text := c.Encode()
	again, err := certificate.Verify(text, trusted, report)
	require.NoError(t, err)
	assert.Equal(t, c, again)
	_, err = certificate.Verify(text, nil, nil)
	require.NoError(t, err)

	_, err = certificate.Verify(text, trusted, []byte(`{"another":"report"}`))
	require.ErrorIs(t, err, certificate.ErrInvalid)
	_, otherPublic, err := certificate.NewKey()
	require.NoError(t, err)
	other, err := certificate.ParsePublic(otherPublic)
	require.NoError(t, err)
	_, err = certificate.Verify(text, other, report)
	assert.ErrorContains(t, err, "another key")
}

// TestEveryFieldIsSigned changes one field after the other.
func TestEveryFieldIsSigned(t *testing.T) {
	private, _, err := certificate.NewKey()
	require.NoError(t, err)
	key, err := certificate.ParsePrivate(private)
	require.NoError(t, err)
	c, err := certificate.Issue(key, whole(), []byte("{}"))
	require.NoError(t, err)
	text := string(c.Encode())
	for _, change := range [][2]string{
		{`"conformant"`, `"Conformant"`}, {`"Shop"`, `"Mall"`}, {`"1.3.0"`, `"1.2.0"`}, {`"suite": "1.0.0"`, `"suite": "1.0.1"`}, {`shop.example`, `mall.example`},
		{`"ab"`, `"ac"`}, {`2026-09-06`, `2026-09-07`}, {`"seed": 7`, `"seed": 8`}, {`"pass": 2`, `"pass": 3`}, {`channels.effect`, `channels.keep`},
		{`find.or`, `find.and`}, {`"reportSha256": "44`, `"reportSha256": "45`}, {`"signature": "`, `"signature": "A`}, {`"publicKey": "`, `"publicKey": "A`},
		{`"schema": "koshelek`, `"schema": "kashelek`}, {`{`, `{"more":1,`},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		require.NotEqual(t, text, changed, change[0])
		_, err := certificate.Verify([]byte(changed), nil, nil)
		require.ErrorIs(t, err, certificate.ErrInvalid, change[0])
	}
	_, err = certificate.Verify(append(bytes.Clone([]byte(text)), "{}"...), nil, nil)
	assert.ErrorIs(t, err, certificate.ErrInvalid)
}

func TestIssueRefuses(t *testing.T) {
	private, public, err := certificate.NewKey()
	require.NoError(t, err)
	key, err := certificate.ParsePrivate(private)
	require.NoError(t, err)
	for name, spoil := range map[string]func(*conformance.Report){
		"not conformant": func(r *conformance.Report) { r.Verdict = conformance.NotConformant },
		"skipped":        func(r *conformance.Report) { r.Counts.Skip = 1 },
		"read-only":      func(r *conformance.Report) { r.ReadOnly = true },
		"part":           func(r *conformance.Report) { r.Only = []string{"find"} },
		"known by":       func(r *conformance.Report) { r.Target.Fingerprint = "" },
		"no check":       func(r *conformance.Report) { r.Counts.Pass = 0 },
	} {
		r := whole()
		spoil(&r)
		_, err := certificate.Issue(key, r, nil)
		require.ErrorIs(t, err, certificate.ErrRefused, name)
		assert.ErrorContains(t, err, name)
	}
	_, err = certificate.ParsePrivate(public)
	require.ErrorIs(t, err, certificate.ErrKey)
	_, err = certificate.ParsePublic(private)
	assert.ErrorIs(t, err, certificate.ErrKey)
}
