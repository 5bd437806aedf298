package handlers

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
)

// recovery keeps the connection through a panic. It stands in the chain twice:
// inside the access log, so that the line tells what was answered, and around
// it, should the log itself fail.
func (s *surface) recovery(c *gin.Context) {
	defer s.rescue(c)
	c.Next()
}

func (s *surface) rescue(c *gin.Context) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause) // the connection is to be cut
	}
	c.Abort()
	callOf(c).stack = string(debug.Stack())
	s.fail(c, crm.Wrap(crm.ErrInternal, fmt.Errorf("panic: %v", cause)))
}
