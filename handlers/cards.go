package handlers

import (
	"strings"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/middleware"
)

const paramCardNumber = "cardNumber"

// findCard is GET /v1/card; nothing found is an empty answer. [C]
func (a *api) findCard(c *gin.Context) error {
	var search crm.Search
	if err := readQuery(c.Request.URL.RawQuery,
		parameter{name: "msisdn", into: &search.Phone, plus: true},
		parameter{name: "email", into: &search.Email, plus: true},
		parameter{name: "birthDate", into: &search.BirthDate},
	); err != nil {
		return err
	}
	card, found, err := a.svc.FindCard(c.Request.Context(), search)
	if err != nil {
		return err
	}
	if !found {
		return middleware.SendEmpty(c)
	}
	return middleware.SendJSON(c, cardAnswerOf(cardOf(card)))
}

// getCard is GET /v1/card/{cardNumber}. [3P]
func (a *api) getCard(c *gin.Context) error {
	card, bonus, err := a.svc.Card(c.Request.Context(), c.Param(paramCardNumber))
	if err != nil {
		return err
	}
	body := cardOf(card)
	body.Bonus = bonusOf(bonus, a.options.Zone)
	return middleware.SendJSON(c, cardAnswerOf(body))
}

// reserveCard is GET /v1/card/anonymous. [3P]
func (a *api) reserveCard(c *gin.Context) error {
	number, err := a.svc.Reserve(c.Request.Context())
	if err != nil {
		return err
	}
	if a.options.ReserveDigits && isJSONNumber(number) {
		return middleware.Send(c, []byte(number))
	}
	return middleware.SendJSON(c, number)
}

// isJSONNumber reports whether a number may stand bare: JSON knows no leading
// zeros, and a reader would drop them.
func isJSONNumber(number string) bool {
	return number != "" && strings.Trim(number, "0123456789") == "" && (number[0] != '0' || len(number) == 1)
}
