package hosts

import (
	"fmt"
	"slices"
	"strings"
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

// writer writes JSON in a style.
type writer struct {
	style Style
	out   strings.Builder
	depth int
}

// encode writes a value.
func (s Style) encode(value any) []byte {
	if _, empty := value.(nothing); empty {
		return nil
	}
	w := &writer{style: s}
	w.value(value)
	if s.spaced {
		w.out.WriteByte('\n')
	}
	return []byte(w.out.String())
}

func (w *writer) value(value any) {
	switch v := value.(type) {
	case string:
		w.text(v)
	case maybe:
		w.text(string(v))
	case points:
		w.points(v)
	case raw:
		w.out.WriteString(string(v))
	case object:
		w.object(v)
	case list:
		w.list(v)
	default:
		panic(fmt.Sprintf("hosts: no way to write a %T", value))
	}
}

func (w *writer) points(p points) {
	if w.style.decimals {
		w.text(fmt.Sprintf("%d.00", p))
		return
	}
	w.text(fmt.Sprint(int64(p)))
}

func (w *writer) object(o object) {
	o = slices.DeleteFunc(slices.Clone(o), func(m member) bool {
		v, can := m.value.(maybe)
		return can && v == "" && !w.style.blank
	})
	if w.style.reversed {
		slices.Reverse(o)
	}
	w.bracket('{', '}', len(o), func(i int) {
		w.text(o[i].key)
		w.out.WriteByte(':')
		if w.style.spaced {
			w.out.WriteByte(' ')
		}
		w.value(o[i].value)
	})
}

func (w *writer) list(l list) { w.bracket('[', ']', len(l), func(i int) { w.value(l[i]) }) }

func (w *writer) bracket(open, shut byte, n int, item func(int)) {
	w.out.WriteByte(open)
	w.depth++
	for i := range n {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.line()
		item(i)
	}
	w.depth--
	if n > 0 {
		w.line()
	}
	w.out.WriteByte(shut)
}

func (w *writer) line() {
	if w.style.spaced {
		w.out.WriteString("\r\n" + strings.Repeat("\t", w.depth))
	}
}

func (w *writer) text(s string) {
	w.out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.out.WriteByte('\\')
			w.out.WriteRune(r)
		case r < ' ' || w.style.escaped && (r > '~' || r == '/'):
			w.escape(r)
		default:
			w.out.WriteRune(r)
		}
	}
	w.out.WriteByte('"')
}

func (w *writer) escape(r rune) {
	if high, low := utf16.EncodeRune(r); high != '\ufffd' {
		fmt.Fprintf(&w.out, `\u%04x\u%04x`, high, low)
		return
	}
	fmt.Fprintf(&w.out, `\u%04X`, r)
}
