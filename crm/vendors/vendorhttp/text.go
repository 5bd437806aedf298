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
