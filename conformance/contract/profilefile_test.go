package contract_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

func known(rule string) bool { return rule == "find.or" }

func TestParseProfile(t *testing.T) {
	p, err := contract.ParseProfile([]byte(`{
		"name": "Shop", "version": "1.2.0", "off": ["listUsers"], "verbs": {"updateUser": "PUT"}, "reserveForm": "digits", "offersPath": "offers",
		"promoFields": {"qrCode": "qr"}, "unauthorizedStatus": 422, "semicolon": "always", "blocked": "inactive", "email": "refuse", "channelParams": {"sms": "channel.sms"},
		"answerLimit": "2s", "settle": "100ms", "deviations": [{"rule": "find.or", "reason": "next release", "until": "2027-01-31"}],
		"data": {"blocked": {"cardNumber": "1", "phone": "79216668899"}, "pool": ["2"], "personalOffer": {"cardNumber": "3", "offerId": "x"}}}`), known)
	require.NoError(t, err)
	assert.Equal(t, koshelek.V120, p.Version)
	assert.Equal(t, 2*time.Second, p.AnswerLimit)
	assert.Equal(t, "2027-01-31", p.Deviations[0].Until.Format(time.DateOnly))
	assert.True(t, p.Has(contract.NeedsBlocked) && p.Has(contract.NeedsPool) && p.Has(contract.NeedsPersonalOffer) && !p.Has(contract.NeedsCard))
	m, _ := p.Method("updateUser")
	assert.Equal(t, "PUT", m.Verb)
	m, _ = p.Method("listCampaigns")
	assert.Equal(t, "/v1/card/{cardNumber}/offers", m.Path)
	m, _ = p.Method("submitQRCode")
	assert.Equal(t, "qr", m.Body[2].Name)
	assert.False(t, p.Offers("listUsers"))

	empty, err := contract.ParseProfile([]byte(`{}`), known)
	require.NoError(t, err)
	assert.Equal(t, contract.DefaultProfile(koshelek.V130), empty)
}

func TestParseProfileNamesEveryFault(t *testing.T) {
	_, err := contract.ParseProfile([]byte(`{"version": "2.0", "off": ["findCard", "nothing"], "verbs": {"updateUser": "DELETE", "x": "GET"}, "reserveForm": "x",
		"offersPath": "a/b", "promoFields": {"x": "y", "code": ""}, "unauthorizedStatus": 403, "semicolon": "x", "blocked": "x", "email": "x", "channelParams": {"fax": "x"},
		"answerLimit": "soon", "settle": "-1s", "deviations": [{"rule": "x", "reason": " ", "until": "later"}],
		"data": {"card": {"phone": "+7"}, "pool": [""], "personalOffer": {"cardNumber": "1", "offerId": ""}}}`), known)
	require.ErrorIs(t, err, contract.ErrProfile)
	for _, fault := range []string{"version:", "off: findCard is not optional", "off: there is no method \"nothing\"", "verbs.updateUser", "verbs: there is no method",
		"reserveForm:", "offersPath:", "promoFields: the", "promoFields.code", "unauthorizedStatus:", "semicolon:", "blocked:", "email:", "channelParams:", "answerLimit:",
		"settle:", "deviations[0].rule", "deviations[0].reason", "deviations[0].until", "data.card.phone", "data.card.cardNumber", "data.pool", "data.personalOffer"} {
		assert.ErrorContains(t, err, fault)
	}
	for text, fault := range map[string]string{
		``: "not JSON: it ends early (line 1)", `[]`: "the profile: it is an array, and must be an object", "{\n\"settle\":\n 5}": "settle: it is a number, and must be a string (line 3)",
		`{"unauthorizedStatus": 4e99}`: "no whole number", `{"data": {"codeUses": 1.5}}`: "data.codeUses: it is no whole number of a usual size (line 1)",
		"{\n\"a\" 1}": "a colon is missing (line 2)", "{\"deviations\": [\n{\"rule\": 5}]}": "deviations[0].rule: it is a number, and must be a string (line 2)",
		"{\n\n\"blocked\": \"x\"}": "blocked: error, inactive or either (line 3)", `{"fields": {"a": null}}`: "fields.a: it is null; leave it out instead",
		`{"colour":1}`: "colour", `{"name":"a","name":"b"}`: "twice", `{"data":{"card":{"fon":"1"}}}`: "fon",
		`{"off":"listUsers"}`: "off: it is a string, and must be an array", `{} {}`: "behind",
	} {
		_, err := contract.ParseProfile([]byte(text), known)
		require.ErrorIs(t, err, contract.ErrProfile, text)
		assert.ErrorContains(t, err, fault)
	}
}

func FuzzParseProfile(f *testing.F) {
	f.Add([]byte(`{"version":"1.0.0","off":["listUsers"],"data":{"pool":["1"]}}`))
	f.Add([]byte(`{"deviations":[{"rule":"find.or","reason":"x","until":"2027-01-31"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := contract.ParseProfile(text, known)
		if err == nil {
			assert.NotEmpty(t, p.Version.String())
			assert.NotEmpty(t, p.Methods())
			return
		}
		assert.ErrorIs(t, err, contract.ErrProfile)
	})
}
