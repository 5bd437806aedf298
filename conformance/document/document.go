// Package document reads the JSON of an answer strictly, and keeps what a lenient
// reader throws away: which kind a leaf had, how a number was written, and keys
// that stand twice. It is the suite's own, so that a fault of the server's
// reader or writer is not shared.
package document

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind is the kind of a value.
type Kind int

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String names the kind for people.
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// Value is a JSON value.
type Value struct {
	Kind Kind
	// At is where it begins in the text, in bytes.
	At int
	// Text is a string's content, or a number or boolean as it was written.
	Text string
	// Members are those of an object, in their order, doubled keys included.
	Members []Member
	// Items are those of an array.
	Items []*Value
}

// Member is a key with its value.
type Member struct {
	Key   string
	Value *Value
}

// Get returns the last value of a key, or nil. It may be called on nil.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return nil
	}
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Key == key {
			return v.Members[i].Value
		}
	}
	return nil
}

// Leaf returns the text of the leaf at the end of keys, "" when there is none.
func (v *Value) Leaf(keys ...string) string {
	for _, key := range keys {
		v = v.Get(key)
	}
	if v == nil || v.Kind == Array || v.Kind == Object || v.Kind == Null {
		return ""
	}
	return v.Text
}

// Walk calls visit for the value and everything in it, with the place of each,
// such as "card.barcode" or "[3].date". Past a place for which visit returns
// false it goes no deeper.
func (v *Value) Walk(visit func(place string, v *Value) bool) { v.walk("", visit) }

func (v *Value) walk(place string, visit func(string, *Value) bool) {
	if !visit(place, v) {
		return
	}
	for _, m := range v.Members {
		m.Value.walk(strings.TrimPrefix(place+"."+shorten(m.Key), "."), visit)
	}
	for i, item := range v.Items {
		item.walk(fmt.Sprintf("%s[%d]", place, i), visit)
	}
}

// shorten cuts a key that is longer than any of the contract: a place with it is
// written anew for everything that stands in it.
func shorten(key string) string {
	const most = 100
	if len(key) <= most {
		return key
	}
	return strings.ToValidUTF8(key[:most], "") + "…"
}

// maxDepth is more than any answer of the contract has.
const maxDepth = 64

// ErrByteOrderMark and ErrUTF8 tell that a body is no UTF-8 text; every other
// error is a *SyntaxError.
var (
	ErrByteOrderMark = errors.New("it begins with a byte order mark")
	ErrUTF8          = errors.New("it is not UTF-8")
)

// SyntaxError is the error of a text that is no JSON.
type SyntaxError struct {
	// What is wrong, and At is where, in bytes.
	What string
	At   int
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s (byte %d)", e.What, e.At) }

// Parse reads exactly one value with nothing but blanks around it.
func Parse(body []byte) (*Value, error) {
	text := string(body)
	if strings.HasPrefix(text, "\ufeff") {
		return nil, ErrByteOrderMark
	}
	if !utf8.ValidString(text) {
		return nil, ErrUTF8
	}
	r := &reader{text: text}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.blanks(); r.at < len(r.text) {
		return nil, r.fault("something stands behind the document")
	}
	return v, nil
}
