package middleware

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
)

// Authenticate lets a call pass whose Basic credentials are one of the live pairs.
func (r *Router) Authenticate(c *gin.Context) error { return r.admit(r.pairs, c) }

// AuthenticateAs is Authenticate for an endpoint with pairs of its own.
func (r *Router) AuthenticateAs(credentials ...Credential) Step {
	own := newPairs(credentials)
	return func(c *gin.Context) error { return r.admit(own, c) }
}

func (r *Router) admit(live pairs, c *gin.Context) error {
	if live.admit(c.Request) {
		return nil
	}
	return r.Unauthenticated(Unauthorized)
}

// Unauthenticated counts a call that may not come in.
func (r *Router) Unauthenticated(err error) error {
	r.options.Metrics.authFailures.Inc()
	return err
}

// readBody takes the whole body before the call takes a slot, so that slow
// senders hold none.
func (r *Router) readBody(c *gin.Context) error {
	limit := r.options.MaxBody
	if c.Request.ContentLength > limit {
		return BodyTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, limit))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return BodyTooLarge
	}
	if err != nil {
		return BodyIncomplete.Because(err)
	}
	callOf(c).body = body
	return nil
}

// limitInFlight takes one of the slots for the rest of the call. Who finds none
// is told so at once: the client can come back, waiting would only pile up.
func (r *Router) limitInFlight(c *gin.Context) {
	held := &slot{r: r}
	select {
	case r.slots <- struct{}{}:
		held.taken()
	default:
		r.options.Metrics.busy.Inc()
		r.fail(c, crm.ErrBusy)
		return
	}
	callOf(c).slot = held
	defer held.leave()
	c.Next()
}

// slot is the place of a call among those that may be at work.
type slot struct {
	r    *Router
	held bool
}

// leave lets another call work; again it does nothing.
func (s *slot) leave() {
	if s.held {
		s.held = false
		s.r.options.Metrics.inFlight.Dec()
		<-s.r.slots
	}
}

// take waits for a place. ErrBusy when there is none until the context ends.
func (s *slot) take(ctx context.Context) error {
	select {
	case s.r.slots <- struct{}{}:
		s.taken()
		return nil
	case <-ctx.Done():
		return crm.ErrBusy
	}
}

func (s *slot) taken() {
	s.held = true
	s.r.options.Metrics.inFlight.Inc()
}

// limitTime bounds the time of a call.
func (r *Router) limitTime(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), r.options.RequestTimeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// limitPages bounds the time of every single page of a list, since a long list
// may take longer than any call should.
func (r *Router) limitPages(c *gin.Context) {
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	timer := time.AfterFunc(r.options.RequestTimeout, cancel)
	defer timer.Stop()
	callOf(c).extend = func(d time.Duration) { timer.Reset(d) }
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
