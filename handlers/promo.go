package handlers

import (
	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// submitQRCode is POST /v1/promo/qrCode. [C], its body [I]
func (a *api) submitQRCode(c *gin.Context) error {
	var body koshelek.QRCode
	if err := decode(c, &body); err != nil {
		return err
	}
	from := crm.CardRef{CardNumber: string(body.CardNumber), Phone: string(body.MSISDN)}
	if _, err := a.svc.SubmitReceipt(c.Request.Context(), from, string(body.QRCode)); err != nil {
		return err
	}
	return middleware.SendEmpty(c)
}

// submitPromoCode is POST /v1/promo/code. [C], its body [I]
func (a *api) submitPromoCode(c *gin.Context) error {
	var body koshelek.PromoCode
	if err := decode(c, &body); err != nil {
		return err
	}
	from := crm.CardRef{CardNumber: string(body.CardNumber), Phone: string(body.MSISDN)}
	if _, err := a.svc.RedeemCode(c.Request.Context(), from, string(body.Code)); err != nil {
		return err
	}
	return middleware.SendEmpty(c)
}
