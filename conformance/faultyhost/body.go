package faultyhost

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxBody  = 64 << 10
	maxDepth = 64
)

// fields are the members of a body by their names in lower case.
type fields map[string]any

// read takes the body of a call, which has to be one JSON object.
func (c *call) read() (fields, error) {
	h := c.host
	if c.request.ContentLength > maxBody { // refused before it is sent, when the caller asks
		h.spoilHuge(c)
		return nil, tooLarge
	}
	text, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil {
		return nil, badBody
	}
	if len(text) > maxBody {
		h.spoilHuge(c)
		return nil, tooLarge
	}
	given, err := h.readText(bytes.TrimPrefix(text, []byte("\ufeff")))
	if err != nil && h.wrong("refused-body-half-stored") && c.method == "update" {
		h.storeHalf(c, text)
	}
	if err == nil && h.wrong("unknown-field-refused") && c.hasUnknown(given) {
		return nil, badBody
	}
	return given, err
}

func (h *Host) readText(text []byte) (fields, error) {
	switch {
	case !utf8.Valid(text) && !h.wrong("takes-broken-text"):
		return nil, badBody
	case depth(text) > maxDepth:
		h.spoilDeep()
		return nil, badBody
	case h.wrong("blanks-refused") && bytes.ContainsAny(text, "\r\n"):
		return nil, badBody
	case h.wrong("escapes-not-read"):
		text = bytes.ReplaceAll(text, []byte(`\u`), []byte(`\\u`))
	}
	return h.parse(text)
}

func (h *Host) parse(text []byte) (fields, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil || members == nil {
		if h.takesAnyway(text, err) {
			return fields{}, nil
		}
		return nil, badBody
	}
	if _, err := decoder.Token(); err != io.EOF && !h.wrong("takes-trailing") {
		return nil, badBody
	}
	given := fields{}
	for _, key := range slices.Sorted(maps.Keys(members)) { // of two that differ in case the same one every time
		value := members[key]
		if !h.wrong("keys-case-sensitive") {
			key = strings.ToLower(key)
		}
		given[key] = value
	}
	return given, nil
}

// takesAnyway is the faults that take what is no object for an empty one.
func (h *Host) takesAnyway(text []byte, err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	wrongType, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch h.fault {
	case "takes-cut-body":
		return len(text) > 0 && errors.Is(err, io.ErrUnexpectedEOF)
	case "takes-malformed":
		return syntax
	case "takes-array":
		return mistyped && wrongType.Value == "array"
	case "takes-scalar":
		return err == nil || mistyped && wrongType.Value != "array"
	}
	return false
}

// hasUnknown reports whether a body has members that its method does not know.
func (c *call) hasUnknown(given fields) bool {
	known := map[string][]string{
		"channels": {"allow", "deny"}, "receipt": {"cardnumber", "msisdn", "qrcode"}, "code": {"cardnumber", "msisdn", "code"},
	}[c.method]
	if known == nil {
		for _, field := range profileFields {
			known = append(known, strings.ToLower(field))
		}
	}
	for key := range given {
		if !slices.Contains(known, key) {
			return true
		}
	}
	return false
}

// depth is how deep brackets nest outside of strings.
func depth(text []byte) int {
	deepest, level, inText, escaped := 0, 0, false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case inText:
			escaped, inText = c == '\\', c != '"'
		case c == '"':
			inText = true
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}

// text gives a leaf of any type as text.
func (f fields) text(h *Host, name string) (string, error) {
	if !h.wrong("keys-case-sensitive") {
		name = strings.ToLower(name)
	}
	value, given := f[name]
	if given && value == nil && h.wrong("null-is-text") {
		return "null", nil
	}
	return leaf(h, value)
}

func leaf(h *Host, value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		if !h.wrong("typed-values-refused") {
			return v.String(), nil
		}
	case bool:
		if !h.wrong("typed-values-refused") {
			return map[bool]string{true: "true", false: "false"}[v], nil
		}
	default:
		if h.wrong("takes-nested") {
			return "", nil
		}
	}
	return "", badBody
}

// list gives an array of leaves; one leaf is an array of one.
func (f fields) list(h *Host, name string) ([]string, error) {
	given := f[name]
	items, many := given.([]any)
	if !many && given != nil {
		items = []any{given}
	}
	var texts []string
	for _, item := range items {
		text, err := leaf(h, item)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// spoilHuge is the fault that a huge body is never answered.
func (h *Host) spoilHuge(c *call) {
	if h.wrong("huge-hangs") {
		_, _ = io.Copy(io.Discard, c.request.Body) // what is read to the end can be waited upon
		h.wait(c)
		panic(http.ErrAbortHandler)
	}
}

// spoilDeep is the fault that a deep body ends the call.
func (h *Host) spoilDeep() {
	if h.wrong("deep-cuts") {
		panic(http.ErrAbortHandler)
	}
}

// storeHalf is the fault that a profile is stored field by field, up to where
// the body is wrong.
func (h *Host) storeHalf(c *call, text []byte) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	half, key := profile{}, ""
	for {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		value, text := token.(string)
		switch {
		case !text:
			key = ""
		case key == "":
			key = value
		default:
			half[key], key = value, ""
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if known := h.books.cards[c.number]; known != nil {
		known.holder.profile.merge(half)
	}
}
