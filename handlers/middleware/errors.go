package middleware

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/rs/zerolog"

	"koshelek-adapter/crm"
)

// Fault is a way in which a call can fail before it reaches the programme, whose
// own are [crm.Kind]. An API may have more of them.
type Fault string

// The faults of every API.
const (
	Unauthorized   Fault = "unauthorized"
	UnknownPath    Fault = "unknown_path"
	WrongMethod    Fault = "wrong_method"
	BodyTooLarge   Fault = "body_too_large"
	BodyIncomplete Fault = "body_incomplete"
	ClientGone     Fault = "client_gone"
)

// Error implements error; it is the fault's own name.
func (f Fault) Error() string { return string(f) }

// Because is the fault with its cause, which the log shows.
func (f Fault) Because(cause error) error { return &caused{f, cause} }

type caused struct {
	Fault
	cause error
}

func (e *caused) Error() string { return e.Fault.Error() + ": " + e.cause.Error() }

func (e *caused) Unwrap() []error { return []error{e.Fault, e.cause} }

// Refusal is an error as an API says it.
type Refusal struct {
	Status int
	// Code is what the metrics count it by, and Name what the log calls it.
	Code, Name string
	Level      zerolog.Level
	// Challenge goes into WWW-Authenticate, "" for none.
	Challenge string
	Body      []byte
}

// LevelOf ranks an error by who has to act: nobody, the operator soon, the
// operator now. A client that has gone concerns nobody.
func LevelOf(kind error) zerolog.Level {
	switch kind {
	case crm.ErrInternal:
		return zerolog.ErrorLevel
	case crm.ErrBusy, crm.ErrUnavailable:
		return zerolog.WarnLevel
	case ClientGone:
		return zerolog.DebugLevel
	}
	return zerolog.InfoLevel
}

// fail answers an error; nothing else writes one. An answer that has begun is
// cut off instead, so that nobody takes a part of a list for the whole.
func (r *Router) fail(c *gin.Context, err error) {
	c.Abort()
	k := callOf(c)
	refusal := r.refuse(kindOf(k, err), err)
	if refusal == nil { // a kind that no call of this API should meet
		refusal = r.refuse(crm.ErrInternal, err)
	}
	k.refusal = refusal
	if text := err.Error(); text != refusal.Name {
		k.note = Redact(text)
	}
	if k.Written() {
		panic(http.ErrAbortHandler)
	}
	header := k.Header()
	if refusal.Challenge != "" {
		header.Set("WWW-Authenticate", refusal.Challenge)
	}
	if refusal.Status == http.StatusServiceUnavailable {
		header.Set("Retry-After", "1")
	}
	header.Set("Content-Length", strconv.Itoa(len(refusal.Body)))
	k.WriteHeader(refusal.Status)
	_, _ = k.Write(refusal.Body) // who does not listen to an error needs no other
}

// kindOf gives the kind of an error: a Fault or a crm.Kind. A call that was cut
// off is no fault of the program: either the client has gone or the time was up.
func kindOf(k *call, err error) error {
	var kind error = crm.KindOf(err)
	if own, ok := errors.AsType[Fault](err); ok {
		kind = own
	}
	cut := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	lost := kind == crm.ErrUnavailable || kind == BodyIncomplete || cut && kind == crm.ErrInternal
	switch {
	case lost && k.client.Err() != nil:
		return ClientGone
	case cut && kind == crm.ErrInternal:
		return crm.ErrUnavailable
	}
	return kind
}
