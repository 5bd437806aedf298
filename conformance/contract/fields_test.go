package contract_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
)

func renamed(t *testing.T) contract.Profile {
	t.Helper()
	p, err := contract.ParseProfile([]byte(`{"fields": {"card": "loyaltyCard", "card.cardState": "state", "card.bonus.bonuses[].amount": "sum",
		"listPurchases[].item": "title", "listPurchases.startDate": "from", "user.firstname": "firstName", "user.email": "mail", "findCard.msisdn": "phone",
		"setChannels.allow": "yes", "error.code": "errorCode"}}`), known)
	require.NoError(t, err)
	return p
}

func TestCanonical(t *testing.T) {
	p := renamed(t)
	read := func(prefix, text string) *document.Value {
		doc, err := document.Parse([]byte(text))
		require.NoError(t, err)
		return p.Canonical(prefix, doc)
	}
	card := read("", `{"loyaltyCard": {"cardNumber": "1", "state": "active", "cardState": "x", "bonus": {"bonuses": [{"sum": "5", "title": "t"}]}}}`)
	assert.Equal(t, "active", card.Leaf("card", "cardState"), "the contract's own name hides nothing")
	assert.Equal(t, "x", card.Leaf("card", "cardState (not the agreed name)"))
	assert.Equal(t, "5", card.Get("card").Get("bonus").Get("bonuses").Items[0].Leaf("amount"))
	assert.Equal(t, "t", card.Get("card").Get("bonus").Get("bonuses").Items[0].Leaf("title"), "a name counts in its own place")
	assert.Nil(t, read("", `{"card": {}}`).Get("card"))
	assert.Equal(t, "Tea", read("listPurchases", `[{"title": "Tea"}]`).Items[0].Leaf("item"))
	assert.Equal(t, "7", read(contract.ErrorPrefix(), `{"errorCode": "7"}`).Leaf("code"))
	assert.Nil(t, p.Canonical("", nil))
	assert.Equal(t, "loyaltyCard.bonus.bonuses[2].sum", p.SpelledPlace("card.bonus.bonuses[2].amount"))
	assert.Equal(t, "listPurchases[0].title", p.SpelledPlace("listPurchases[0].item"))
	assert.Equal(t, "card.bonus.bonuses[].amount", contract.Anywhere("card.bonus.bonuses[12].amount"))
}

func TestSpell(t *testing.T) {
	p := renamed(t)
	for _, c := range []struct{ verb, path, query, body, wantQuery, wantBody string }{
		{"GET", "/v1/card", "msisdn=7&email=a%40b&msisdn[]=8&x=msisdn", "", "phone=7&email=a%40b&phone[]=8&x=msisdn", ""},
		{"GET", "/v1/card/12/purchases", "startDate=2026-01-01&endDate=", "", "from=2026-01-01&endDate=", ""},
		{"POST", "/v1/card/12", "", `{"email":"firstname", "FirstName" : "A\"email\":", "phone":"1"}`, "", `{"mail":"firstname", "firstName" : "A\"email\":", "phone":"1"}`},
		{"POST", "/v1/card/12", "", `{"EMAIL":"x","surname":"Но`, "", `{"MAIL":"x","surname":"Но`},
		{"PUT", "/v1/card/12/communication", "", `{"allow":["allow"]}`, "", `{"yes":["allow"]}`},
		{"POST", "/v1/promo/code", "", `{"email":"x"}`, "", `{"email":"x"}`},
		{"GET", "/v1/nothing", "msisdn=7", "", "msisdn=7", ""},
	} {
		query, body := p.Spell(c.verb, c.path, c.query, []byte(c.body))
		assert.Equal(t, c.wantQuery, query)
		assert.Equal(t, c.wantBody, string(body))
	}
	_, none := p.Spell("POST", "/v1/card/12", "", nil)
	assert.Nil(t, none)
}

func TestAgreedExtraFields(t *testing.T) {
	p, err := contract.ParseProfile([]byte(`{"extraFields": ["card.tier", "error", "listPurchases[].till"]}`), known)
	require.NoError(t, err)
	for place, agreed := range map[string]bool{
		"card.tier": true, "card.tier.name": true, "card.tier[].name": true, "card.tiers": false, "card": false, "card.colour": false,
		"error.trace": true, "listPurchases[].till": true, "listPurchases[].shop": false,
	} {
		assert.Equal(t, agreed, p.Agreed(place), place)
	}
	assert.True(t, contract.DefaultProfile(p.Version).Agreed("card.anything"))
	p.ExtraFields = []string{}
	assert.False(t, p.Agreed("card.anything"))
}

func TestEncodedProfileReadsTheSame(t *testing.T) {
	for _, text := range []string{contract.ExampleProfile(), `{}`, `{"extraFields": []}`, `{"version": "1.1.0", "unauthorizedStatus": 422, "answerLimit": "2s"}`} {
		any := func(string) bool { return true }
		p, err := contract.ParseProfile([]byte(text), any)
		require.NoError(t, err)
		again, err := contract.ParseProfile(p.Encode(), any)
		require.NoError(t, err, string(p.Encode()))
		assert.Equal(t, p, again)
	}
}

func TestClashingNamesAreRefused(t *testing.T) {
	for text, fault := range map[string]string{
		`{"fields": {"card.cardState": "cardNumber"}}`:                           `both called "cardNumber"`,
		`{"fields": {"user.email": "contact", "user.phone": "contact"}}`:         `both called "contact"`,
		`{"promoFields": {"qrCode": "card", "cardNumber": "card"}}`:              "two fields of one body",
		`{"channelValues": {"allow": "deny"}}`:                                   "both",
		`{"deviations": [{"rule": "find.or", "reason": "x", "lasting": false}]}`: "or \"lasting\": true",
	} {
		_, err := contract.ParseProfile([]byte(text), known)
		assert.ErrorContains(t, err, fault, text)
	}
	_, err := contract.ParseProfile([]byte(`{"fields": {"card.cardNumber": "cardState", "card.cardState": "cardNumber"}}`), known)
	assert.NoError(t, err, "two may change names")
}
