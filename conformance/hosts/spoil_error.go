package hosts

import "net/http"

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
