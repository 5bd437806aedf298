package faultyhost

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// onCall is a fault that changes calls on their way in.
func onCall(change func(h *Host, c *call)) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := h.meant(r.Clone(r.Context()))
			change(h, c)
			next.ServeHTTP(w, c.request)
		})
	}
}

// onAnswer is a fault that looks at a call and then at its answer, which it may
// change or follow with something of its own.
func onAnswer(change func(h *Host, c *call, a *kept)) wrapper {
	return func(h *Host, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := h.meant(r.Clone(r.Context()))
			text := c.text()
			a := ask(next, c.request)
			c.readAgain(text)
			change(h, c, a)
			a.send(w)
		})
	}
}

// onCallLocked is onCall for a change that looks into the books or changes them.
func onCallLocked(change func(h *Host, c *call)) wrapper {
	return onCall(func(h *Host, c *call) {
		h.mu.Lock()
		defer h.mu.Unlock()
		change(h, c)
	})
}

// onAnswerLocked is onAnswer for a change that looks into the books or changes
// them.
func onAnswerLocked(change func(h *Host, c *call, a *kept)) wrapper {
	return onAnswer(func(h *Host, c *call, a *kept) {
		h.mu.Lock()
		defer h.mu.Unlock()
		change(h, c, a)
	})
}

// meant is a call with its method and card number, before anything was done.
func (h *Host) meant(r *http.Request) *call {
	c := &call{host: h, request: r, query: r.URL.Query()}
	if op, err := h.route(c); err == nil {
		c.method = op.name
	}
	return c
}

func (a *kept) ok() bool { return a.status == http.StatusOK }

// replace puts a text in the place of another in the body.
func (a *kept) replace(old, with string) {
	a.says([]byte(strings.Replace(a.body.String(), old, with, 1)))
}

// refuse makes a refusal of the answer.
func (a *kept) refuse(h *Host, reason refusal) {
	code, description := h.style.refusals(reason)
	a.status = http.StatusUnprocessableEntity
	a.says(h.style.encode(object{{"code", code}, {"description", description}}))
}

// says puts another body into the answer.
func (a *kept) says(body []byte) {
	a.body.Reset()
	a.body.Write(body)
}

// text is the body of the call, which can be read again.
func (c *call) text() []byte {
	text, err := io.ReadAll(c.request.Body)
	if err != nil {
		return nil
	}
	c.readAgain(text)
	return text
}

// readAgain gives the call a body that was read.
func (c *call) readAgain(text []byte) { c.request.Body = io.NopCloser(bytes.NewReader(text)) }

// body is the object in the body of the call, nil for none.
func (c *call) body() map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(c.text()))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil {
		return nil
	}
	return members
}

// said is a leaf of the body, "" for none.
func (c *call) said(field string) string {
	text, _ := c.body()[field].(string)
	return text
}

// says puts another object into the body.
func (c *call) says(members map[string]any) {
	text, err := json.Marshal(members)
	if err != nil {
		panic(err) // what was read from JSON can be written
	}
	c.request.Body = io.NopCloser(bytes.NewReader(text))
	c.request.ContentLength = int64(len(text))
}

// saysInstead changes one field of the body.
func (c *call) saysInstead(field string, value any) {
	members := c.body()
	if members == nil {
		return
	}
	members[field] = value
	c.says(members)
}

// asks changes one parameter of the query.
func (c *call) asks(parameter, value string) {
	c.query.Set(parameter, value)
	c.request.URL.RawQuery = c.query.Encode()
}

// toNumber sends the call to another card number.
func (c *call) toNumber(number string) {
	at := c.request.URL
	segments := strings.Split(at.EscapedPath(), "/")
	for i, segment := range segments {
		if given, err := url.PathUnescape(segment); err == nil && given == c.number {
			segments[i] = url.PathEscape(number)
		}
	}
	at.RawPath = strings.Join(segments, "/")
	at.Path, _ = url.PathUnescape(at.RawPath)
}
