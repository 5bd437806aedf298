package handlers

import (
	"github.com/gin-gonic/gin"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// consentSource stands in the log of consents.
const consentSource = "koshelek"

// updateUser is POST /v1/card/{cardNumber}. [3P]
func (a *api) updateUser(c *gin.Context) error {
	var user koshelek.User
	if err := decode(c, &user); err != nil {
		return err
	}
	if err := a.svc.UpdateProfile(c.Request.Context(), c.Param(paramCardNumber), profileOf(user)); err != nil {
		return err
	}
	return middleware.SendEmpty(c)
}

// setChannels is PUT /v1/card/{cardNumber}/communication. [C]
func (a *api) setChannels(c *gin.Context) error {
	var channels koshelek.Channels
	if err := decode(c, &channels); err != nil {
		return err
	}
	err := a.svc.SetChannels(c.Request.Context(), c.Param(paramCardNumber),
		texts(channels.Allow), texts(channels.Deny), consentSource)
	if err != nil {
		return err
	}
	return middleware.SendEmpty(c)
}

func texts(leaves koshelek.Texts) []string {
	out := make([]string, len(leaves))
	for i, leaf := range leaves {
		out[i] = string(leaf)
	}
	return out
}

// listUsers is GET /v1/card/getAllUsers. [C]
func (a *api) listUsers(c *gin.Context) error {
	return middleware.Stream(a.router, c, a.svc.Customers(c.Request.Context()), phoneOf)
}

// listUsersExtended is GET /v1/card/getAllUsersExtended. [C]
func (a *api) listUsersExtended(c *gin.Context) error {
	return middleware.Stream(a.router, c, a.svc.Customers(c.Request.Context()), userParamsOf)
}
