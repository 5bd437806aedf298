package handlers

import (
	"github.com/gin-gonic/gin"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// issueReservedCard is POST /v1/card/anonymous/{cardNumber}. [3P]
func (a *api) issueReservedCard(c *gin.Context) error {
	var user koshelek.User
	if err := decode(c, &user); err != nil {
		return err
	}
	if _, err := a.svc.IssueReserved(c.Request.Context(), c.Param(paramCardNumber), profileOf(user)); err != nil {
		return err
	}
	return middleware.SendEmpty(c)
}

// issueCard is POST /v1/card/anonymous. [C]
func (a *api) issueCard(c *gin.Context) error {
	var user koshelek.User
	if err := decode(c, &user); err != nil {
		return err
	}
	card, err := a.svc.Issue(c.Request.Context(), profileOf(user))
	if err != nil {
		return err
	}
	return middleware.SendJSON(c, cardAnswerOf(cardOf(card)))
}
