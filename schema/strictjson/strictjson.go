// Package strictjson refuses JSON that two readers may read differently although
// its syntax is good.
package strictjson

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// The errors of Check. They hold nothing of the document.
var (
	// ErrKeyTwice: an object has a key twice, in one spelling or in two (phone and
	// Phone): one reader takes the first value, another one the last.
	ErrKeyTwice = errors.New("a key stands twice in one object")
	// ErrHalfCharacter: an escape is one half of a surrogate pair (\ud800): readers
	// replace it, drop it or keep it, so two texts may become one.
	ErrHalfCharacter = errors.New("an escape is half of a character")
)

// Check looks through a document that json.Valid takes, and that is nested no
// deeper than package encoding/json allows.
func Check(valid []byte) error {
	w := walker{text: valid}
	w.value()
	return w.err
}

// walker goes through a valid document once.
type walker struct {
	text []byte
	at   int
	err  error
}

func (w *walker) value() {
	switch w.next() {
	case '{':
		w.object()
	case '[':
		for w.at++; w.err == nil && w.next() != ']'; w.comma() {
			w.value()
		}
		w.at++
	case '"':
		w.str()
	default:
		for w.at < len(w.text) && !strings.ContainsRune(",]} \t\r\n", rune(w.text[w.at])) {
			w.at++
		}
	}
}

// object compares the keys as encoding/json does, which folds their case.
func (w *walker) object() {
	var few [16]string
	keys, many := few[:0], map[string]bool(nil)
	for w.at++; w.err == nil && w.next() != '}'; w.comma() {
		key := folded(w.str())
		if slices.Contains(keys, key) || many[key] {
			w.fail(ErrKeyTwice)
			return
		}
		if len(keys) < len(few) {
			keys = append(keys, key)
		} else if many == nil {
			many = map[string]bool{key: true}
		} else {
			many[key] = true
		}
		w.next()
		w.at++ // the colon
		w.value()
	}
	w.at++
}

// folded gives keys that a decoder takes for one the same form: the long s and
// the Kelvin sign are letters of ASCII to it.
func folded(raw []byte) string {
	var key string
	if json.Unmarshal(raw, &key) != nil {
		return string(raw)
	}
	return strings.ToLower(strings.ToUpper(key))
}

// str passes over a string and gives it with its quotes.
func (w *walker) str() []byte {
	start := w.at
	for w.at++; w.at < len(w.text) && w.text[w.at] != '"'; w.at++ {
		if w.text[w.at] != '\\' {
			continue
		}
		w.at++
		if w.text[w.at] != 'u' {
			continue
		}
		switch unit := w.unit(w.at + 1); {
		case unit >= 0xdc00 && unit <= 0xdfff:
			w.fail(ErrHalfCharacter)
		case unit >= 0xd800 && unit <= 0xdbff:
			low := w.at + 5
			if low+6 > len(w.text) || w.text[low] != '\\' || w.text[low+1] != 'u' || w.unit(low+2)&^0x3ff != 0xdc00 {
				w.fail(ErrHalfCharacter)
				continue
			}
			w.at = low + 1
		}
	}
	w.at++
	return w.text[start:min(w.at, len(w.text))]
}

// unit reads the four hexadecimal digits of an escape.
func (w *walker) unit(at int) (unit int) {
	for _, c := range w.text[at:min(at+4, len(w.text))] {
		unit = unit<<4 | int(c&0xf) + 9*int(c>>6)
	}
	return unit
}

func (w *walker) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// next passes over blanks and gives the byte behind them; 0 at the end.
func (w *walker) next() byte {
	for w.at < len(w.text) {
		switch c := w.text[w.at]; c {
		case ' ', '\t', '\r', '\n':
			w.at++
		default:
			return c
		}
	}
	w.fail(errors.New("the document ends too early"))
	return 0
}

func (w *walker) comma() {
	if w.next() == ',' {
		w.at++
	}
}
