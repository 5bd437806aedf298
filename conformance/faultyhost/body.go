package faultyhost

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
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
	if c.request.ContentLength > maxBody { // refused before it is sent, when the caller asks
		return nil, tooLarge
	}
	text, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil {
		return nil, badBody
	}
	if len(text) > maxBody {
		return nil, tooLarge
	}
	return parse(bytes.TrimPrefix(text, []byte("\ufeff")))
}

func parse(text []byte) (fields, error) {
	if !utf8.Valid(text) || depth(text) > maxDepth {
		return nil, badBody
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil || members == nil {
		return nil, badBody
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, badBody
	}
	given := fields{}
	for _, key := range slices.Sorted(maps.Keys(members)) { // of two that differ in case the same one every time
		given[strings.ToLower(key)] = members[key]
	}
	return given, nil
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
func (f fields) text(name string) (string, error) { return leaf(f[strings.ToLower(name)]) }

func leaf(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return map[bool]string{true: "true", false: "false"}[v], nil
	}
	return "", badBody
}

// list gives an array of leaves; one leaf is an array of one.
func (f fields) list(name string) ([]string, error) {
	given := f[name]
	items, many := given.([]any)
	if !many && given != nil {
		items = []any{given}
	}
	var texts []string
	for _, item := range items {
		text, err := leaf(item)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}
