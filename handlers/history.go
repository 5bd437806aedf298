package handlers

import (
	"github.com/gin-gonic/gin"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// listPurchases is GET /v1/card/{cardNumber}/purchases. [3P]
func (a *api) listPurchases(c *gin.Context) error {
	var from, to string
	if err := readQuery(c.Request.URL.RawQuery,
		parameter{name: "startDate", into: &from},
		parameter{name: "endDate", into: &to},
	); err != nil {
		return err
	}
	return middleware.Stream(a.router, c, a.svc.Purchases(c.Request.Context(), c.Param(paramCardNumber), from, to), purchaseOf)
}

// listCampaigns is GET /v1/card/{cardNumber}/campaigns. [I]
func (a *api) listCampaigns(c *gin.Context) error {
	offers, err := a.svc.Offers(c.Request.Context(), c.Param(paramCardNumber))
	if err != nil {
		return err
	}
	body := make(koshelek.List[koshelek.Offer], len(offers))
	for i, offer := range offers {
		body[i] = offerOf(offer)
	}
	return middleware.SendJSON(c, body)
}
