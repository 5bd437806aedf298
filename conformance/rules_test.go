package conformance_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// TestRulesAreWhole keeps every rule fit to be shown and to be counted.
func TestRulesAreWhole(t *testing.T) {
	var scenarios []string
	for _, s := range contract.Scenarios() {
		assert.NotEmpty(t, s.Title, s.ID)
		assert.NotEmpty(t, s.About, s.ID)
		scenarios = append(scenarios, s.ID)
	}
	seen, last := map[string]bool{}, -1
	for _, r := range conformance.Rules() {
		assert.False(t, seen[r.ID], "%s stands twice", r.ID)
		seen[r.ID] = true
		assert.NotEmpty(t, r.Text, r.ID)
		assert.NotEmpty(t, r.Source, r.ID)
		assert.Contains(t, []koshelek.Mark{koshelek.MarkPublished, koshelek.MarkThirdParty, koshelek.MarkInferred}, r.Mark, r.ID)
		assert.NotEmpty(t, r.Since.String(), r.ID)
		assert.Contains(t, []contract.Severity{contract.Critical, contract.Major, contract.Minor}, r.Severity, r.ID)
		for _, id := range r.Methods {
			m, known := contract.MethodByID(id)
			assert.True(t, known, "%s names the method %s", r.ID, id)
			assert.True(t, r.Since.AtLeast(m.Since), "%s is older than %s", r.ID, id)
		}
		at := slices.Index(scenarios, r.Scenario())
		assert.GreaterOrEqual(t, at, max(last, 0), "%s stands out of the order of scenarios", r.ID)
		last = at
	}
}

func TestProfileDecidesWhatApplies(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V110)
	p.Off = []string{"listUsers"}
	for id, want := range map[string]bool{
		"find.by-phone": true, "receipt.once": true, "issue.card": false, "promo.unknown": false, "users.phones": false,
		"users.extended": true, "channels.effect": false,
	} {
		r, known := conformance.RuleByID(id)
		assert.True(t, known, id)
		why, ok := p.Applies(r)
		assert.Equal(t, want, ok, id)
		assert.Equal(t, want, why == "", id)
	}
	p.ChannelParams = map[string]string{"sms": "channel.sms"}
	r, _ := conformance.RuleByID("channels.effect")
	_, ok := p.Applies(r)
	assert.True(t, ok)
}
