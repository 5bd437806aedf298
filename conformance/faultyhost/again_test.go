//go:build !race

package faultyhost_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/faultyhost"
)

// TestRunsOnAHostThatKeepsItsState: the same profile and the same or another seed,
// again and again. What earlier runs used up is passed over; when nothing is left
// of it, the checks are skipped and say so.
func TestRunsOnAHostThatKeepsItsState(t *testing.T) {
	for _, style := range []faultyhost.Style{faultyhost.Plain(), faultyhost.Different()} {
		t.Run(style.Name, func(t *testing.T) {
			t.Parallel()
			host, err := faultyhost.New(faultyhost.Options{User: user, Password: password, Style: &style, Data: faultyhost.Sample(style, time.Now()), Late: time.Second})
			require.NoError(t, err)
			server, err := faultyhost.Start(host, "127.0.0.1:0", true)
			require.NoError(t, err)
			t.Cleanup(server.Close)
			profile := profileOf(t, style)
			profile.Data.Pool, profile.Data.Plastic = profile.Data.Pool[:2], profile.Data.Plastic[:2]
			pool, codes := profile.Data.Pool, profile.Data.LimitedCodes
			for i, expected := range []struct {
				seed             uint64
				used, passedOver []string
				skipped          string // scenarios or rules, by their beginning
			}{
				{1, []string{"pool " + pool[0], "limitedCodes " + codes[0], "limitedCodes " + codes[1], "limitedCodes " + codes[2]}, nil, "none"},
				{1, []string{"pool " + pool[1]}, []string{"pool " + pool[0], "limitedCodes " + codes[0]}, "promo.limit promo.retry race.promo-limit"},
				{2, nil, []string{"pool " + pool[0], "pool " + pool[1]}, "pool. promo.limit promo.retry race.promo-limit"},
			} {
				target := conformance.Target{URL: server.URL, User: user, Password: password, CA: server.CA}
				report, err := conformance.Run(context.Background(), target, conformance.Options{Profile: profile, Seed: expected.seed})
				require.NoError(t, err)
				onlyUsedUp(t, report)
				for _, check := range accusations(report) {
					assert.Condition(t, func() bool {
						for _, begin := range strings.Fields(expected.skipped) {
							if strings.HasPrefix(check.Rule, begin) {
								return true
							}
						}
						return false
					}, "run %d skips %s", i+1, check.Rule)
				}
				assert.Subset(t, report.TestData.Used, expected.used, "run %d", i+1)
				assert.Subset(t, report.TestData.PassedOver, expected.passedOver, "run %d", i+1)
			}
		})
	}
}
