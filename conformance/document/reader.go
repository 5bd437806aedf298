package document

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// reader reads by RFC 8259, letter for letter.
type reader struct {
	text string
	at   int
}

func (r *reader) fault(what string) error {
	return &SyntaxError{what, r.at}
}

func (r *reader) blanks() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// peek is the next byte behind blanks, 0 at the end.
func (r *reader) peek() byte {
	r.blanks()
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

func (r *reader) value(depth int) (*Value, error) {
	if depth > maxDepth {
		return nil, r.fault("it is nested too deep")
	}
	first := r.peek()
	at := r.at
	v, err := r.valueOf(first, depth)
	if err != nil {
		return nil, err
	}
	v.At = at
	return v, nil
}

// valueOf reads the value that begins with a byte.
func (r *reader) valueOf(first byte, depth int) (*Value, error) {
	switch first {
	case 0:
		return nil, r.fault("it ends early")
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		text, err := r.string()
		return &Value{Kind: String, Text: text}, err
	case 't', 'f', 'n':
		return r.word()
	default:
		return r.number()
	}
}

func (r *reader) object(depth int) (*Value, error) {
	v := &Value{Kind: Object}
	r.at++
	if r.peek() == '}' {
		r.at++
		return v, nil
	}
	for {
		if r.peek() != '"' {
			return nil, r.fault("a key in quotes is missing")
		}
		key, err := r.string()
		if err != nil {
			return nil, err
		}
		if r.peek() != ':' {
			return nil, r.fault("a colon is missing")
		}
		r.at++
		member, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.Members = append(v.Members, Member{key, member})
		if done, err := r.next('}'); done || err != nil {
			return v, err
		}
	}
}

func (r *reader) array(depth int) (*Value, error) {
	v := &Value{Kind: Array}
	r.at++
	if r.peek() == ']' {
		r.at++
		return v, nil
	}
	for {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		v.Items = append(v.Items, item)
		if done, err := r.next(']'); done || err != nil {
			return v, err
		}
	}
}

// next reads the comma before another element, or the bracket behind the last.
func (r *reader) next(end byte) (done bool, err error) {
	switch r.peek() {
	case ',':
		r.at++
		return false, nil
	case end:
		r.at++
		return true, nil
	case 0:
		return false, r.fault("it ends early")
	}
	return false, r.fault("a comma or a closing bracket is missing")
}

var words = map[string]Value{"true": {Kind: Bool, Text: "true"}, "false": {Kind: Bool, Text: "false"}, "null": {Kind: Null, Text: "null"}}

func (r *reader) word() (*Value, error) {
	for word, v := range words {
		if strings.HasPrefix(r.text[r.at:], word) {
			r.at += len(word)
			return &v, nil // a value of its own: where it stands is written into it
		}
	}
	return nil, r.fault("an unknown word")
}

var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`)

func (r *reader) number() (*Value, error) {
	text := numberForm.FindString(r.text[r.at:])
	if text == "" {
		return nil, r.fault("neither a value nor a number")
	}
	r.at += len(text)
	if r.at < len(r.text) && strings.IndexByte("0123456789.eE+-", r.text[r.at]) >= 0 {
		return nil, r.fault("a number that JSON does not know, such as one with a leading zero")
	}
	return &Value{Kind: Number, Text: text}, nil
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (r *reader) string() (string, error) {
	var out strings.Builder
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return out.String(), nil
		case c < 0x20:
			return "", r.fault("a control character in a string")
		case c != '\\':
			out.WriteByte(c)
		default:
			if err := r.escape(&out); err != nil {
				return "", err
			}
		}
	}
	return "", r.fault("a string does not end")
}

// escape reads what stands behind a backslash; r.at is left on its last byte.
func (r *reader) escape(out *strings.Builder) error {
	r.at++
	if r.at == len(r.text) {
		return r.fault("it ends early")
	}
	if r.text[r.at] != 'u' {
		plain, known := escapes[r.text[r.at]]
		if !known {
			return r.fault("an unknown escape")
		}
		out.WriteByte(plain)
		return nil
	}
	char, err := r.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(char) {
		if !strings.HasPrefix(r.text[r.at+1:], `\u`) {
			return r.fault("half a character as an escape")
		}
		r.at += 2
		low, err := r.hex()
		if err != nil {
			return err
		}
		if char = utf16.DecodeRune(char, low); char == '\ufffd' {
			return r.fault("half a character as an escape")
		}
	}
	out.WriteRune(char)
	return nil
}

// hex reads the four digits behind the u at r.at.
func (r *reader) hex() (rune, error) {
	if r.at+5 > len(r.text) {
		return 0, r.fault("it ends early")
	}
	code, err := strconv.ParseUint(r.text[r.at+1:r.at+5], 16, 16)
	if err != nil {
		return 0, r.fault("an escape that is no character")
	}
	r.at += 4
	return rune(code), nil
}
