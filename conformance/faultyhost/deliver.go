package faultyhost

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// These two are refusals of hosts that put values into queries as they are.
const (
	brokenQuery refusal = "Internal error"
	leakedQuery refusal = "You have an error in your SQL syntax near '''' at line 1: SELECT * FROM cards WHERE number = ''''"
)

// deliver writes down what came of a call and sends it.
func (h *Host) deliver(w http.ResponseWriter, c *call, value any, err error) {
	status := http.StatusOK
	w.Header().Set("Content-Type", h.style.contentType)
	if err != nil {
		status, value = h.refuse(w, err)
	}
	body := h.style.encode(value)
	length := len(body)
	if h.wrong("length-too-long") && c.method == "details" && length > 0 {
		length += 10
	}
	chunked := h.style.chunked && length == len(body)
	if !chunked {
		w.Header().Set("Content-Length", itoa(length))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller may have gone
	if chunked || length > len(body) {
		_ = http.NewResponseController(w).Flush() // a writer that cannot flush sends at the end
	}
	if length > len(body) {
		panic(http.ErrAbortHandler) // the rest never comes
	}
}

// refuse answers an error: 422 with a code and a description, but for wrong
// credentials.
func (h *Host) refuse(w http.ResponseWriter, err error) (status int, body any) {
	var reason refusal
	if !errors.As(err, &reason) {
		reason = badField
	}
	status = http.StatusUnprocessableEntity
	switch reason {
	case unauthorised:
		if status = h.style.unauthorised; status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="cards", charset="UTF-8"`)
		}
	case brokenQuery:
		status = http.StatusInternalServerError
	}
	code, description := h.style.refusals(reason)
	return status, object{{"code", code}, {"description", description}}
}

func itoa(n int) string { return strconv.Itoa(n) }

// wait is the time that the faults of being late take.
func (h *Host) wait(c *call) {
	timer := time.NewTimer(h.late)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.request.Context().Done():
	}
}
