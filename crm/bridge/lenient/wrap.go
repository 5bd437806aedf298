package lenient

import (
	"bytes"
	"encoding/json"
)

// Unwrap takes a {success, status, data} wrapper off, once or twice, and
// returns what is inside; anything else comes back as it is. An object that has
// one of the known fields is the thing itself, even when it has data too.
func Unwrap(body []byte, known ...string) []byte {
	for range 2 {
		var fields map[string]json.RawMessage
		if json.Unmarshal(body, &fields) != nil {
			return body
		}
		inner, wrapped := Inside(fields, known...)
		if !wrapped {
			return body
		}
		body = inner
	}
	return body
}

// Inside gives what an object wraps; the flag is false when it is no wrapper.
func Inside(fields map[string]json.RawMessage, known ...string) (inner []byte, wrapped bool) {
	for _, name := range known {
		if _, found := fields[name]; found {
			return nil, false
		}
	}
	inner = bytes.TrimSpace(fields["data"])
	return inner, len(inner) > 0 && (inner[0] == '{' || inner[0] == '[')
}
