package handlers_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/crm/engine"
	"koshelek-adapter/schema/koshelek"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
	put  = http.MethodPut
)

const anna = `{"phone":"79216668899","email":"Anna@example.com","surname":"Иванова","firstname":"Анна","sex":"ж",
	"birthDate":"1990-02-28","countryCode":"RU","locality":"Санкт-Петербург"}`

// TestLifeOfACard goes the way of one customer through all thirteen methods.
func TestLifeOfACard(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		assert.Empty(t, h.good(t, get, "/v1/card?msisdn=79216668899", "").text(), "nothing found is an empty answer")
		number := h.reserve(t)
		assert.Len(t, number, 13)
		h.good(t, post, "/v1/card/anonymous/"+number, anna).ok()

		want := koshelek.Card{CardNumber: number, CardState: "active",
			Barcode: koshelek.Barcode{BarcodeNumber: number, BarcodeType: "EAN_13"}}
		assert.Equal(t, want, h.good(t, get, "/v1/card?msisdn=79216668899", "").card())
		assert.Equal(t, want, h.good(t, get, "/v1/card?email=anna@example.com", "").card())

		h.good(t, post, "/v1/promo/qrCode", `{"cardNumber":"`+number+`","qrCode":"t=20260906T1130&s=1543.20&fn=9960440300123456&i=12345&fp=1234567890&n=1"}`).ok()
		_, _, err := h.svc.PutCodes(context.Background(), "", []engine.PromoCode{{Code: "SPRING26", Points: 30}})
		require.NoError(t, err)
		h.good(t, post, "/v1/promo/code", `{"msisdn":"79216668899","code":" spring26 "}`).ok()

		want.Bonus = &koshelek.Bonus{Total: "207", Available: "207", Bonuses: koshelek.List[koshelek.BonusLot]{
			{Description: "Приветственные баллы", Amount: "100", ValidUntil: "2027-09-06"},
			{Description: "Кассовый чек", Amount: "77", ValidUntil: "2027-09-06"},
			{Description: "Промокод", Amount: "30", ValidUntil: "2027-09-06"},
		}}
		got := h.good(t, get, "/v1/card/"+number, "").card()
		assert.ElementsMatch(t, want.Bonus.Bonuses, got.Bonus.Bonuses)
		assert.Equal(t, want.Bonus.Total+want.Bonus.Available, got.Bonus.Total+got.Bonus.Available)

		h.good(t, post, "/v1/card/"+number, `{"email":"new@example.com","locality":""}`).ok()
		profile, err := h.svc.Holder(context.Background(), number)
		require.NoError(t, err)
		assert.Equal(t, crm.Profile{Phone: "79216668899", Email: "new@example.com", Surname: "Иванова", FirstName: "Анна",
			Sex: "f", BirthDate: "1990-02-28", CountryCode: "RU", Locality: "Санкт-Петербург"}, profile)

		h.good(t, put, "/v1/card/"+number+"/communication", `{"allow":["sms","push","call"],"deny":["call","fax"]}`).ok()
		assert.Equal(t, map[crm.Channel]bool{"sms": true, "push": true, "call": false}, consents(t, h, number))

		assert.Equal(t, number, h.good(t, post, "/v1/card/anonymous", anna).card().CardNumber, "who has a card keeps it")
		assert.JSONEq(t, `["79216668899"]`, h.good(t, get, "/v1/card/getAllUsers", "").text())
		assert.JSONEq(t, `[{"phone":"79216668899","params":[{"name":"surname","value":"Иванова"},{"name":"firstname","value":"Анна"},
			{"name":"cardNumber","value":"`+number+`"},{"name":"cardState","value":"active"}]}]`,
			h.good(t, get, "/v1/card/getAllUsersExtended", "").text())
		assert.Equal(t, "[]", h.good(t, get, "/v1/card/"+number+"/campaigns", "").text())
		assert.Equal(t, "[]", h.good(t, get, "/v1/card/"+number+"/purchases?startDate=2026-01-01", "").text())
	})
}

func consents(t testing.TB, h *fixture, number string) map[crm.Channel]bool {
	t.Helper()
	lines, err := h.svc.Consents(context.Background(), number)
	require.NoError(t, err)
	state := map[crm.Channel]bool{}
	for _, line := range lines {
		assert.Equal(t, "koshelek", line.Source)
		state[line.Channel] = line.Allowed
	}
	return state
}
