package handlers

import (
	"github.com/gin-gonic/gin"

	"koshelek-adapter/schema/koshelek"
)

// issueReservedCard is POST /v1/card/anonymous/{cardNumber}. [3P]
func (s *surface) issueReservedCard(c *gin.Context) error {
	var user koshelek.User
	if err := decode(c, &user); err != nil {
		return err
	}
	if _, err := s.svc.IssueReserved(c.Request.Context(), c.Param(paramCardNumber), profileOf(user)); err != nil {
		return err
	}
	return done(c)
}

// issueCard is POST /v1/card/anonymous. [C]
func (s *surface) issueCard(c *gin.Context) error {
	var user koshelek.User
	if err := decode(c, &user); err != nil {
		return err
	}
	card, err := s.svc.Issue(c.Request.Context(), profileOf(user))
	if err != nil {
		return err
	}
	return answer(c, cardAnswerOf(cardOf(card)))
}
