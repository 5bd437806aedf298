package handlers

import (
	"errors"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/schema/koshelek"
)

// readBody takes the whole body before the call takes a work slot, so that slow
// senders hold none.
func (s *surface) readBody(c *gin.Context) error {
	limit := s.options.MaxBody
	if c.Request.ContentLength > limit {
		return faultBodyTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return faultBodyTooLarge
	}
	if err != nil {
		return &noted{faultBodyIncomplete, err}
	}
	callOf(c).body = body
	return nil
}

// decode reads the body into a request of the schema. [C]
func decode(c *gin.Context, into any) error {
	err := koshelek.Decode(callOf(c).body, into)
	if refused, ok := errors.AsType[*koshelek.DecodeError](err); ok {
		return &noted{faultBodyMalformed, refused}
	}
	return err
}
