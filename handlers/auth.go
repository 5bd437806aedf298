package handlers

import (
	"crypto/sha256"
	"crypto/subtle"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// challenge asks for credentials as RFC 7617 wants it. [I]
var challenge = []string{`Basic realm="loyalty", charset="UTF-8"`}

// digests stand for a credential: of one length, so that comparing takes one
// time whatever was sent.
type digests struct{ user, password [sha256.Size]byte }

func digest(user, password string) digests {
	return digests{sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))}
}

// authenticate lets a call pass whose credentials are one of the live pairs.
// It looks at all of them without an early exit, so that the time it takes
// does not tell which one was nearly right. [C]
func (s *surface) authenticate(c *gin.Context) error {
	user, password, ok := c.Request.BasicAuth()
	if ok && utf8.ValidString(user) && utf8.ValidString(password) {
		given := digest(user, password)
		matches := 0
		for i := range s.pairs {
			matches |= subtle.ConstantTimeCompare(given.user[:], s.pairs[i].user[:]) &
				subtle.ConstantTimeCompare(given.password[:], s.pairs[i].password[:])
		}
		if matches == 1 {
			return nil
		}
	}
	s.metrics.authFailures.Inc()
	return faultUnauthorized
}
