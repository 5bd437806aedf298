package wire

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

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
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	if e.causeText != "" {
		parts = append(parts, e.causeText)
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

// NeverSent reports that the vendor cannot have seen the request that the call
// is about: it was refused on this side, no connection came about, or not a byte
// of it was written. The same request may then be sent again without fear. False
// means that it may have arrived, whatever else the error says.
func (e *Error) NeverSent() bool { return e.unsent }

// Refused reports that nothing was done, for certain: the request never left, or
// the vendor answered that it will not do it. A Conflict is not among these,
// since it speaks of something that was done before.
func (e *Error) Refused() bool {
	switch e.Kind {
	case Invalid, Rejected, Unauthorized, Forbidden, NotFound, RateLimited:
		return true
	}
	return e.unsent
}

// NeverSent asks any error; one that is no [Error] gives false.
func NeverSent(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.NeverSent()
}

// Refused asks any error; one that is no [Error] gives false.
func Refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Refused()
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
	var e *Error
	if !errors.As(err, &e) {
		return &Error{Vendor: vendor, Call: call, Kind: Unavailable, cause: err, causeText: redactText(err.Error(), nil), unsent: true}
	}
	before := *e
	before.Call = call + " (" + e.Call + ")"
	before.unsent = true
	return &before
}
