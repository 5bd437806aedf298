package wallet_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"koshelek-adapter/conformance/wallet"
	"koshelek-adapter/schema/koshelek"
)

func drawOptions(t *rapid.T) wallet.Options {
	odds := rapid.Float64Range(0, 0.9)
	users := rapid.IntRange(1, 12).Draw(t, "users")
	o, err := wallet.Options{
		URL: "http://host", User: "u", Seed: rapid.Uint64().Draw(t, "seed"),
		Users: users, Calls: users * rapid.IntRange(1, 60).Draw(t, "calls each"),
		Repeat: odds.Draw(t, "repeat"), Lose: odds.Draw(t, "lose"), Slow: odds.Draw(t, "slow"), Reorder: odds.Draw(t, "reorder"),
		Mix: map[koshelek.Version]int{
			koshelek.V100: rapid.IntRange(0, 3).Draw(t, "1.0.0"), koshelek.V110: rapid.IntRange(0, 3).Draw(t, "1.1.0"),
			koshelek.V120: rapid.IntRange(1, 3).Draw(t, "1.2.0"), koshelek.V130: rapid.IntRange(0, 3).Draw(t, "1.3.0"),
		},
		Codes: []string{"A", "B"},
	}.WithDefaults()
	require.NoError(t, err)
	return o
}

// TestPlanIsAPureFunctionOfItsOptions: the same seed is the same plan, of
// exactly so many calls; another seed is another plan.
func TestPlanIsAPureFunctionOfItsOptions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t)
		plan := wallet.NewPlan(o)
		again := wallet.NewPlan(o)
		require.Equal(t, plan, again)
		require.Equal(t, plan.Digest(), again.Digest())
		sent := 0
		for _, scenario := range plan.Scenarios {
			sent += scenario.Sends()
		}
		require.Equal(t, o.Calls, sent)
		o.Seed++
		require.NotEqual(t, plan.Digest(), wallet.NewPlan(o).Digest())
	})
}

// TestPlanKeepsOrder: nothing needs a card before the calls that issue it, a
// dropped answer is asked for again, and no call is of a later version than it
// claims.
func TestPlanKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t)
		for _, scenario := range wallet.NewPlan(o).Scenarios {
			asked, repeats, first := false, map[int]bool{}, map[int]bool{}
			for _, step := range scenario.Steps {
				for _, s := range step {
					switch kind := scenario.Intents[s.Intent].Kind; kind {
					case wallet.Issue, wallet.IssueReserved:
						asked = true
					case wallet.Find, wallet.Reserve:
					default:
						require.True(t, asked, "%s before an issue", kind)
					}
					if s.Repeat {
						repeats[s.Intent] = true
					} else {
						require.False(t, first[s.Intent], "sent for the first time twice")
						first[s.Intent] = true
					}
				}
			}
			require.Subset(t, keys(first), keys(repeats), "a repeat of what was not sent")
			sinceIsKept(t, scenario)
		}
	})
}

func keys(set map[int]bool) []int {
	list := []int{}
	for key := range set {
		list = append(list, key)
	}
	return list
}

func sinceIsKept(t *rapid.T, scenario wallet.Scenario) {
	since := map[wallet.Kind]koshelek.Version{
		wallet.Scan: koshelek.V110, wallet.Contest: koshelek.V110, wallet.Issue: koshelek.V120,
		wallet.Redeem: koshelek.V130, wallet.BadCode: koshelek.V130,
	}
	for _, in := range scenario.Intents {
		version, err := koshelek.ParseVersion(in.Version)
		require.NoError(t, err)
		require.True(t, version.AtLeast(since[in.Kind]), "%s in version %s", in.Kind, in.Version)
	}
}

// TestPlanMeetsItsOdds looks at a plan of the size of the figures.
func TestPlanMeetsItsOdds(t *testing.T) {
	o, err := wallet.Options{
		URL: "http://host", User: "u", Seed: 1, Repeat: 0.2, Lose: 0.105, Slow: 0.05, Reorder: 0.1,
	}.WithDefaults()
	require.NoError(t, err)
	sent, repeats, dropped, slow, overtaken := 0, 0, 0, 0, 0
	for _, scenario := range wallet.NewPlan(o).Scenarios {
		overtaken += scenario.Overtaken
		for _, step := range scenario.Steps {
			for _, s := range step {
				sent++
				repeats += one(s.Repeat)
				dropped += one(s.Fate == wallet.CutSent || s.Fate == wallet.CutHeaders)
				slow += one(s.Slow)
			}
		}
	}
	assert.Equal(t, 20_000, sent)
	assert.GreaterOrEqual(t, repeats, 4_000)
	assert.GreaterOrEqual(t, dropped, 2_000)
	assert.Positive(t, slow)
	assert.Positive(t, overtaken)
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func TestNothingUnkindWithoutOdds(t *testing.T) {
	o, err := wallet.Options{URL: "http://host", User: "u", Users: 5, Calls: 500}.WithDefaults()
	require.NoError(t, err)
	for _, scenario := range wallet.NewPlan(o).Scenarios {
		for _, step := range scenario.Steps {
			require.Len(t, step, 1)
			assert.Equal(t, wallet.Send{Intent: step[0].Intent, Fate: wallet.Answered}, step[0])
		}
	}
	text, err := json.Marshal(wallet.NewPlan(o))
	require.NoError(t, err)
	var back wallet.Plan
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, wallet.NewPlan(o).Digest(), back.Digest(), "a printed plan is the whole plan")
}

func TestEveryFaultOfTheOptionsIsTold(t *testing.T) {
	_, err := wallet.Options{
		URL: "ftp://host", User: "a:b", Users: -1, Calls: 3, Repeat: 2, Lose: -1, Slow: 7, EmailDomain: "no spaces",
		FirstPhone: 12, Codes: []string{""}, Skip: []wallet.Kind{wallet.Look},
		Mix: map[koshelek.Version]int{99: 1},
	}.WithDefaults()
	for _, part := range []string{
		"URL", "users", "repeat", "lose", "slow", "e-mail domain", "phones", "promo code", `"card" cannot`, "mix",
	} {
		assert.ErrorContains(t, err, part)
	}
}
