package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// maxBody bounds what a caller may send.
const maxBody = 1 << 20

// Call is one call to a simulator.
type Call struct {
	*http.Request
	Endpoint string
	Body     []byte // whole
	Struck   Struck // the faults that strike it
	Note     string // what the record shows beside it, the key of an order for example
	record   *CallRecord
}

// Bearer returns the token of the Authorization header, or "".
func (c *Call) Bearer() string {
	scheme, token, found := strings.Cut(c.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// JSON reads the body into an object; false when it is none. Numbers arrive as
// [json.Number].
func (c *Call) JSON() (map[string]any, bool) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(c.Body))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, false
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, false
	}
	return object, true
}

// Answer is what a simulator answers to a call.
type Answer struct {
	Status int
	Body   any    // rendered as JSON; nil: an empty body
	Raw    []byte // in place of Body
	Type   string // of Raw
	Header http.Header
}

// OK returns a 200 with a JSON body.
func OK(body any) Answer { return Answer{Status: http.StatusOK, Body: body} }

func (a Answer) rendered() ([]byte, string) {
	if a.Raw != nil || a.Body == nil {
		return a.Raw, a.Type
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a.Body); err != nil {
		panic(err) // the simulators' bodies are plain
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), "application/json; charset=UTF-8"
}

// Endpoint returns the handler of one endpoint: it reads the call, lets faults
// strike before and after the work, and records it.
func (s *Stage) Endpoint(name string, work func(*Call) Answer) http.Handler {
	if !slices.Contains(s.vendor.Endpoints, name) {
		panic("sim: " + s.vendor.Name + " does not declare the endpoint " + name)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		record := s.Calls.begin(s.Clock.Now(), name, r)
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		c := &Call{Request: r, Endpoint: name, Body: body, record: record}
		if err != nil {
			s.finish(w, c, s.vendor.Refuse(c, http.StatusBadRequest, "The body could not be read"))
			return
		}
		c.Struck = s.Faults.Draw(name)
		record.Faults = c.Struck.names()
		answer, cut := s.before(c)
		switch {
		case cut:
			s.cut(w, c, false)
		case answer != nil:
			s.finish(w, c, *answer)
		default:
			record.Worked = true
			s.after(w, c, work(c))
		}
	})
}

// finish records the call, then answers: a caller that has its answer finds the
// record.
func (s *Stage) finish(w http.ResponseWriter, c *Call, a Answer) {
	c.record.Status, c.record.Note = a.Status, c.Note
	s.Calls.end(c.record)
	s.send(w, c, a)
}

// cut records the call, then ends the connection without an answer.
func (s *Stage) cut(w http.ResponseWriter, c *Call, reset bool) {
	c.record.Lost, c.record.Note = true, c.Note
	s.Calls.end(c.record)
	hangUp(w, reset)
}

func (s *Stage) send(w http.ResponseWriter, c *Call, a Answer) {
	body, kind := a.rendered()
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	if kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(a.Status)
	if c.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller that is gone does not matter
	}
}

// NotFound returns the handler of paths that the vendor does not have. The
// record has them under [Unknown].
func (s *Stage) NotFound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		record := s.Calls.begin(s.Clock.Now(), Unknown, r)
		c := &Call{Request: r, Endpoint: Unknown, record: record}
		s.finish(w, c, s.vendor.Refuse(c, http.StatusNotFound, "Page not found."))
	})
}
