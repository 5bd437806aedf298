package wallet

import (
	"net/http"
	"strings"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/document"
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
	total *int64
	// leaves are the texts in the answer.
	leaves   []string
	breaches []breach
}

// read holds an answer to the suite's rules on every answer, but for minor ones,
// and takes from it what the model wants to know.
func (o Options) read(kind Kind, q request, a answer) *reading {
	r := &reading{ok: a.status == http.StatusOK, refused: a.status == http.StatusUnprocessableEntity}
	doc := r.judge(o, q, a)
	switch {
	case doc == nil:
	case r.refused:
		r.code = doc.Leaf("code")
	case r.ok && kind == Reserve:
		r.reservation(o.Profile.ReserveForm, doc)
	case r.ok:
		r.number = doc.Leaf("card", "cardNumber")
		r.balance(doc)
	}
	return r
}

// judge gives the answer's document with the contract's names, nil when there is
// none.
func (r *reading) judge(o Options, q request, a answer) *document.Value {
	path, query, _ := strings.Cut(q.path, "?")
	for _, finding := range conformance.Judge(o.Profile, conformance.Exchange{
		Request: conformance.Request{Method: q.verb, Path: path, Query: query, Header: http.Header{}, Body: q.body},
		Answer:  &conformance.Answer{Status: a.status, Header: a.header, Body: a.body}, Took: a.took, Authorized: true,
	}) {
		if finding.Outcome() == conformance.Fail {
			r.breaches = append(r.breaches, breach{finding.Rule, finding.Wrong + "; expected " + finding.Expected})
		}
	}
	doc, err := document.Parse(a.body)
	if err != nil {
		return nil // told as a breach, unless nothing is an answer
	}
	prefix := contract.ErrorPrefix()
	if m, _, known := o.Profile.MatchPath(q.verb, path); known && r.ok {
		prefix = contract.AnswerPrefix(m)
	}
	doc = o.Profile.Canonical(prefix, doc)
	doc.Walk(func(_ string, v *document.Value) bool {
		if v.Kind == document.String {
			r.leaves = append(r.leaves, v.Text)
		}
		return true
	})
	return doc
}

// reservation reads a reserved number in the form that the profile says. A number
// with a leading zero can only be a string.
func (r *reading) reservation(form contract.ReserveForm, doc *document.Value) {
	text := doc.Kind == document.String && (form != contract.ReserveDigits || strings.HasPrefix(doc.Text, "0"))
	digits := doc.Kind == document.Number && form != contract.ReserveString
	if !text && !digits || doc.Text == "" {
		r.breaches = append(r.breaches, breach{"reserve.form", "the answer is " + doc.Kind.String() + ", and not the number as the profile has it: " + string(form)})
		return
	}
	r.number = doc.Text
	if digits {
		r.leaves = append(r.leaves, r.number)
	}
}

func (r *reading) balance(doc *document.Value) {
	shown := doc.Leaf("card", "bonus", "total")
	if shown == "" {
		return
	}
	total, err := parsePoints(shown)
	if err != nil {
		r.breaches = append(r.breaches, breach{"answer.values", "bonus.total is not a number in a string"})
		return
	}
	r.total = &total
}

func clip(text string) string {
	if len(text) > 80 {
		return strings.ToValidUTF8(text[:80], "") + "…"
	}
	return text
}
