package wire

import "net/http"

// Kind says in one word what became of a call. It is an error itself, so
// callers ask errors.Is(err, wire.NotFound).
type Kind string

// Error implements error; it is the kind's own name.
func (k Kind) Error() string { return string(k) }

// The kinds of errors.
const (
	// Invalid: this side refused the request; nothing was sent.
	Invalid Kind = "invalid_request"
	// Rejected: the vendor refused it for what it says (400, 422 and other 4xx).
	Rejected Kind = "rejected"
	// Unauthorized: the vendor does not know the credentials or the token (401).
	Unauthorized Kind = "unauthorized"
	// Forbidden: the credentials are known and may not do this (403).
	Forbidden Kind = "forbidden"
	// NotFound: the vendor knows no such thing (404, 410).
	NotFound Kind = "not_found"
	// Conflict: the vendor has had this before (409).
	Conflict Kind = "conflict"
	// RateLimited: too many calls (429); RetryAfter may say when to come again.
	RateLimited Kind = "rate_limited"
	// Unavailable: the network, a time limit, or the vendor failed (408, 5xx).
	Unavailable Kind = "unavailable"
	// Redirected: the vendor answered with another address (3xx); it is not followed.
	Redirected Kind = "redirected"
	// Malformed: an answer came and cannot be understood.
	Malformed Kind = "malformed_answer"
)

// Kinds lists every kind once.
func Kinds() []Kind {
	return []Kind{
		Invalid, Rejected, Unauthorized, Forbidden, NotFound, Conflict,
		RateLimited, Unavailable, Redirected, Malformed,
	}
}

// KindOfStatus turns an HTTP status that is no success into a kind.
func KindOfStatus(status int) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound, status == http.StatusGone:
		return NotFound
	case status == http.StatusConflict:
		return Conflict
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status == http.StatusRequestTimeout, status >= 500 && status < 600:
		return Unavailable
	case status >= 300 && status < 400:
		return Redirected
	case status >= 400 && status < 500:
		return Rejected
	}
	return Malformed
}
