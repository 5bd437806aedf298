package openapitest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBareDigits(t *testing.T) {
	v := New(t)
	for _, line := range []string{"GET /v1/card/anonymous", "PUT /v1/card/anonymous"} {
		for _, good := range []string{`2000000000015`, "90071992547409931234\n", `0`, `"0000000000015"`} {
			assert.NoError(t, v.Verify(ask(line, "").answered(200, good), BareDigits()), good)
		}
		for _, bad := range []string{`0015`, `1.5`, `1e3`, `-1`, `true`, `null`, `[1]`, ``} {
			assert.Error(t, v.Verify(ask(line, "").answered(200, bad), BareDigits()), bad)
		}
		assert.Error(t, v.Verify(ask(line, "").answered(422, `1`), BareDigits()))
	}
	other := ask("POST /v1/card/anonymous", profile).answered(200, `1`)
	assert.Error(t, v.Verify(other, BareDigits()), "only a reservation may be bare")
}

func TestTrailingSemicolon(t *testing.T) {
	v := New(t)
	plain := ask("GET "+cardPath, "").answered(422, refusal)
	printed := plain.with("Content-Type", "application/json; charset=utf-8;")
	assert.NoError(t, v.Verify(printed, TrailingSemicolon()))
	assert.Error(t, v.Verify(plain, TrailingSemicolon()))
}

func TestOperation(t *testing.T) {
	v := New(t)
	elsewhere := ask("GET "+cardPath+"/offers", "").answered(200, sample(t, "offers.json"))
	assert.Error(t, v.Verify(elsewhere))
	assert.NoError(t, v.Verify(elsewhere, Operation("listCampaigns")))
	assert.Error(t, v.Verify(elsewhere, Operation("listPurchases")))
	assert.ErrorContains(t, v.Verify(elsewhere, Operation("nothing")), "nothing")
}
