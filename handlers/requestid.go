package handlers

import (
	"github.com/gin-gonic/gin"
	"github.com/oklog/ulid/v2"
)

const (
	headerRequestID = "X-Request-Id"
	maxRequestID    = 64
)

// identify names the call, by the client's name for it when that is harmless.
// [I]
func (s *surface) identify(c *gin.Context) {
	k := callOf(c)
	k.id[0] = c.GetHeader(headerRequestID)
	if !harmless(k.id[0]) {
		k.id[0] = ulid.Make().String()
	}
	k.Header()[headerRequestID] = k.id[:]
}

func harmless(id string) bool {
	for i := range len(id) {
		b := id[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
		if !letter && (b < '0' || b > '9') && b != '.' && b != '_' && b != '-' {
			return false
		}
	}
	return id != "" && len(id) <= maxRequestID
}
