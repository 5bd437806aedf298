package qiibee

import (
	"bytes"
	"encoding/json"

	"koshelek-adapter/crm/bridge/wire"
)

// The manual's editions put the same thing at different depths: bare, below its
// own name, below data, or both.

const maxDepth = 3

// object finds the object of that name in an answer: below its name, below data
// and its name, below data, or the whole answer.
func object(body []byte, name string) json.RawMessage {
	for range maxDepth {
		fields := members(body)
		switch {
		case isObject(fields[name]):
			return fields[name]
		case isObject(fields["data"]):
			body = fields["data"]
		default:
			return body
		}
	}
	return body
}

func members(body []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields)
	return fields
}

// list finds the list of that name in an answer in the same way; the flag is
// false when there is none.
func list(body []byte, name string) (json.RawMessage, bool) {
	for range maxDepth {
		if isList(body) {
			return body, true
		}
		fields := members(body)
		switch {
		case isList(fields[name]) || isObject(fields[name]):
			body = fields[name]
		case isList(fields["data"]) || isObject(fields["data"]):
			body = fields["data"]
		default:
			return nil, false
		}
	}
	return nil, false
}

func isObject(raw json.RawMessage) bool { return startsWith(raw, '{') }
func isList(raw json.RawMessage) bool   { return startsWith(raw, '[') }

func startsWith(raw json.RawMessage, c byte) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == c
}

// readObject decodes the object of that name.
func readObject(answer *wire.Answer, name string, v any) error {
	var whole json.RawMessage
	if err := answer.Decode(&whole); err != nil {
		return err
	}
	inner := object(whole, name)
	if !isObject(inner) || json.Unmarshal(inner, v) != nil {
		return answer.Malformed("the answer holds no " + name)
	}
	return nil
}

// readList decodes the list of that name; items may again be below item.
func readList[T any](answer *wire.Answer, name, item string) ([]T, error) {
	var whole json.RawMessage
	if err := answer.Decode(&whole); err != nil {
		return nil, err
	}
	raw, found := list(whole, name)
	if !found {
		return nil, answer.Malformed("the answer holds no list of " + name)
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, answer.Malformed("the answer holds no list of " + name)
	}
	out, wrapper := make([]T, len(items)), []byte(`"`+item+`"`)
	for i, raw := range items {
		if bytes.Contains(raw, wrapper) {
			if inner := members(raw)[item]; isObject(inner) {
				raw = inner
			}
		}
		if !isObject(raw) || json.Unmarshal(raw, &out[i]) != nil {
			return nil, answer.Malformed("the list of " + name + " holds something else")
		}
	}
	return out, nil
}
