package handlers

import (
	"github.com/gin-gonic/gin"

	"koshelek-adapter/handlers/entrance"
)

// identify names the call. [I]
func (s *surface) identify(c *gin.Context) {
	k := callOf(c)
	k.id[0] = entrance.RequestID(c.GetHeader(entrance.HeaderRequestID))
	k.Header()[entrance.HeaderRequestID] = k.id[:]
}
