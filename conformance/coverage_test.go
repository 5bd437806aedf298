package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance/contract"
)

// TestEveryRuleHasACheck is the coverage of the contract: a rule is either
// carried out by a check of its own or judged on every answer, and no check
// stands for a rule that does not exist.
func TestEveryRuleHasACheck(t *testing.T) {
	rules := map[string]bool{}
	for _, rule := range contract.Rules() {
		rules[rule.ID] = true
		_, has := checkFuncs[rule.ID]
		assert.NotEqual(t, rule.EveryAnswer(), has, "%s needs a check, or is one of every answer", rule.ID)
	}
	for id := range checkFuncs {
		assert.True(t, rules[id], "the check %s has no rule", id)
	}
	for _, need := range []string{contract.NeedsCard, contract.NeedsBlocked, contract.NeedsSeveral, contract.NeedsHistory, contract.NeedsPool,
		contract.NeedsPlastic, contract.NeedsPromoCode, contract.NeedsLimitedCodes, contract.NeedsExpiredCode, contract.NeedsUpcomingCode, contract.NeedsPersonalOffer} {
		assert.NotEmpty(t, supply[need], need)
	}
}
