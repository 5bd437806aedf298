package vendorhttp

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kind says in one word what became of a call. It is an error itself, so
// callers ask errors.Is(err, vendorhttp.NotFound).
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

// kindOfStatus turns an HTTP status that is no success into a kind.
func kindOfStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized:
		return Unauthorized
	case http.StatusForbidden:
		return Forbidden
	case http.StatusNotFound, http.StatusGone:
		return NotFound
	case http.StatusConflict:
		return Conflict
	case http.StatusTooManyRequests:
		return RateLimited
	case http.StatusRequestTimeout:
		return Unavailable
	}
	switch status / 100 {
	case 3:
		return Redirected
	case 4:
		return Rejected
	case 5:
		return Unavailable
	}
	return Malformed
}

// Error is what every failed call of a vendor's client returns. Its texts hold
// neither secrets nor personal data, so it may be logged and stored.
type Error struct {
	// Vendor and Call name the client and its call, for example "qiibee" and
	// "create-transaction".
	Vendor, Call string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Kind decides what to do.
	Kind Kind
	// Code is the vendor's own code, "" when it gave none.
	Code string
	// Message is the vendor's own text or the client's, shortened and redacted.
	Message string
	// RetryAfter is how long the vendor asked to wait, 0 when it did not.
	RetryAfter time.Duration
	// Record is the redacted answer, nil when none came.
	Record *Record

	cause     error
	causeText string
	unsent    bool
}

// Error implements error.
func (e *Error) Error() string {
	parts := []string{e.Vendor + " " + e.Call, string(e.Kind)}
	if e.Status != 0 {
		parts = append(parts, "status "+strconv.Itoa(e.Status))
	}
	if e.Code != "" {
		parts = append(parts, "code "+e.Code)
	}
	for _, text := range []string{e.Message, e.causeText} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ": ")
}

// Is reports whether target is this error's kind.
func (e *Error) Is(target error) bool {
	kind, ok := target.(Kind)
	return ok && kind == e.Kind
}

// Unwrap gives the cause, for example a context's end; its text is not redacted.
func (e *Error) Unwrap() error { return e.cause }

// NeverSent reports that the vendor cannot have seen the request: it was refused
// on this side, or no connection came about. The same request may then be sent
// again without fear. False means that it may have arrived, whatever else the
// error says; so does an error that is no [Error].
func NeverSent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.unsent
}

// Refused reports that nothing was done, for certain: the request never left, or
// the vendor answered that it will not do it. A Conflict is not among these,
// since it speaks of something that was done before.
func Refused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Kind {
	case Invalid, Rejected, Unauthorized, Forbidden, NotFound, RateLimited:
		return true
	}
	return e.unsent
}

// Down reports that the vendor could not be reached or does not serve us: there is
// no point in sending it the next request at once.
func Down(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Kind {
	case Unavailable, RateLimited, Unauthorized, Forbidden, Redirected:
		return true
	}
	return false
}

// Refuse makes the error of a request that breaks the contract and was
// therefore not sent.
func Refuse(vendor, call, reason string) *Error {
	return &Error{Vendor: vendor, Call: call, Kind: Invalid, Message: reason, unsent: true}
}

// Before marks the error of a call that had to come before another one, for
// example of a login: the request of the call named here never left. An error
// that is no [Error], such as the end of a context, becomes one. It is nil for nil.
func Before(vendor, call string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return &Error{Vendor: vendor, Call: call, Kind: Unavailable, cause: err, causeText: redactText(err.Error(), nil), unsent: true}
	}
	before := *e
	before.Call = call + " (" + e.Call + ")"
	before.unsent = true
	return &before
}
