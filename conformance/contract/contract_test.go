package contract_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

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
	for _, r := range contract.Rules() {
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

// TestMatchPath is the only place that knows which words win over a card number.
func TestMatchPath(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V130)
	p.OffersPath = "offers"
	for _, c := range []struct{ verb, path, method, number string }{
		{"GET", "/v1/card", "findCard", ""},
		{"GET", "/v1/card/anonymous", "reserveCard", ""},
		{"PUT", "/v1/card/anonymous", "reserveCard", ""},
		{"POST", "/v1/card/anonymous", "issueCard", ""},
		{"POST", "/v1/card/anonymous/123", "issueReservedCard", "123"},
		{"GET", "/v1/card/123", "getCard", "123"},
		{"GET", "/v1/card/getAllUsers", "listUsers", ""},
		{"GET", "/v1/card/getAllUsersExtended", "listUsersExtended", ""},
		{"POST", "/v1/card/getAllUsers", "", ""},
		{"GET", "/v1/card/123/offers", "listCampaigns", "123"},
		{"GET", "/v1/card/123/campaigns", "", ""},
		{"POST", "/v1/promo/code", "submitPromoCode", ""},
		{"DELETE", "/v1/card/123", "", ""},
		{"GET", "/v1/card/", "", ""},
	} {
		m, number, ok := p.MatchPath(c.verb, c.path)
		assert.Equal(t, c.method != "", ok, c.path)
		assert.Equal(t, c.method, m.ID, "%s %s", c.verb, c.path)
		assert.Equal(t, c.number, number, "%s %s", c.verb, c.path)
	}
}

func TestProfileDecidesWhatApplies(t *testing.T) {
	p := contract.DefaultProfile(koshelek.V110)
	p.Off = []string{"listUsers"}
	for id, want := range map[string]bool{
		"find.by-phone": true, "receipt.once": true, "issue.card": false, "promo.unknown": false, "users.phones": false,
		"users.extended": true, "channels.effect": false,
	} {
		r, known := contract.RuleByID(id)
		assert.True(t, known, id)
		why, ok := p.Applies(r)
		assert.Equal(t, want, ok, id)
		assert.Equal(t, want, why == "", id)
	}
	p.ChannelParams = map[string]string{"sms": "channel.sms"}
	r, _ := contract.RuleByID("channels.effect")
	_, ok := p.Applies(r)
	assert.True(t, ok)
}
