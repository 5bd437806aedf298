package middleware

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
)

// access writes one line and counts once for every request, whatever becomes
// of it.
func (r *Router) access(route *route) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		defer func() { r.record(c, route, time.Since(start)) }()
		c.Next()
	}
}

func (r *Router) record(c *gin.Context, route *route, took time.Duration) {
	k := callOf(c)
	status, verb, level := k.Status(), knownVerb(c.Request.Method), zerolog.InfoLevel
	route.observe(verb, status, k.refusal, took)
	if k.refusal != nil {
		level = k.refusal.Level
	}
	line := r.options.Log.WithLevel(level)
	line.Str("api", r.name).Str("id", k.id[0]).Str("client", c.ClientIP()).Str("method", verb).Str("route", route.pattern).Int("status", status)
	if k.refusal != nil {
		line.Str("code", k.refusal.Code).Str("error", k.refusal.Name)
	}
	if k.note != "" {
		line.Str("note", k.note)
	}
	if k.stack != "" {
		line.Str("stack", k.stack)
	}
	line.Dur("ms", took).Int("bytes", max(k.Size(), 0)).Msg("request")
}

// knownVerb bounds what a client can make a label of.
func knownVerb(verb string) string {
	switch verb {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return verb
	}
	return "other"
}

// recovery keeps the connection through a panic.
func (r *Router) recovery(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == http.ErrAbortHandler {
			panic(cause) // the connection is to be cut
		}
		callOf(c).stack = string(debug.Stack())
		r.fail(c, crm.Wrap(crm.ErrInternal, fmt.Errorf("panic: %v", cause)))
	}()
	c.Next()
}
