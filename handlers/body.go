package handlers

import (
	"errors"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/handlers/middleware"
	"koshelek-adapter/schema/koshelek"
)

// decode reads the body into a request of the schema. [C]
func decode(c *gin.Context, into any) error {
	err := koshelek.Decode(middleware.Body(c), into)
	if refused, ok := errors.AsType[*koshelek.DecodeError](err); ok {
		return faultBodyMalformed.Because(refused)
	}
	return err
}
