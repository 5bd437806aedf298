package vendorhttp

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

const maxMessage = 300

// Problem is an error as vendors write it in their bodies, whatever its shape.
type Problem struct {
	// Code is the vendor's code or its name for the fault.
	Code string
	// Message is trimmed; it may hold personal data.
	Message string
	// Status is the HTTP status that the body names, 0 when it names none.
	Status int
}

// ReadProblem reads {name, message, code, status, type}, {error, message,
// details}, {error, error_description}, {errors: …}, {detail}, each also in a
// {success, status, data} wrapper, and short plain text. The flag says that the
// body, read as a JSON object, says of itself that it is an error.
func ReadProblem(body []byte) (p Problem, isError bool) {
	var fields map[string]json.RawMessage
	if jsonFault(body, &fields) != "" {
		return Problem{Message: plainText(body)}, false
	}
	return problemOf(fields, 0)
}

func problemOf(fields map[string]json.RawMessage, depth int) (p Problem, isError bool) {
	if status, err := strconv.Atoi(text(fields["status"])); err == nil {
		p.Status = status
	}
	fault := text(fields["error"])
	isError = fault != "" && fault != "false" && fault != "0" || text(fields["errors"]) != "" ||
		p.Status >= 400 && p.Status < 600 || isException(fields) ||
		text(fields["success"]) == "false" || text(fields["status"]) == "false"
	if inner, innerIsError, found := nested(fields, isError, depth); found {
		inner.Status = max(inner.Status, p.Status)
		return inner, isError || innerIsError
	}
	p.Code = first(fields, "code", "error_code", "errorCode")
	message := first(fields, "message", "error_description", "errorMessage", "detail")
	switch more := first(fields, "errors", "details"); {
	case !isError && message == "":
		return p, false
	case strings.Contains(fault, " "): // a sentence
		p.Message = join(join(fault, message), more)
	case p.Code == "" && fault != "false" && fault != "0": // a name
		p.Code = fault
		fallthrough
	default:
		p.Message = join(message, more)
	}
	return p, isError
}

// nested looks where wrappers put the error. Data of a success is no error for
// having a message.
func nested(fields map[string]json.RawMessage, isError bool, depth int) (p Problem, innerIsError, found bool) {
	if depth >= 2 {
		return Problem{}, false, false
	}
	for _, name := range []string{"error", "data"} {
		var inner map[string]json.RawMessage
		if json.Unmarshal(fields[name], &inner) != nil || inner == nil {
			continue
		}
		p, innerIsError = problemOf(inner, depth+1)
		if innerIsError || isError && p.Message != "" {
			return p, innerIsError, true
		}
	}
	return Problem{}, false, false
}

// isException knows the maps of PHP's Yii, which name their exception.
func isException(fields map[string]json.RawMessage) bool {
	return strings.Contains(text(fields["type"]), "Exception")
}

func first(fields map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		if t := text(fields[name]); t != "" {
			return t
		}
	}
	return ""
}

func join(a, b string) string {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + ": " + b
}

// text makes one line of any JSON value: a scalar as it is, lists and maps by
// their members. null and empty ones are "".
func text(raw json.RawMessage) string { return textAt(raw, 0) }

func textAt(raw json.RawMessage, depth int) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || depth > 4 || string(raw) == "null" {
		return ""
	}
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case '[':
		var items []json.RawMessage
		_ = json.Unmarshal(raw, &items)
		return textOf(items, depth)
	case '{':
		return textOfMap(raw, depth)
	}
	return string(raw)
}

func textOf(items []json.RawMessage, depth int) string {
	var parts []string
	for _, item := range items[:min(len(items), 8)] {
		if t := textAt(item, depth+1); t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, ", ")
}

func textOfMap(raw json.RawMessage, depth int) string {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members)
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	var parts []string
	for _, name := range names[:min(len(names), 8)] {
		if t := textAt(members[name], depth+1); t != "" {
			parts = append(parts, name+" "+t)
		}
	}
	return strings.Join(parts, ", ")
}

// plainText is a body that is no JSON object: short text stays, HTML does not.
func plainText(body []byte) string {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0:
		return ""
	case body[0] == '<':
		return "an HTML page"
	case len(body) > maxMessage:
		return "a long text"
	}
	var quoted string
	if json.Unmarshal(body, &quoted) == nil {
		return quoted
	}
	return string(body)
}
