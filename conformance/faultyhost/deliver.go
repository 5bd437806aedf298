package faultyhost

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
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

func itoa(n int) string { return strconv.Itoa(n) }

// spoilAnswer is the faults of status and header of an answer.
func (h *Host) spoilAnswer(c *call, a *answer) {
	empty, done := len(a.body) == 0, a.status == http.StatusOK
	switch {
	case h.wrong("type-missing-on-empty") && empty:
		a.header["Content-Type"] = nil
	case h.wrong("empty-204") && empty && done:
		a.status = http.StatusNoContent
	case h.wrong("issue-201") && (c.method == "issue" || c.method == "confirm") && done:
		a.status = http.StatusCreated
	case h.wrong("receipt-202") && c.method == "receipt" && done:
		a.status = http.StatusAccepted
	case h.wrong("answers-late") && c.method == "details" && h.turn()%20 == 0:
		h.wait(c)
	case h.wrong("closes-every-connection"):
		a.header.Set("Connection", "close")
	case h.wrong("type-twice"):
		a.header.Add("Content-Type", "text/html")
	default:
		h.spoilType(a)
	}
}

// spoilType is the faults that answer with one other Content-Type.
func (h *Host) spoilType(a *answer) {
	types := map[name]string{
		"charset-missing":    "application/json",
		"charset-other":      "application/json; charset=windows-1251",
		"charset-upper-case": "Application/JSON; Charset=UTF-8",
		"type-html":          "text/html; charset=utf-8",
	}
	if other, has := types[h.fault]; has {
		a.header.Set("Content-Type", other)
	}
}

// wait is the time that the faults of being late take.
func (h *Host) wait(c *call) {
	timer := time.NewTimer(h.late)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.request.Context().Done():
	}
}

// spoilBytes is the faults of the bytes of an answer.
func (h *Host) spoilBytes(c *call, a *answer) {
	if len(a.body) == 0 {
		return
	}
	switch h.fault {
	case "windows-1251":
		a.body = windows1251(a.body)
	case "byte-order-mark":
		a.body = append([]byte("\xef\xbb\xbf"), a.body...)
	case "body-cut":
		if a.status == http.StatusOK {
			a.body = a.body[:len(a.body)-1]
		}
	case "length-too-long":
		if c.method == "details" {
			a.length, a.chunked = len(a.body)+10, false
		}
	case "trailing-text":
		a.body = append(a.body, "\n<!-- served by shop01 -->"...)
	case "second-document":
		a.body = append(a.body, a.body...)
	case "single-quotes":
		a.body = bytes.ReplaceAll(a.body, []byte{'"'}, []byte{'\''})
	case "json-in-text":
		a.body = []byte(strconv.Quote(string(a.body)))
	case "zipped":
		a.body = zip(a.body)
		a.header.Set("Content-Encoding", "gzip")
	}
}

func zip(text []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(text) // a buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// windows1251 writes Cyrillic letters in one byte each.
func windows1251(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		switch {
		case r < 0x80:
			out = append(out, byte(r))
		case r >= 'А' && r <= 'я':
			out = append(out, byte(r-'А'+0xC0))
		default:
			out = append(out, '?')
		}
	}
	return out
}

// These two are refusals of hosts that put values into queries as they are.
const (
	brokenQuery refusal = "Internal error"
	leakedQuery refusal = "You have an error in your SQL syntax near '''' at line 1: SELECT * FROM cards WHERE number = ''''"
)

// wrongStatus is the faults of the status for a reason to refuse.
var wrongStatus = map[name]map[refusal]int{
	"malformed-500":    {badBody: http.StatusInternalServerError},
	"malformed-400":    {badBody: http.StatusBadRequest},
	"huge-413":         {tooLarge: http.StatusRequestEntityTooLarge},
	"unknown-card-404": {cardUnknown: http.StatusNotFound},
	"unknown-path-404": {unknownPath: http.StatusNotFound},
	"wrong-verb-405":   {wrongVerb: http.StatusMethodNotAllowed},
	"conflicts-409":    {numberTaken: http.StatusConflict, phoneTaken: http.StatusConflict, emailTaken: http.StatusConflict},
	"unauthorised-403": {unauthorised: http.StatusForbidden},
	"unauthorised-200": {unauthorised: http.StatusOK},
}

// spoilStatus is the faults of status and header of an error.
func (h *Host) spoilStatus(c *call, a *answer, reason refusal) {
	if status := wrongStatus[h.fault][reason]; status != 0 {
		a.status = status
	}
	_, _, basic := c.request.BasicAuth()
	switch {
	case h.wrong("no-challenge"):
		a.header.Del("WWW-Authenticate")
	case reason == brokenQuery, h.wrong("broken-auth-500") && reason == unauthorised && !basic && c.request.Header.Get("Authorization") != "":
		a.status = http.StatusInternalServerError
	case reason == unauthorised:
	case h.wrong("errors-400"):
		a.status = http.StatusBadRequest
	case h.wrong("errors-200"):
		a.status = http.StatusOK
	case h.wrong("type-plain-on-errors"):
		a.header.Set("Content-Type", "text/plain; charset=utf-8")
	case h.wrong("wrong-verb-cuts") && reason == wrongVerb:
		panic(http.ErrAbortHandler)
	}
}

const (
	trace = "goroutine 17 [running]:\nmain.(*Store).Find(0x0)\n\t/srv/app/store.go:42 +0x1d"
	page  = "<!DOCTYPE html><html><body><h1>The server said no</h1></body></html>"
)

// spoilError is the faults of the body of an error.
func (h *Host) spoilError(c *call, reason refusal, code, description string) any {
	plain := object{{"code", code}, {"description", description}}
	switch h.fault {
	case "error-page":
		return raw(page)
	case "error-text":
		return raw(description)
	case "error-empty":
		return nothing{}
	case "error-wrapped":
		return object{{"error", plain}}
	case "error-message":
		plain[1].key = "message"
	case "error-fields":
		return append(plain, member{"timestamp", h.now().Format("15:04:05")}, member{"path", c.request.URL.Path})
	case "code-missing":
		return plain[1:]
	case "code-numeric":
		plain[0].value = raw(code)
	case "code-empty":
		plain[0].value = ""
	case "codes-change":
		plain[0].value = itoa(10_000 + h.turn())
	case "stack-shown":
		plain[1].value = trace
	case "phone-in-error":
		plain[1].value = description + ": " + c.query.Get("msisdn") + " " + c.query.Get("email")
	}
	switch {
	case h.wrong("stack-on-malformed") && reason == badBody:
		plain[1].value = trace
	case h.wrong("unauthorised-page") && reason == unauthorised:
		return raw(page)
	case h.wrong("refusal-has-card") && reason == unauthorised:
		return append(plain, h.leak(c.query.Get("msisdn"))...)
	}
	return plain
}

// leak is the card that wrong credentials must not see.
func (h *Host) leak(phone string) object {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.books.by("phone", phone) {
		if len(one.cards) > 0 {
			return object{{"cardNumber", one.cards[0].number}, {"phone", one.profile["phone"]}}
		}
	}
	return nil
}
