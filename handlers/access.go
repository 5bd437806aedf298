package handlers

import (
	"time"

	"github.com/gin-gonic/gin"
	"github.com/rs/zerolog"

	"koshelek-adapter/handlers/entrance"
)

// access writes one line and counts once for every request, whatever becomes
// of it.
func (s *surface) access(r *route) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		defer func() { s.record(c, r, time.Since(start)) }()
		c.Next()
	}
}

func (s *surface) record(c *gin.Context, r *route, took time.Duration) {
	k := callOf(c)
	status, verb := k.Status(), entrance.KnownVerb(c.Request.Method)
	r.observe(verb, status, k.row, took)
	line := s.log.WithLevel(level(k.row))
	line.Str("id", k.id[0]).Str("method", verb).Str("route", r.pattern).Int("status", status)
	if k.row != nil {
		line.Str("code", k.row.Code).Str("error", k.row.Name)
	}
	if k.note != "" {
		line.Str("note", k.note)
	}
	if k.stack != "" {
		line.Str("stack", k.stack)
	}
	line.Dur("ms", took).Int("bytes", max(k.Size(), 0)).Msg("request")
}

// level ranks a line by who has to act: nobody, the operator soon, the
// operator now. A client that has gone concerns nobody.
func level(row *Row) zerolog.Level {
	if row == nil {
		return zerolog.InfoLevel
	}
	return row.level
}
