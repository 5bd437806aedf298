package microsite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/entrance"
	wire "koshelek-adapter/schema/microsite"
)

// call is what one request gathers on its way for the log and the metrics.
type call struct {
	id, route string
	// client is the context of the connection, over when the client has gone.
	client context.Context
	body   []byte
	// token is who signed in by token, nil for Basic.
	token *claims
	// invalidStatus answers an invalid customer; zero for the table's.
	invalidStatus int
	// fault is what was answered, "" while all is well; note and stack are for the
	// log.
	fault, note, stack string
}

const callKey = "call"

func callOf(c *gin.Context) *call { return c.MustGet(callKey).(*call) }

// open begins a call and sets what every answer carries.
func (s *surface) open(route string) gin.HandlerFunc {
	return func(c *gin.Context) {
		k := &call{id: entrance.RequestID(c.GetHeader(entrance.HeaderRequestID)), route: route, client: c.Request.Context()}
		c.Set(callKey, k)
		header := c.Writer.Header()
		header.Set("Content-Type", "application/json; charset=utf-8")
		header.Set("Cache-Control", "no-store")
		header.Set(entrance.HeaderRequestID, k.id)
		header.Del("Allow") // gin names a path's verbs before anybody has signed in
	}
}

// recovery keeps the connection through a panic, inside the access log and
// around it.
func (s *surface) recovery(c *gin.Context) {
	defer func() {
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
	}()
	c.Next()
}

// access writes one line and counts once for every request.
func (s *surface) access(c *gin.Context) {
	start := time.Now()
	defer func() {
		k, took := callOf(c), time.Since(start)
		verb, status := entrance.KnownVerb(c.Request.Method), c.Writer.Status()
		s.options.Metrics.observe(k, verb, status, took)
		line := s.options.Log.WithLevel(level(status, k.fault))
		line.Str("surface", "microsite").Str("id", k.id).Str("method", verb).Str("route", k.route).Int("status", status)
		for _, part := range [][2]string{{"error", k.fault}, {"note", k.note}, {"stack", k.stack}} {
			if part[1] != "" {
				line.Str(part[0], part[1])
			}
		}
		line.Dur("ms", took).Int("bytes", max(c.Writer.Size(), 0)).Msg("request")
	}()
	c.Next()
}

// basic lets a call pass that signs in with one of the live pairs. [C]
func (s *surface) basic(c *gin.Context) error {
	if s.pairs.Admit(c.Request) {
		return nil
	}
	s.options.Metrics.authFailures.Inc()
	return faultUnauthorized
}

// basicOrBearer takes a customer's token too. [C; Basic I]
func (s *surface) basicOrBearer(c *gin.Context) error {
	scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return s.basic(c)
	}
	found, err := s.tokens.read(strings.TrimSpace(token))
	if err != nil {
		s.options.Metrics.authFailures.Inc()
		return &noted{faultBadToken, err}
	}
	callOf(c).token = found
	return nil
}

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

// occupy takes one of the work slots for the rest of the call; a full house is
// told so at once.
func (s *surface) occupy(c *gin.Context) {
	select {
	case s.slots <- struct{}{}:
	default:
		s.fail(c, crm.ErrBusy)
		c.Abort()
		return
	}
	s.options.Metrics.inFlight.Inc()
	defer func() {
		s.options.Metrics.inFlight.Dec()
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

// decode reads the body into a request of the schema.
func decode(c *gin.Context, into any) error {
	err := wire.Decode(callOf(c).body, into)
	if refused, ok := errors.AsType[*wire.DecodeError](err); ok {
		return malformed(refused.Reason)
	}
	return err
}
