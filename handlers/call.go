package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// call is what one request gathers on its way for the log, the metrics and the
// answer. It stands in for gin's writer, so that every step reaches it at the
// price of one allocation; gin's own map would cost several.
type call struct {
	gin.ResponseWriter
	// client is the context of the connection, over when the client has gone.
	client context.Context
	// id is an array, so that the header needs no slice of its own.
	id     [1]string
	length [1]string
	body   []byte
	// row is the error that was answered, nil while all is well; note and stack
	// are for the log.
	row   *Row
	note  string
	stack string
	// grant gives a list so much time from now.
	grant func(time.Duration)
}

// Unwrap leads http.ResponseController to the connection.
func (k *call) Unwrap() http.ResponseWriter { return k.ResponseWriter }

// callOf gives the request's call.
func callOf(c *gin.Context) *call { return c.Writer.(*call) }

// open begins a call and sets what every answer carries, also an empty one.
func (s *surface) open(c *gin.Context) {
	c.Writer = &call{ResponseWriter: c.Writer, client: c.Request.Context()}
	header := c.Writer.Header()
	header["Content-Type"] = s.contentType
	header["Cache-Control"] = noStore
	// gin names a path's verbs before anybody has signed in.
	header.Del("Allow")
}

// Header values that never change are shared: net/http only reads them.
var (
	noStore    = []string{"no-store"}
	zeroLength = []string{"0"}
)
