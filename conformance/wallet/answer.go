package wallet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"koshelek-adapter/schema/koshelek"
)

// breach is a way in which an answer is outside the contract.
type breach struct{ rule, what string }

// reading is an answer that has been understood as far as possible.
type reading struct {
	ok      bool // 200
	refused bool // 422
	// code is the partner's own code of a refusal.
	code string
	// number is the card's or the reserved number, "" when nothing matched.
	number string
	// total is the balance when the answer shows one.
	total    *int64
	leaves   []string
	breaches []breach
}

func (r *reading) breach(rule, format string, args ...any) {
	r.breaches = append(r.breaches, breach{rule, fmt.Sprintf(format, args...)})
}

// read judges an answer by the wire contract and takes from it what the book
// wants to know.
func (o Options) read(kind Kind, a answer) *reading {
	r := &reading{ok: a.status == http.StatusOK, refused: a.status == http.StatusUnprocessableEntity}
	if !r.ok && !r.refused {
		r.breach("answer.status", "status %d, where only 200 and 422 may be answered", a.status)
	}
	r.contentType(a.header)
	if !utf8.Valid(a.body) {
		r.breach("answer.utf8", "the body is not UTF-8")
		return r
	}
	switch {
	case r.refused:
		r.errorObject(a.body)
	case r.ok && mustBeEmpty(kind):
		if len(a.body) > 0 {
			r.breach("answer.empty", "the body must be empty and has %d bytes", len(a.body))
		}
	case r.ok && kind.finds() && len(a.body) == 0:
	case r.ok:
		r.value(o, kind, a.body)
	}
	return r
}

func (r *reading) contentType(h http.Header) {
	media, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || media != "application/json" || !strings.EqualFold(parameters["charset"], "utf-8") {
		r.breach("answer.content-type", "Content-Type is %q, not application/json; charset=utf-8", clip(h.Get("Content-Type")))
	}
}

func mustBeEmpty(kind Kind) bool {
	switch kind {
	case IssueReserved, Update, Consents, Scan, Contest, Redeem, BadCode, Torn:
		return true
	}
	return false
}

func (k Kind) finds() bool { return k == Find || k == FindEmail }

func (r *reading) errorObject(body []byte) {
	tree, err := decode(body)
	object, isObject := tree.(map[string]any)
	code, _ := object["code"].(string)
	_, described := object["description"].(string)
	if err != nil || !isObject || code == "" || !described {
		r.breach("answer.error-object", "a refusal must be an object with the strings code and description")
		return
	}
	r.code = code
	r.strings(tree, false)
}

// value reads the body of a success.
func (r *reading) value(o Options, kind Kind, body []byte) {
	tree, err := decode(body)
	if err != nil {
		r.breach("answer.json", "the body is not one JSON value: %v", err)
		return
	}
	r.strings(tree, kind == Reserve && o.BareReservation)
	switch kind {
	case Reserve:
		if number, isNumber := tree.(json.Number); isNumber && o.BareReservation {
			tree = number.String()
		}
		if r.number, _ = tree.(string); r.number == "" {
			r.breach("answer.shape", "a reservation must be a JSON string with the number")
		}
	case History, Offers:
		r.list(tree)
	default:
		r.card(tree)
	}
}

func (r *reading) list(tree any) {
	list, isList := tree.([]any)
	if !isList || slices.ContainsFunc(list, func(e any) bool { _, isObject := e.(map[string]any); return !isObject }) {
		r.breach("answer.shape", "the body must be an array of objects")
	}
}

var barcodes = []string{koshelek.BarcodeEAN8, koshelek.BarcodeEAN13, koshelek.BarcodeCode128, koshelek.BarcodeUPCA, koshelek.BarcodeQRCode}

func (r *reading) card(tree any) {
	outer, _ := tree.(map[string]any)
	card, _ := outer["card"].(map[string]any)
	r.number, _ = card["cardNumber"].(string)
	state, _ := card["cardState"].(string)
	if r.number == "" || state != koshelek.CardActive && state != koshelek.CardInactive {
		r.breach("answer.shape", "the body must be {\"card\":{…}} with cardNumber and a cardState of active or inactive")
		return
	}
	if code, given := card["barcode"].(map[string]any); given {
		number, _ := code["barcodeNumber"].(string)
		if kind, _ := code["barcodeType"].(string); number == "" || !slices.Contains(barcodes, kind) {
			r.breach("answer.shape", "the barcode must have a number and a known type")
		}
	}
	if bonus, given := card["bonus"].(map[string]any); given {
		text, _ := bonus["total"].(string)
		total, err := parsePoints(text)
		if err != nil {
			r.breach("answer.shape", "bonus.total must be a number in a string")
			return
		}
		r.total = &total
	}
}

// strings collects the leaves and tells of those that are not strings.
func (r *reading) strings(tree any, bare bool) {
	switch v := tree.(type) {
	case map[string]any:
		for _, inner := range v {
			r.strings(inner, bare)
		}
	case []any:
		for _, inner := range v {
			r.strings(inner, bare)
		}
	case string:
		r.leaves = append(r.leaves, v)
	default:
		if !bare {
			r.breach("answer.leaf", "a leaf is a %s, where every leaf must be a string", leafName(v))
		}
	}
}

func leafName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	}
	return "number"
}

// decode reads exactly one JSON value and keeps the digits of numbers.
func decode(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, errors.New("bad syntax")
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("something follows it")
	}
	return tree, nil
}

func clip(text string) string {
	if len(text) > 80 {
		return strings.ToValidUTF8(text[:80], "") + "…"
	}
	return text
}
