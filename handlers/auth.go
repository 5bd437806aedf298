package handlers

import "github.com/gin-gonic/gin"

// challenge asks for credentials as RFC 7617 wants it. [I]
var challenge = []string{`Basic realm="loyalty", charset="UTF-8"`}

// authenticate lets a call pass whose credentials are one of the live pairs. [C]
func (s *surface) authenticate(c *gin.Context) error {
	if s.pairs.Admit(c.Request) {
		return nil
	}
	s.metrics.authFailures.Inc()
	return faultUnauthorized
}
