package qiibee

import (
	"bytes"
	"encoding/json"
	"slices"

	"koshelek-adapter/crm/vendors/vendorhttp"
)

// The manual's editions put the same thing at different depths: bare, below its
// own name, below data, or both.

const maxDepth = 3

// object finds the object of that name in an answer: below its name, below data
// and its name, below data, or the whole answer, whatever that is.
func object(answer *vendorhttp.Answer, name string) json.RawMessage {
	whole, fields := json.RawMessage(vendorhttp.Bare(answer.Body)), answer.Fields()
	for range maxDepth {
		switch {
		case isObject(fields[name]):
			return fields[name]
		case isObject(fields["data"]):
			whole = fields["data"]
			fields = members(whole)
		default:
			return whole
		}
	}
	return whole
}

func members(body []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields)
	return fields
}

// findList finds the list of that name in an answer in the same way, and the
// members of the objects that it is in, the outermost first.
func findList(answer *vendorhttp.Answer, name string) (raw json.RawMessage, around []map[string]json.RawMessage, err error) {
	fields := answer.Fields()
	if fields == nil {
		if err := answer.Decode(&raw); err != nil || isList(raw) {
			return raw, nil, err
		}
	}
	for range maxDepth - 1 {
		around = append(around, fields)
		inner := fields[name]
		if !isList(inner) && !isObject(inner) {
			inner = fields["data"]
		}
		if isList(inner) {
			return inner, around, nil
		}
		fields = members(inner)
	}
	return nil, nil, answer.Malformed("the answer holds no list of " + name)
}

func isObject(raw json.RawMessage) bool { return startsWith(raw, '{') }
func isList(raw json.RawMessage) bool   { return startsWith(raw, '[') }

func startsWith(raw json.RawMessage, c byte) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == c
}

// readObject decodes the object of that name.
func readObject(answer *vendorhttp.Answer, name string, v any) error {
	if answer.Fields() == nil {
		if err := answer.Decode(new(json.RawMessage)); err != nil {
			return err
		}
	}
	inner := object(answer, name)
	if !isObject(inner) || json.Unmarshal(inner, v) != nil {
		return answer.Malformed("the answer holds no " + name)
	}
	return nil
}

// readItems decodes a list; items may again be below item.
func readItems[T any](answer *vendorhttp.Answer, raw json.RawMessage, name, item string) ([]T, error) {
	items, err := unwrapped(raw, item)
	var found []*T
	if err != nil || json.Unmarshal(items, &found) != nil || slices.Contains(found, nil) {
		return nil, answer.Malformed("the list of " + name + " holds something else")
	}
	out := make([]T, len(found))
	for i, v := range found {
		out[i] = *v
	}
	return out, nil
}

// unwrapped is a list whose items are what was below the name.
func unwrapped(raw json.RawMessage, name string) (json.RawMessage, error) {
	if !bytes.Contains(raw, []byte(`"`+name+`"`)) {
		return raw, nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	for i, item := range items {
		if inner := members(item)[name]; isObject(inner) {
			items[i] = inner
		}
	}
	return json.Marshal(items)
}
