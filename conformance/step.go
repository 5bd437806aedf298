package conformance

import (
	"bytes"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"unicode/utf8"
)

// Bodies longer than this are cut in a report.
const mostShown = 2048

// step makes a record fit to be shown.
func (c *check) step(rec *record) Step {
	e := rec.exchange
	redactor := c.redactor
	request := StepRequest{Method: e.Request.Method, Path: redactor.request(target(e.Request)), Headers: c.requestHeaders(rec)}
	request.Body = redactor.request(cut(e.Request.Body))
	if len(e.Request.Body) > mostShown {
		request.Bytes = len(e.Request.Body)
	}
	s := Step{
		Title: rec.title, Request: request, Expected: redactor.words(rec.expected), Wrong: redactor.words(rec.wrong),
		Curl: redactor.request(c.curl(rec)), Took: Duration(e.Took),
	}
	if e.Trouble != nil {
		s.Trouble = redactor.words(e.Trouble.Error())
	}
	if e.Answer != nil {
		s.Answer = &StepAnswer{Status: e.Answer.Status, Headers: answerHeaders(e.Answer.Header), Body: redactor.answer(e, cut(e.Answer.Body)), Bytes: max(rec.bytes, len(e.Answer.Body)), More: e.Answer.Long}
	}
	return s
}

func target(r Request) string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// cut shortens a body and makes valid UTF-8 of it.
func cut(body []byte) string {
	if len(body) > mostShown {
		body = append(bytes.Clone(body[:mostShown]), "…"...)
	}
	if utf8.Valid(body) {
		return string(body)
	}
	return strings.ToValidUTF8(string(body), "�")
}

// requestHeaders are the headers that make a difference. How the call signed in
// is only told, never shown.
func (c *check) requestHeaders(rec *record) map[string]string {
	shown := map[string]string{}
	for name := range rec.exchange.Request.Header {
		switch name {
		case "Authorization":
			if shown[name] = "(other credentials, see curl)"; rec.exchange.Authorized {
				shown[name] = "Basic (the partner's login and password)"
			}
		case "User-Agent":
		default:
			shown[name] = strings.Join(rec.exchange.Request.Header.Values(name), ", ")
			if c.secret(shown[name]) {
				shown[name] = "(credentials)"
			}
		}
	}
	return shown
}

// secret reports whether a text holds the credentials.
func (c *check) secret(text string) bool {
	return strings.Contains(text, c.client.password) || strings.Contains(text, basic(c.client.user, c.client.password))
}

// answerHeaders are the headers that the contract has something to say of.
func answerHeaders(h http.Header) map[string]string {
	shown := map[string]string{}
	for _, name := range []string{"Content-Type", "Content-Encoding", "Www-Authenticate", "Location", "Allow", "Retry-After", "Set-Cookie"} {
		if values := h.Values(name); len(values) > 0 {
			shown[name] = strings.Join(values, ", ")
		}
	}
	if _, has := shown["Set-Cookie"]; has {
		shown["Set-Cookie"] = "(set)" // a session is a credential
	}
	return shown
}

// curl is the line that makes the same call.
func (c *check) curl(rec *record) string {
	r := rec.exchange.Request
	parts := []string{"curl", "-sS", "-i"}
	if c.client.insecure {
		parts = append(parts, "-k")
	}
	if r.Method == http.MethodHead {
		parts = append(parts, "-I")
	} else {
		parts = append(parts, "-X", r.Method)
	}
	if rec.curlAuth != "" {
		parts = append(parts, rec.curlAuth)
	}
	var names []string
	for name := range r.Header {
		if name != "Authorization" && name != "User-Agent" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		for _, value := range r.Header[name] {
			if c.secret(value) {
				value = "(credentials)"
			}
			parts = append(parts, "-H", quote(name+": "+value))
		}
	}
	if strings.Contains(r.Path, "..") || strings.Contains(r.Path, "//") {
		parts = append(parts, "--path-as-is")
	}
	switch {
	case len(r.Body) > mostShown:
		parts = append(parts, "--data-binary", fmt.Sprintf("@body # %d bytes that begin with what is shown above;", len(r.Body)))
	case r.Body != nil:
		parts = append(parts, "--data-binary", quote(cut(r.Body)))
	}
	return strings.Join(append(parts, quote(strings.TrimSuffix(c.client.base.String(), "/")+target(r))), " ")
}

// quote quotes for a POSIX shell.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// show writes a card number for a message: the profile's are masked.
func (c *check) show(number string) string { return c.redactor.words(number) }
