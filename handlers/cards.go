package handlers

import (
	"strings"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm/engine"
)

const paramCardNumber = "cardNumber"

// findCard is GET /v1/card; nothing found is an empty answer. [C]
func (s *surface) findCard(c *gin.Context) error {
	var search engine.Search
	if err := readQuery(c.Request.URL.RawQuery,
		parameter{name: "msisdn", into: &search.Phone},
		parameter{name: "email", into: &search.Email},
		parameter{name: "birthDate", into: &search.BirthDate},
	); err != nil {
		return err
	}
	card, found, err := s.svc.FindCard(c.Request.Context(), search)
	if err != nil {
		return err
	}
	if !found {
		return done(c)
	}
	return answer(c, cardAnswerOf(cardOf(card)))
}

// getCard is GET /v1/card/{cardNumber}. [3P]
func (s *surface) getCard(c *gin.Context) error {
	card, bonus, err := s.svc.Card(c.Request.Context(), c.Param(paramCardNumber))
	if err != nil {
		return err
	}
	body := cardOf(card)
	body.Bonus = bonusOf(bonus, s.options.Zone)
	return answer(c, cardAnswerOf(body))
}

// reserveCard is GET /v1/card/anonymous. [3P]
func (s *surface) reserveCard(c *gin.Context) error {
	number, err := s.svc.Reserve(c.Request.Context())
	if err != nil {
		return err
	}
	if s.options.ReserveDigits && isJSONNumber(number) {
		return send(c, []byte(number))
	}
	return answer(c, number)
}

// isJSONNumber reports whether a number may stand bare: JSON knows no leading
// zeros, and a reader would drop them.
func isJSONNumber(number string) bool {
	return number != "" && strings.Trim(number, "0123456789") == "" && (number[0] != '0' || len(number) == 1)
}
