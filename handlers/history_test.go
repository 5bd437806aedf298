package handlers_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm"
	"koshelek-adapter/schema/koshelek"
)

func TestPurchasesAndOffers(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		_, refused, err := h.svc.PutPurchases(context.Background(), "", []crm.Purchase{
			{CardNumber: number, Ref: "1", Date: "2026-09-05", Item: "Кофе <зёрна> & \"молоко\"", AmountKopecks: 154320, QuantityMilli: 1500, Location: "Арбат, 1", BonusPoints: 15},
			{CardNumber: number, Ref: "2", Date: "2026-09-04", Item: "Cheese", AmountKopecks: -34500, QuantityMilli: -345},
			{CardNumber: number, Ref: "3", Date: "2026-08-31", Item: "Old", AmountKopecks: 1, QuantityMilli: 1000},
		})
		require.NoError(t, err)
		require.Empty(t, refused)
		path := "/v1/card/" + number + "/purchases"
		assert.JSONEq(t, `[{"date":"2026-09-05","item":"Кофе <зёрна> & \"молоко\"","amount":"154320","quantity":"1.5","location":"Арбат, 1","bonuses":"15"},
			{"date":"2026-09-04","item":"Cheese","amount":"-34500","quantity":"-0.345","bonuses":"0"}]`,
			h.good(t, get, path+"?startDate=2026-09-01", "").text())
		var lines []koshelek.Purchase
		h.good(t, get, path+"?startDate=2026-08-31&endDate=2026-09-04&unknown=1", "").into(&lines)
		assert.Len(t, lines, 2, "both days are included")

		_, _, err = h.svc.PutOffers(context.Background(), "", []crm.Offer{
			{ID: "7", Audience: crm.AudienceAll, Name: "Весна", StartDate: "2026-01-01", EndDate: "2026-12-31", Discount: "10%"},
			{ID: "8", Audience: crm.AudienceCard, Target: number, Name: "For you"},
			{ID: "9", Audience: crm.AudienceAll, Name: "Over", EndDate: "2026-09-05"},
		})
		require.NoError(t, err)
		var offers []koshelek.Offer
		h.good(t, get, "/v1/card/"+number+"/campaigns", "").into(&offers)
		assert.ElementsMatch(t, []koshelek.Offer{
			{ID: "7", Name: "Весна", StartDate: "2026-01-01", EndDate: "2026-12-31", Discount: "10%"}, {ID: "8", Name: "For you"},
		}, offers)
	})
}

func TestBonusRendering(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		grant := func(key string, points int64, from, until time.Time) {
			_, err := h.svc.Credit(context.Background(), crm.Transaction{Key: key, CardNumber: number, Points: points,
				Description: key, AvailableFrom: from, ValidUntil: until})
			require.NoError(t, err)
		}
		grant("pending", 5, noon.Add(time.Hour), time.Date(2026, 10, 1, 0, 0, 0, 0, moscow))
		grant("forever", 7, time.Time{}, crm.Forever)
		assert.Equal(t, &koshelek.Bonus{Total: "112", Available: "107", Bonuses: koshelek.List[koshelek.BonusLot]{
			{Description: "pending", Amount: "5", ValidUntil: "2026-09-30"},
			{Description: "Приветственные баллы", Amount: "100", ValidUntil: "2027-09-06"},
			{Description: "forever", Amount: "7"},
		}}, h.good(t, get, "/v1/card/"+number, "").card().Bonus)
	})
}

func TestSearch(t *testing.T) {
	everywhere(t, func(t *testing.T, h *fixture) {
		number := h.issue(t, anna)
		for name, query := range map[string]string{
			"plus in front":       "msisdn=+79216668899",
			"plus is escaped":     "msisdn=%2B7%20(921)%20666-88-99",
			"trunk prefix":        "msisdn=89216668899",
			"repeated":            "msisdn=79216668899&msisdn=79216668899",
			"unknown parameters":  "foo=%20&msisdn=79216668899&&bar&=x",
			"either of the two":   "msisdn=79000000000&email=anna%40example.com",
			"case of the address": "email=ANNA@EXAMPLE.COM",
			"both":                "msisdn=79216668899&email=anna@example.com&birthDate=1990-02-28",
		} {
			assert.Equal(t, number, h.good(t, get, "/v1/card?"+query, "").card().CardNumber, name)
		}
		assert.Empty(t, h.good(t, get, "/v1/card?msisdn=79000000000", "").text())
		h.bad(t, get, "/v1/card", "").refused("110")
		h.bad(t, get, "/v1/card?birthDate=1990-02-28", "").refused("110")
		h.bad(t, get, "/v1/card?msisdn=&msisdn=79216668899", "").refused("107")
		h.bad(t, get, "/v1/card?msisdn=%zz", "").refused("107")
		h.bad(t, get, "/v1/card?msisdn=79216668899&foo=%f", "").refused("107")
	})
}
