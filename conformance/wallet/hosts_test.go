package wallet_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/hosts"
	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/schema/koshelek"
)

// TestHostsOfTheSuite plays the wallet against the hosts of the suite's mutants,
// which know nothing of it.
func TestHostsOfTheSuite(t *testing.T) {
	for fault, rule := range map[string]string{
		"": "", "second-card": "card.second", "users-twice": "card.second", "update-forgets": "profile.lost", "reading-earns": "award.doubled",
		"race-receipt-paid-twice": "award.doubled", "race-receipt-paid-to-two": "receipt.shared",
	} {
		t.Run("fault "+fault, func(t *testing.T) {
			t.Parallel()
			host, err := hosts.New(hosts.Options{User: login, Password: password, Fault: fault})
			require.NoError(t, err)
			server := httptest.NewServer(host)
			t.Cleanup(server.Close)
			report, err := wallet.Run(context.Background(), wallet.Options{
				URL: server.URL, User: login, Password: password, Seed: 5, Users: 12, Calls: 900,
				Repeat: 0.25, Lose: 0.1, Reorder: 0.15, Grace: 200 * time.Millisecond,
				Mix: map[koshelek.Version]int{koshelek.V100: 1, koshelek.V130: 2},
			})
			require.NoError(t, err)
			if fault == "" {
				assert.True(t, report.Conformant, "%+v", report.Faults)
				return
			}
			assert.False(t, report.Conformant)
			for _, r := range report.Rules {
				if r.ID == rule {
					assert.Positive(t, r.Broken, "%+v", report.Faults)
				}
			}
		})
	}
}
