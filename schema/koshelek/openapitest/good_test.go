package openapitest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGoodExchangesAreAccepted(t *testing.T) {
	v := New(t)
	card, details := sample(t, "card.json"), sample(t, "card_details.json")
	for _, row := range []struct {
		line, body string
		status     int
		answer     string
	}{
		{"GET /v1/card?msisdn=79216668899", "", 200, card},
		{"GET /v1/card?msisdn=79216668899", "", 200, ""},
		{"GET /v1/card?msisdn=%2B7+(921)+666-88-99&email=&birthDate=1990-02-28&x=1", "", 200, card},
		{"GET /v1/card", "", 422, refusal},
		{"GET /v1/card/anonymous", "", 200, `"2000000000015"`},
		{"GET /v1/card/anonymous", "", 200, `"0000000000015"` + "\n"},
		{"PUT /v1/card/anonymous", "", 200, `"2000000000015"`},
		{"POST /v1/card/anonymous", profile, 200, card},
		{"POST /v1/card/anonymous/2000000000015", profile, 200, ""},
		{"PUT /v1/card/anonymous/2000000000015", profile, 200, ""},
		{"GET " + cardPath, "", 200, details},
		{"GET " + cardPath, "", 200, card},
		{"GET " + cardPath, "", 200, sample(t, "card_no_points.json")},
		{"GET /v1/card/%D0%B6%2F", "", 422, refusal},
		{"POST " + cardPath, `{"PHONE":79216668899,"email":true,"x":[{}]}`, 200, ""},
		{"PUT " + cardPath, `{}`, 200, ""},
		{"PUT " + cardPath + "/communication", `{"allow":["sms",1],"deny":[]}`, 200, ""},
		{"PUT " + cardPath + "/communication", `{"allow":"sms","deny":null}`, 200, ""},
		{"GET " + cardPath + "/purchases?startDate=2026-01-01", "", 200, sample(t, "purchases.json")},
		{"GET " + cardPath + "/purchases?startDate=2026-01-01&endDate=2026-01-31", "", 200, `[]`},
		{"GET " + cardPath + "/purchases?startDate=2026-01-01&endDate=", "", 200, `[]`},
		{"GET " + cardPath + "/campaigns", "", 200, sample(t, "offers.json")},
		{"GET /v1/card/getAllUsers", "", 200, `["79216668899","375291234567"]`},
		{"GET /v1/card/getAllUsersExtended", "", 200, sample(t, "users.json")},
		{"POST /v1/promo/qrCode", `{"cardNumber":"1","qrCode":"t=1"}`, 200, ""},
		{"POST /v1/promo/code", `{"msisdn":79216668899,"code":12}`, 200, ""},
		{"GET " + cardPath, "", 401, refusal},
		{"GET " + cardPath, "", 422, sample(t, "error.json")},
		{"HEAD " + cardPath, "", 422, ""},
	} {
		t.Run(row.line, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, v.Verify(ask(row.line, row.body).answered(row.status, row.answer)))
		})
	}
}

func TestUndescribedCallsMayBeRefused(t *testing.T) {
	v := New(t)
	for _, line := range []string{
		"GET /", "GET /v1/card/", "GET /v2/card", "GET " + cardPath + "/x", "GET /V1/card",
		"DELETE " + cardPath, "POST /v1/card/getAllUsers", "POST /v1/card/anonymous/getAllUsers",
		"GET /v1/card/anonymous/purchases?startDate=2026-01-01", "PATCH /v1/promo/code", "OPTIONS /v1/card",
	} {
		require.NoError(t, v.Verify(ask(line, "{").answered(422, refusal)), line)
		require.NoError(t, v.Verify(ask(line, "").anonymously().answered(401, refusal)), line)
		require.Error(t, v.Verify(ask(line, "").answered(200, "")), line)
		require.Error(t, v.Verify(ask(line, "").answered(200, `[]`)), line)
		require.Error(t, v.Verify(ask(line, "").answered(422, "")), line)
	}
}

func TestStaticSegmentsWinOverCardNumbers(t *testing.T) {
	v := New(t)
	details := sample(t, "card_details.json")
	for _, word := range []string{"anonymous", "getAllUsers", "getAllUsersExtended"} {
		require.Error(t, v.Verify(ask("GET /v1/card/"+word, "").answered(200, details)), word)
		require.NoError(t, v.Verify(ask("GET /v1/card/"+word+"1", "").answered(200, details)), word)
	}
}

func TestLongArraysAreRead(t *testing.T) {
	phones := `["79216668899"` + strings.Repeat(",\n\"79216668899\"", 20_000) + `]`
	e := ask("GET /v1/card/getAllUsers", "")
	require.NoError(t, New(t).Verify(e.answered(200, phones)))
	require.Error(t, New(t).Verify(e.answered(200, phones[:len(phones)-1])), "a list that was cut off")
	require.Error(t, New(t).Verify(e.answered(200, phones+refusal)), "an error after the list had begun")
}
