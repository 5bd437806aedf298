package hosts

import "net/http"

// These two are refusals of hosts that put values into queries as they are.
const (
	brokenQuery refusal = "Internal error"
	leakedQuery refusal = "You have an error in your SQL syntax near '''' at line 1: SELECT * FROM cards WHERE number = ''''"
)

// spoilStatus is the faults of the status of an error.
func (h *Host) spoilStatus(c *call, a *answer, reason refusal) {
	if reason == unauthorised {
		h.spoilUnauthorised(c, a)
		return
	}
	switch {
	case reason == brokenQuery, h.wrong("malformed-500") && reason == badBody:
		a.status = http.StatusInternalServerError
	case h.wrong("unknown-card-404") && reason == cardUnknown, h.wrong("unknown-path-404") && reason == unknownPath:
		a.status = http.StatusNotFound
	case h.wrong("wrong-verb-405") && reason == wrongVerb:
		a.status = http.StatusMethodNotAllowed
	case h.wrong("conflicts-409") && (reason == numberTaken || reason == phoneTaken || reason == emailTaken):
		a.status = http.StatusConflict
	case h.wrong("errors-400"), h.wrong("malformed-400") && reason == badBody:
		a.status = http.StatusBadRequest
	case h.wrong("errors-200"):
		a.status = http.StatusOK
	case h.wrong("huge-413") && reason == tooLarge:
		a.status = http.StatusRequestEntityTooLarge
	case h.wrong("type-plain-on-errors"):
		a.header.Set("Content-Type", "text/plain; charset=utf-8")
	case h.wrong("wrong-verb-cuts") && reason == wrongVerb:
		panic(http.ErrAbortHandler)
	}
}

// spoilUnauthorised is the faults of the status for wrong credentials.
func (h *Host) spoilUnauthorised(c *call, a *answer) {
	_, _, basic := c.request.BasicAuth()
	switch {
	case h.wrong("no-challenge"):
		a.header.Del("WWW-Authenticate")
	case h.wrong("unauthorised-403"):
		a.status = http.StatusForbidden
	case h.wrong("unauthorised-200"):
		a.status = http.StatusOK
	case h.wrong("broken-auth-500") && !basic && c.request.Header.Get("Authorization") != "":
		a.status = http.StatusInternalServerError
	}
}

const (
	trace = "goroutine 17 [running]:\nmain.(*Store).Find(0x0)\n\t/srv/app/store.go:42 +0x1d"
	page  = "<!DOCTYPE html><html><body><h1>The server said no</h1></body></html>"
)

// spoilError is the faults of the body of an error.
func (h *Host) spoilError(c *call, reason refusal, code, description string) any {
	wrapped := object{{"code", code}, {"description", description}}
	switch h.fault {
	case "error-page":
		return raw(page)
	case "error-text":
		return raw(description)
	case "error-empty":
		return nothing{}
	case "error-wrapped":
		return object{{"error", wrapped}}
	case "error-message":
		return object{{"code", code}, {"message", description}}
	case "error-fields":
		return append(wrapped, member{"timestamp", h.now().Format("15:04:05")}, member{"path", c.request.URL.Path})
	case "code-missing":
		return wrapped[1:]
	case "code-numeric":
		return object{{"code", raw(code)}, {"description", description}}
	case "unauthorised-page":
		if reason == unauthorised {
			return raw(page)
		}
	case "refusal-has-card":
		if reason == unauthorised {
			return append(wrapped, h.leak(c.query.Get("msisdn"))...)
		}
	}
	return object{{"code", h.spoilCode(code)}, {"description", h.spoilDescription(c, reason, description)}}
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

func (h *Host) spoilCode(code string) string {
	switch {
	case h.wrong("code-empty"):
		return ""
	case h.wrong("codes-change"):
		h.mu.Lock()
		defer h.mu.Unlock()
		h.counts.turn++
		return itoa(10_000 + h.counts.turn)
	}
	return code
}

func (h *Host) spoilDescription(c *call, reason refusal, description string) string {
	switch {
	case h.wrong("stack-shown"), h.wrong("stack-on-malformed") && reason == badBody:
		return trace
	case h.wrong("phone-in-error"):
		return description + ": " + c.query.Get("msisdn") + " " + c.query.Get("email")
	}
	return description
}
