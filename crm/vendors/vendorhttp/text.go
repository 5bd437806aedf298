package vendorhttp

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Text is a string, or a number or boolean as it was written, digit by digit:
// nothing passes through a float. null, lists and objects are "".
type Text string

// UnmarshalJSON implements json.Unmarshaler; it never fails on valid JSON.
func (t *Text) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	*t = ""
	switch {
	case len(raw) == 0 || string(raw) == "null" || raw[0] == '[' || raw[0] == '{':
		return nil
	case raw[0] != '"':
		*t = Text(raw)
		return nil
	}
	if last := len(raw) - 1; last > 0 && raw[last] == '"' && !bytes.ContainsAny(raw[1:last], `"\`) && utf8.Valid(raw) {
		*t = Text(raw[1:last]) // nothing to decode, as nearly always
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	*t = Text(s)
	return nil
}

// String is the text without white space around it.
func (t Text) String() string { return strings.TrimSpace(string(t)) }

// Flag is true for true, 1, "1", "true", "yes" and "active", whatever the case,
// and false otherwise.
type Flag bool

// UnmarshalJSON implements json.Unmarshaler; it never fails on valid JSON.
func (f *Flag) UnmarshalJSON(raw []byte) error {
	var t Text
	if err := t.UnmarshalJSON(raw); err != nil {
		return err
	}
	switch strings.ToLower(t.String()) {
	case "true", "1", "yes", "active":
		*f = true
	default:
		*f = false
	}
	return nil
}

// List reads a list, one object in place of a list of one, and null as none.
type List[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *List[T]) UnmarshalJSON(raw []byte) error {
	raw = bytes.TrimSpace(raw)
	*l = nil
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] == '[' {
		var items []T
		if err := json.Unmarshal(raw, &items); err != nil {
			return err
		}
		*l = items
		return nil
	}
	var one T
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	*l = List[T]{one}
	return nil
}
