package vendorhttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answer is what a vendor said, read to its end. Its body may hold vouchers and
// personal data: store its Record. It is for one goroutine.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	client *Client
	call   string
	hide   []string
	// fields are the members of the body once they have been read.
	fields map[string]json.RawMessage
	read   bool
}

// String tells the status alone, so that an answer may be printed.
func (a *Answer) String() string { return "answer " + strconv.Itoa(a.Status) }

// Record gives what may be stored of the answer.
func (a *Answer) Record() Record {
	return Record{Status: a.Status, Body: redactBody(a.Body, a.hide)}
}

// Decode reads the body's one JSON value into v. Whatever is wrong with it (empty,
// HTML, cut off, followed by something) becomes an error of kind Malformed.
func (a *Answer) Decode(v any) error {
	if reason := jsonFault(a.Body, v); reason != "" {
		return a.Malformed(reason)
	}
	return nil
}

// Fields gives the members of the body's one JSON object, nil when it is something
// else. They are read once for all who ask, who must not change them.
func (a *Answer) Fields() map[string]json.RawMessage {
	if !a.read {
		a.read = true
		if jsonFault(a.Body, &a.fields) != "" {
			a.fields = nil
		}
	}
	return a.fields
}

// Problem is ReadProblem of the body.
func (a *Answer) Problem() (p Problem, isError bool) {
	if fields := a.Fields(); fields != nil {
		return problemOf(fields, 0)
	}
	return ReadProblem(a.Body)
}

// Bare is a body without white space and byte order mark around its JSON.
func Bare(body []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf"))
}

func jsonFault(body []byte, v any) string {
	body = Bare(body)
	if len(body) == 0 {
		return "the answer is empty"
	}
	if body[0] == '<' {
		return "the answer is HTML"
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return "the answer has an unexpected shape at " + strconv.Quote(clip(kind.Field, 60))
		}
		return "the answer is not JSON"
	}
	if _, err := decoder.Token(); err != io.EOF {
		return "the answer goes on after its JSON"
	}
	return ""
}

// Inside gives the object that an answer holds, in or out of a {success, status,
// data} wrapper or two. An object that has one of the known fields is the thing
// itself, even when it has data too.
func (a *Answer) Inside(known ...string) json.RawMessage {
	body := json.RawMessage(Bare(a.Body))
	for range 2 {
		var fields map[string]json.RawMessage
		if json.Unmarshal(body, &fields) != nil || slices.ContainsFunc(known, func(name string) bool { return fields[name] != nil }) {
			return body
		}
		inner := bytes.TrimSpace(fields["data"])
		if len(inner) == 0 || inner[0] != '{' && inner[0] != '[' {
			return body
		}
		body = inner
	}
	return body
}

// DecodeInside is Decode for what [Answer.Inside] gives.
func (a *Answer) DecodeInside(v any, known ...string) error {
	if err := a.Decode(new(map[string]json.RawMessage)); err != nil {
		return err
	}
	if reason := jsonFault(a.Inside(known...), v); reason != "" {
		return a.Malformed(reason)
	}
	return nil
}

// Accepted takes any body with a 202, since vendors document none. One that calls
// itself an error contradicts its status, and nobody knows what was done.
func (a *Answer) Accepted() error {
	problem, isError := a.Problem()
	switch {
	case isError && a.Status == http.StatusAccepted:
		return a.Malformed("accepted and an error at once: " + problem.Message)
	case isError:
		return a.Failure()
	case a.Status != http.StatusAccepted && problem.Message == "an HTML page":
		return a.Malformed("the answer is HTML")
	}
	return nil
}

// Malformed makes the error of an answer that cannot be understood.
func (a *Answer) Malformed(reason string) *Error { return a.fail(Malformed, reason) }

// Failure makes the error that the answer tells of, from its status first and
// from its body for code and text. A success status whose body is an error takes
// the status that the body names. When it names none it is Malformed: it says both,
// and whether anything was done cannot be told.
func (a *Answer) Failure() *Error {
	problem, _ := a.Problem()
	kind := kindOfStatus(a.Status)
	if a.Status >= 200 && a.Status < 300 {
		kind = Malformed
		if problem.Status >= 400 && problem.Status < 600 {
			kind = kindOfStatus(problem.Status)
		}
	}
	e := a.fail(kind, problem.Message)
	e.Code = redactText(clip(problem.Code, 64), a.hide)
	e.RetryAfter = retryAfter(a.Header.Get("Retry-After"), a.client.options.Now())
	return e
}

func (a *Answer) fail(kind Kind, message string) *Error {
	record := a.Record()
	return &Error{
		Vendor: a.client.vendor, Call: a.call, Status: a.Status, Kind: kind,
		Message: clip(redactText(message, a.hide), maxMessage), Record: &record,
	}
}

// retryAfter reads both forms of the header; 0 when it says nothing useful.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(0, time.Duration(seconds)*time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
