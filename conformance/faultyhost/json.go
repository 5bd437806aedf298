package faultyhost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf16"
)

// What a host answers with: a string for a leaf, a maybe for a leaf that can be
// absent, an object, a list, a raw text that is written as it is, or nothing.
type (
	maybe  string
	object []member
	list   []any
	raw    string
	// points are a number of points.
	points int64
	// nothing is an empty body.
	nothing struct{}
)

// member is one key of an object with its value.
type member struct {
	key   string
	value any
}

// encode writes a value.
func (s Style) encode(value any) []byte {
	if _, empty := value.(nothing); empty {
		return nil
	}
	text := s.write(nil, value)
	var out bytes.Buffer
	if s.spaced && json.Indent(&out, text, "", "\t") == nil {
		text = append(bytes.ReplaceAll(out.Bytes(), []byte("\n"), []byte("\r\n")), '\n')
	}
	return text
}

// write appends a value as JSON without blanks.
func (s Style) write(to []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return s.text(to, v)
	case maybe:
		return s.text(to, string(v))
	case points:
		if s.decimals {
			return fmt.Appendf(to, `"%d.00"`, v)
		}
		return fmt.Appendf(to, `"%d"`, v)
	case raw:
		return append(to, v...)
	case object:
		v = slices.DeleteFunc(slices.Clone(v), func(m member) bool { return m.value == maybe("") && !s.blank })
		if s.reversed {
			slices.Reverse(v)
		}
		return s.bracket(to, '{', '}', len(v), func(to []byte, i int) []byte {
			return s.write(append(s.text(to, v[i].key), ':'), v[i].value)
		})
	case list:
		return s.bracket(to, '[', ']', len(v), func(to []byte, i int) []byte { return s.write(to, v[i]) })
	}
	panic(fmt.Sprintf("faultyhost: no way to write a %T", value))
}

func (s Style) bracket(to []byte, open, shut byte, n int, item func(to []byte, i int) []byte) []byte {
	to = append(to, open)
	for i := range n {
		if i > 0 {
			to = append(to, ',')
		}
		to = item(to, i)
	}
	return append(to, shut)
}

func (s Style) text(to []byte, text string) []byte {
	to = append(to, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		case r > 0xFFFF && s.escaped:
			high, low := utf16.EncodeRune(r)
			to = fmt.Appendf(to, `\u%04x\u%04x`, high, low)
		case r < ' ' || s.escaped && (r > '~' || r == '/'):
			to = fmt.Appendf(to, `\u%04X`, r)
		default:
			to = append(to, string(r)...)
		}
	}
	return append(to, '"')
}
