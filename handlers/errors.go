package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"koshelek-adapter/crm"
	"koshelek-adapter/handlers/entrance"
	"koshelek-adapter/schema/koshelek"
)

// step is one part of a call's way: the steps of the entrance and the handlers
// alike. Its error ends the call.
type step func(*gin.Context) error

// run makes a step fit for gin.
func (s *surface) run(do step) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := do(c); err != nil {
			c.Abort()
			s.fail(c, err)
		}
	}
}

// refusal is a row of the catalogue ready to be sent.
type refusal struct {
	row    *Row
	body   []byte
	length []string
}

// refusals renders the catalogue once, by kind.
func refusals(language string) map[error]*refusal {
	rows := Catalogue()
	byKind := make(map[error]*refusal, len(rows))
	for i := range rows {
		row := &rows[i]
		body, err := json.Marshal(koshelek.Error{Code: row.Code, Description: row.description(language)})
		if err != nil {
			panic(err) // a struct of strings always marshals
		}
		byKind[row.kind] = &refusal{row, body, []string{strconv.Itoa(len(body))}}
	}
	return byKind
}

// fail answers an error; nothing else writes one. An answer that has begun is
// cut off instead, so that nobody takes a part of a list for the whole.
func (s *surface) fail(c *gin.Context, err error) {
	k := callOf(c)
	answer := s.refusalOf(k, err)
	k.row, k.note = answer.row, note(answer.row, err)
	if k.Written() {
		panic(http.ErrAbortHandler)
	}
	status := http.StatusUnprocessableEntity
	if answer.row.kind == faultUnauthorized {
		status = s.options.UnauthorizedStatus
	}
	if status == http.StatusUnauthorized {
		k.Header()["Www-Authenticate"] = challenge
	}
	k.Header()["Content-Length"] = answer.length
	k.WriteHeader(status)
	_, _ = k.Write(answer.body) // who does not listen to an error needs no other
}

// refusalOf is the one look-up from an error to what the caller is told.
func (s *surface) refusalOf(k *call, err error) *refusal {
	if found, ok := s.refusals[kindOf(k, err)]; ok {
		return found
	}
	return s.refusals[crm.ErrInternal]
}

// kindOf gives the kind of the error's row. A call that was cut off is no fault
// of the program: either the client has gone or the time was up.
func kindOf(k *call, err error) error {
	var kind error = crm.KindOf(err)
	if own, ok := errors.AsType[fault](err); ok {
		kind = own
	}
	cut := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	lost := kind == crm.ErrUnavailable || kind == faultBodyIncomplete || cut && kind == crm.ErrInternal
	switch {
	case lost && k.client.Err() != nil:
		return faultClientGone
	case cut && kind == crm.ErrInternal:
		return crm.ErrUnavailable
	}
	return kind
}

// note is what the log says of an error beside its name.
func note(row *Row, err error) string {
	if text := err.Error(); text != row.Name {
		return entrance.Redact(text)
	}
	return ""
}
