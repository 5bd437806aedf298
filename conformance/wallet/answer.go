package wallet

import (
	"cmp"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
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

// read judges an answer by the wire contract and takes from it what the model
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
		r.errorObject(o, a.body)
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

func (r *reading) errorObject(o Options, body []byte) {
	tree, err := o.decode(contract.ErrorPrefix(), body)
	object, isObject := tree.(map[string]any)
	code, _ := object["code"].(string)
	_, described := object["description"].(string)
	if err != nil || !isObject || code == "" || !described {
		r.breach("answer.error-object", "a refusal must be an object with the strings code and description")
		return
	}
	r.code = code
	r.strings(tree)
}

// value reads the body of a success.
func (r *reading) value(o Options, kind Kind, body []byte) {
	m, _ := o.Profile.Method(kind.method())
	tree, err := o.decode(contract.AnswerPrefix(m), body)
	if err != nil {
		r.breach("answer.json", "the body is not one JSON value: %v", err)
		return
	}
	if kind == Reserve {
		r.reservation(o, tree)
		return
	}
	r.strings(tree)
	switch kind {
	case History, Offers:
		r.list(tree)
	default:
		r.card(tree)
	}
}

// reservation reads a reserved number in the form that the profile says. A number
// with a leading zero can only be a string.
func (r *reading) reservation(o Options, tree any) {
	form := o.Profile.ReserveForm
	switch v := tree.(type) {
	case string:
		if form != contract.ReserveDigits || strings.HasPrefix(v, "0") {
			r.number = v
		}
	case json.Number:
		if form != contract.ReserveString {
			r.number = v.String()
		}
	}
	if r.number == "" {
		what := map[contract.ReserveForm]string{contract.ReserveDigits: "bare digits", contract.ReserveEither: "a JSON string or bare digits"}[form]
		r.breach("answer.shape", "a reservation must be %s with the number", cmp.Or(what, "a JSON string"))
		return
	}
	r.leaves = append(r.leaves, r.number)
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
func (r *reading) strings(tree any) {
	switch v := tree.(type) {
	case map[string]any:
		for _, inner := range v {
			r.strings(inner)
		}
	case []any:
		for _, inner := range v {
			r.strings(inner)
		}
	case string:
		r.leaves = append(r.leaves, v)
	default:
		r.breach("answer.leaf", "a leaf is a %s, where every leaf must be a string", leafName(v))
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

// decode reads exactly one JSON value, with the contract's names for the
// profile's. Numbers keep their digits.
func (o Options) decode(prefix string, body []byte) (any, error) {
	doc, err := document.Parse(body)
	if err != nil {
		return nil, err
	}
	return plainTree(o.Profile.Canonical(prefix, doc)), nil
}

func plainTree(v *document.Value) any {
	switch v.Kind {
	case document.Object:
		object := map[string]any{}
		for _, m := range v.Members {
			object[m.Key] = plainTree(m.Value)
		}
		return object
	case document.Array:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			list[i] = plainTree(item)
		}
		return list
	case document.String:
		return v.Text
	case document.Number:
		return json.Number(v.Text)
	case document.Bool:
		return v.Text == "true"
	}
	return nil
}

func clip(text string) string {
	if len(text) > 80 {
		return strings.ToValidUTF8(text[:80], "") + "…"
	}
	return text
}
