package contract_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

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
