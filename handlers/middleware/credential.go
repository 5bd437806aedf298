package middleware

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Credential is one pair that a caller may sign in with. Several are live at a
// time so that a password can change without an outage.
type Credential struct{ User, Password string }

// Valid reports whether the pair can be sent by HTTP Basic: UTF-8, not empty, the
// user without a colon.
func (c Credential) Valid() bool {
	return c.User != "" && c.Password != "" && !strings.Contains(c.User, ":") &&
		utf8.ValidString(c.User) && utf8.ValidString(c.Password)
}

// digests stand for a credential: of one length, so that comparing takes one
// time whatever was sent.
type digests struct{ user, password [sha256.Size]byte }

func digest(user, password string) digests {
	return digests{sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))}
}

// pairs are the live credentials of an API.
type pairs []digests

func newPairs(credentials []Credential) pairs {
	all := make(pairs, len(credentials))
	for i, c := range credentials {
		all[i] = digest(c.User, c.Password)
	}
	return all
}

// admit reports whether a request signs in with one of the pairs. It looks at all
// of them without an early exit, so that the time it takes does not tell which
// one was nearly right.
func (p pairs) admit(r *http.Request) bool {
	user, password, ok := r.BasicAuth()
	if !ok || !utf8.ValidString(user) || !utf8.ValidString(password) {
		return false
	}
	given := digest(user, password)
	matches := 0
	for i := range p {
		matches |= subtle.ConstantTimeCompare(given.user[:], p[i].user[:]) &
			subtle.ConstantTimeCompare(given.password[:], p[i].password[:])
	}
	return matches == 1
}
