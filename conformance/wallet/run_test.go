package wallet_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/schema/koshelek"
)

// TestNoVerdict: what keeps a run from judging is an error, never a report.
func TestNoVerdict(t *testing.T) {
	host := httptest.NewServer(newTinyHost(good))
	t.Cleanup(host.Close)
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	used := wallet.Options{URL: host.URL, User: login, Password: password, Users: 2, Calls: 20}
	_, err := wallet.Run(context.Background(), used)
	require.NoError(t, err)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		o    wallet.Options
		want string
	}{
		"nobody there":   {context.Background(), wallet.Options{URL: closed.URL, User: login}, "cannot be reached"},
		"wrong password": {context.Background(), wallet.Options{URL: host.URL, User: login, Password: "secret-guess"}, "refuses the login"},
		"another API":    {context.Background(), wallet.Options{URL: elsewhere.URL, User: login}, "status 404"},
		"used phones":    {context.Background(), used, "choose another first phone"},
		"stopped":        {cancelled, wallet.Options{URL: host.URL, User: login, Password: password}, "context canceled"},
		"bad options":    {context.Background(), wallet.Options{URL: host.URL, User: login, Repeat: 3}, "repeat"},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := wallet.Run(c.ctx, c.o)
			assert.Nil(t, report)
			require.ErrorIs(t, err, wallet.ErrNotRun)
			assert.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "secret-guess")
			assert.NotContains(t, err.Error(), "799900000")
		})
	}
}

// TestStoppedMidway: a run that is stopped has no verdict and leaves nothing
// running, which TestMain looks at.
func TestStoppedMidway(t *testing.T) {
	host := httptest.NewServer(newTinyHost(good))
	t.Cleanup(host.Close)
	ctx, cancel := context.WithCancel(context.Background())
	var told atomic.Int64
	_, err := wallet.Run(ctx, wallet.Options{
		URL: host.URL, User: login, Password: password, Users: 10, Calls: 1000,
		Progress: func(done, total int) {
			assert.Equal(t, 1000, total)
			if told.Add(1) == 100 {
				cancel()
			}
		},
	})
	require.ErrorIs(t, err, wallet.ErrNotRun)
	require.ErrorIs(t, err, context.Canceled)
}

func TestReports(t *testing.T) {
	report := visit(t, leak)
	var text, document bytes.Buffer
	require.NoError(t, report.WriteText(&text))
	require.NoError(t, report.WriteJSON(&document))
	assert.Contains(t, text.String(), "NOT CONFORMANT")
	assert.Contains(t, text.String(), "stranger")
	var back wallet.Report
	require.NoError(t, json.Unmarshal(document.Bytes(), &back))
	assert.Equal(t, report.Strangers, back.Strangers)
	assert.Positive(t, back.Strangers)
	for _, written := range []string{text.String(), document.String()} {
		assert.NotContains(t, written, password)
		assert.NotContains(t, written, "7999000000", "phones in a report")
		assert.NotContains(t, written, "@wallet.example")
	}
}

// TestWhatCannotBeSeenIsSaid: a host that shows less is not accused, and the
// report tells what it could not check.
func TestWhatCannotBeSeenIsSaid(t *testing.T) {
	report := visit(t, good, func(o *wallet.Options) {
		o.Inspector, o.SkipListings, o.Codes = nil, true, nil
		o.Mix = map[koshelek.Version]int{koshelek.V130: 1}
	})
	assert.True(t, report.Conformant, "%+v", report.Faults)
	notes := strings.Join(report.Notes, "\n")
	assert.Contains(t, notes, "only the e-mail address was checked")
	assert.Contains(t, notes, "no promo codes were given")
}

// TestOldApps: a host and apps of version 1.0.0.
func TestOldApps(t *testing.T) {
	report := visit(t, good, func(o *wallet.Options) {
		o.Codes, o.Mix = nil, map[koshelek.Version]int{koshelek.V100: 1}
	})
	assert.True(t, report.Conformant, "%+v", report.Faults)
	assert.Zero(t, report.Counts.Calls[wallet.Scan])
	assert.Zero(t, report.Counts.Calls[wallet.Issue])
	assert.Positive(t, report.Counts.Calls[wallet.IssueReserved])
}
