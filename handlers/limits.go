package handlers

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
)

// occupy takes one of the work slots for the rest of the call. A full house is
// told so at once: the client can come back, waiting would only pile up. [I]
func (s *surface) occupy(c *gin.Context) {
	select {
	case s.slots <- struct{}{}:
	default:
		s.metrics.busy.Inc()
		s.fail(c, crm.ErrBusy)
		c.Abort()
		return
	}
	s.metrics.inFlight.Inc()
	defer func() {
		s.metrics.inFlight.Dec()
		<-s.slots
	}()
	c.Next()
}

// limit bounds the time of a call.
func (s *surface) limit(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), s.options.RequestTimeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// limitPages bounds the time of every single page of a list, since a long list
// may take longer than any call should.
func (s *surface) limitPages(c *gin.Context) {
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	timer := time.AfterFunc(s.options.RequestTimeout, cancel)
	defer timer.Stop()
	callOf(c).grant = func(d time.Duration) { timer.Reset(d) }
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
