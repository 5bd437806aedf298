package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance/contract"
)

// TestEveryRuleHasACheck is the coverage of the contract: a rule is either
// carried out by a check of its own or judged on every answer.
func TestEveryRuleHasACheck(t *testing.T) {
	for _, rule := range catalogue() {
		assert.NotEqual(t, rule.EveryAnswer(), rule.check != nil, "%s needs a check, or is one of every answer", rule.ID)
	}
	for _, need := range append(contract.Needs(), contract.NeedsLimitedCodes, contract.NeedsExpiredCode, contract.NeedsUpcomingCode) {
		assert.NotEmpty(t, supply[need], need)
	}
}
