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
	case reason == brokenQuery, h.wrong(malformedIs500) && reason == badBody:
		a.status = http.StatusInternalServerError
	case h.wrong(unknownIs404) && reason == cardUnknown, h.wrong(pathIs404) && reason == unknownPath:
		a.status = http.StatusNotFound
	case h.wrong(verbIs405) && reason == wrongVerb:
		a.status = http.StatusMethodNotAllowed
	case h.wrong(takenIs409) && (reason == numberTaken || reason == phoneTaken || reason == emailTaken):
		a.status = http.StatusConflict
	case h.wrong(errorsAre400), h.wrong(malformedIs400) && reason == badBody:
		a.status = http.StatusBadRequest
	case h.wrong(errorsAre200):
		a.status = http.StatusOK
	case h.wrong(largeIs413) && reason == tooLarge:
		a.status = http.StatusRequestEntityTooLarge
	case h.wrong(errorTypePlain):
		a.header.Set("Content-Type", "text/plain; charset=utf-8")
	case h.wrong(wrongVerbCuts) && reason == wrongVerb:
		panic(http.ErrAbortHandler)
	}
}

// spoilUnauthorised is the faults of the status for wrong credentials.
func (h *Host) spoilUnauthorised(c *call, a *answer) {
	_, _, basic := c.request.BasicAuth()
	switch {
	case h.wrong(noChallenge):
		a.header.Del("WWW-Authenticate")
	case h.wrong(unauthorisedIs403):
		a.status = http.StatusForbidden
	case h.wrong(unauthorisedIs200):
		a.status = http.StatusOK
	case h.wrong(brokenAuthIs500) && !basic && c.request.Header.Get("Authorization") != "":
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
	case errorPage:
		return raw(page)
	case errorText:
		return raw(description)
	case errorEmpty:
		return nothing{}
	case errorWrapped:
		return object{{"error", wrapped}}
	case errorMessage:
		return object{{"code", code}, {"message", description}}
	case errorFields:
		return append(wrapped, member{"timestamp", h.now().Format("15:04:05")}, member{"path", c.request.URL.Path})
	case codeMissing:
		return wrapped[1:]
	case codeNumeric:
		return object{{"code", raw(code)}, {"description", description}}
	case unauthorisedPage:
		if reason == unauthorised {
			return raw(page)
		}
	case refusalHasCard:
		if reason == unauthorised {
			return append(wrapped, h.leak()...)
		}
	}
	return object{{"code", h.spoilCode(code)}, {"description", h.spoilDescription(c, reason, description)}}
}

// leak is the card that wrong credentials must not see.
func (h *Host) leak() object {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.books.customers {
		if !one.seeded && len(one.cards) > 0 {
			return object{{"cardNumber", one.cards[0].number}, {"phone", one.profile["phone"]}}
		}
	}
	return nil
}

func (h *Host) spoilCode(code string) string {
	switch {
	case h.wrong(codeEmpty):
		return ""
	case h.wrong(codesChange):
		h.mu.Lock()
		defer h.mu.Unlock()
		h.counts.turn++
		return itoa(10_000 + h.counts.turn)
	}
	return code
}

func (h *Host) spoilDescription(c *call, reason refusal, description string) string {
	switch {
	case h.wrong(stackShown), h.wrong(stackOnMalformed) && reason == badBody:
		return trace
	case h.wrong(phoneInError):
		return description + ": " + c.query.Get("msisdn") + " " + c.query.Get("email")
	}
	return description
}
