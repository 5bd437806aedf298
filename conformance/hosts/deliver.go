package hosts

import (
	"errors"
	"net/http"
	"slices"
)

// answer is what goes over the wire.
type answer struct {
	status int
	header http.Header
	body   []byte
	// chunked leaves the length out, length says another one than the body's.
	chunked bool
	length  int
}

// deliver writes down what came of a call and sends it.
func (h *Host) deliver(w http.ResponseWriter, c *call, value any, err error) {
	a := &answer{status: http.StatusOK, header: http.Header{}, chunked: h.style.chunked, length: -1}
	a.header.Set("Content-Type", h.style.contentType)
	if err != nil {
		value = h.refuse(c, a, err)
	}
	if h.edit != nil {
		value = c.edited(value)
	}
	a.body = h.style.encode(value)
	h.spoilAnswer(c, a)
	h.spoilBytes(c, a)
	a.send(w)
}

// refuse answers an error: 422 with a code and a description, but for wrong
// credentials.
func (h *Host) refuse(c *call, a *answer, err error) any {
	a.status = http.StatusUnprocessableEntity
	var reason refusal
	if !errors.As(err, &reason) {
		reason = badField
	}
	if reason == unauthorised {
		a.status = h.style.unauthorised
		if a.status == http.StatusUnauthorized {
			a.header.Set("WWW-Authenticate", `Basic realm="cards", charset="UTF-8"`)
		}
	}
	h.spoilStatus(c, a, reason)
	code, description := h.style.refusals(reason)
	return h.spoilError(c, reason, code, description)
}

func (a *answer) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = slices.Clone(values)
	}
	switch {
	case a.length >= 0:
		w.Header().Set("Content-Length", itoa(a.length))
	case !a.chunked:
		w.Header().Set("Content-Length", itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the caller may have gone
	if a.chunked {
		_ = http.NewResponseController(w).Flush() // a writer that cannot flush sends at the end
	}
	if a.length > len(a.body) {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // the rest never comes
	}
}
