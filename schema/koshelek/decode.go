package koshelek

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"koshelek-adapter/schema/strictjson"
)

// blanks are the bytes that JSON allows around values.
const blanks = " \t\r\n"

// byteOrderMark is what some writers put before UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

// Decode reads the body of a request into a request struct.
//
// It is strict about the document: valid UTF-8 after at most one byte order
// mark, exactly one JSON object, no deeper than 32 levels, nothing behind it, no key
// twice in an object, whatever its case, and no half of a character. It is lenient
// about the rest: keys match without regard to case, unknown keys are ignored, and
// [Text] takes any leaf.
//
// A refused body gives a [*DecodeError], and into may then hold a part of it. Any
// other error means that into is no pointer.
func Decode(body []byte, into any) error {
	body = bytes.TrimLeft(bytes.TrimPrefix(body, byteOrderMark), blanks)
	if err := checkDocument(body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return withoutData(err)
	}
	if strictjson.Check(body) != nil {
		return &DecodeError{Reason: ReasonTwoWays}
	}
	return nil
}

// checkDocument refuses what must not reach the decoder. It does not allocate
// for a good document.
func checkDocument(body []byte) error {
	switch {
	case len(body) == 0:
		return &DecodeError{Reason: ReasonEmpty}
	case !utf8.Valid(body):
		return &DecodeError{Reason: ReasonUTF8}
	case body[0] != '{':
		return &DecodeError{Reason: ReasonNotObject}
	}
	end, ok := scan(body)
	if !ok {
		return &DecodeError{Reason: ReasonTooDeep}
	}
	// Brackets that close in the wrong order end early too: that is bad syntax.
	if len(bytes.TrimLeft(body[end:], blanks)) > 0 && json.Valid(body[:end]) {
		return &DecodeError{Reason: ReasonTrailing}
	}
	return nil
}

// withoutData replaces an error of encoding/json by one that tells nothing of
// the body: the original quotes values, and bodies hold personal data.
func withoutData(err error) error {
	if own, ok := errors.AsType[*DecodeError](err); ok {
		return own
	}
	if _, ok := errors.AsType[*json.InvalidUnmarshalError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &DecodeError{Reason: ReasonSyntax}
	}
	return &DecodeError{Reason: ReasonType}
}
