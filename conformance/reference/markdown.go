package reference

import (
	"bytes"
	"fmt"
	"strings"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// Markdown writes the reference: methods, fields, errors and rules.
func Markdown() []byte {
	w := &bytes.Buffer{}
	w.WriteString(head)
	overview(w)
	for _, m := range contract.Methods() {
		method(w, m)
	}
	w.WriteString("\n## Errors\n\nStatus 422, and 401 for missing or wrong credentials, with this body:\n\n")
	fields(w, *contract.ErrorDocument(), "")
	example(w, contract.ErrorDocument())
	rules(w)
	return w.Bytes()
}

const head = `<!-- Made by "make api-docs" from conformance/contract. Do not edit. -->
# Koshelek Loyalty Online API, 1.0.0 to 1.3.0

What a partner's host serves, as the [conformance suite](../conformance.md) checks it. A [Postman collection](koshelek.postman_collection.json)
holds the same calls.

Koshelek's pages for the single methods are not public in full, so every row says how sure it is:
**C** published by Koshelek, **3P** seen at a real partner, **I** inferred.

* HTTPS, HTTP Basic on every call, JSON in UTF-8 both ways. [C]
* Every answer has ` + "`Content-Type: application/json; charset=utf-8`" + `. [C]
* 200 when the call was processed, 422 when not; no other status for an authenticated call. [C]
* Every leaf of an answer is a JSON string, numbers and booleans too. [C] Nothing is ` + "`null`" + `. [I]
* Unknown query parameters are ignored. [C] So are unknown fields of a body, whose keys are read without regard to case. [I]
`

func overview(w *bytes.Buffer) {
	w.WriteString("\n## Methods\n\n| since | method | what for | mark |\n| --- | --- | --- | --- |\n")
	for _, m := range contract.Methods() {
		optional := ""
		if m.Optional {
			optional = ", optional"
		}
		fmt.Fprintf(w, "| %s | [`%s %s`](#%s) | %s%s | %s |\n", m.Since, m.Verb, m.Path, strings.ToLower(m.ID), m.Title, optional, m.Mark)
	}
}

func method(w *bytes.Buffer, m contract.Method) {
	fmt.Fprintf(w, "\n### %s\n\n**%s.** %s\n\n`%s %s` · since %s · mark %s\n", m.ID, m.Title, m.About, m.Verb, m.Path, m.Since, m.Mark)
	if len(m.AlsoVerbs) > 0 {
		fmt.Fprintf(w, "\nThe verb is not published; a profile may put %s for it. [I]\n", strings.Join(m.AlsoVerbs, ", "))
	}
	if len(m.Query) > 0 {
		w.WriteString("\nQuery:\n\n")
		fieldTable(w, m.Query)
	}
	if m.Body != nil {
		w.WriteString("\nBody, a JSON object:\n\n")
		fieldTable(w, m.Body)
		fmt.Fprintf(w, "\n```json\n%s\n```\n", bodyExample(m))
	}
	answer(w, m.Answer)
}

func answer(w *bytes.Buffer, shape contract.Shape) {
	switch {
	case shape.Root == nil:
		fmt.Fprintf(w, "\nAnswer: 200 and a body of no bytes. [%s]\n", shape.Mark)
		return
	case shape.Empty:
		fmt.Fprintf(w, "\nAnswer: 200 with the document below [%s], or with a body of no bytes when nothing matches. [%s]\n\n", shape.Mark, shape.Mark)
	default:
		fmt.Fprintf(w, "\nAnswer: 200 with this document. [%s]\n\n", shape.Mark)
	}
	fields(w, *shape.Root, "")
	example(w, shape.Root)
}

// fieldTable lists the fields of a request.
func fieldTable(w *bytes.Buffer, list []contract.Field) {
	tableHead(w)
	for _, f := range list {
		row(w, f.Name, f)
		if f.Element != nil {
			row(w, f.Name+"[]", *f.Element)
		}
	}
}

func tableHead(w *bytes.Buffer) {
	w.WriteString("| field | type | always | mark | what |\n| --- | --- | --- | --- | --- |\n")
}

func row(w *bytes.Buffer, name string, f contract.Field) {
	kind := string(f.Type)
	if len(f.Values) > 0 {
		kind = "`" + strings.Join(f.Values, "`, `") + "`"
	}
	always := ""
	if f.Required {
		always = "yes"
	}
	fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", name, kind, always, f.Mark, f.About)
}

// fields lists the fields of an answer with their places.
func fields(w *bytes.Buffer, root contract.Field, place string) {
	tableHead(w)
	walk(w, root, place)
}

func walk(w *bytes.Buffer, f contract.Field, place string) {
	if place != "" {
		row(w, place, f)
	} else if f.Type != contract.Object && f.Type != contract.List {
		row(w, "(the document)", f)
	}
	if f.Element != nil {
		walk(w, *f.Element, place+"[]")
	}
	for _, member := range f.Fields {
		walk(w, member, strings.TrimPrefix(place+"."+member.Name, "."))
	}
}

func example(w *bytes.Buffer, root *contract.Field) {
	fmt.Fprintf(w, "\n```json\n%s\n```\n", exampleOf(*root, ""))
}

// exampleOf writes a good value of a field as JSON.
func exampleOf(f contract.Field, indent string) string {
	switch f.Type {
	case contract.Object:
		var members []string
		for _, member := range f.Fields {
			members = append(members, fmt.Sprintf("%s  %q: %s", indent, member.Name, exampleOf(member, indent+"  ")))
		}
		return "{\n" + strings.Join(members, ",\n") + "\n" + indent + "}"
	case contract.List:
		return "[" + exampleOf(*f.Element, indent) + "]"
	}
	return fmt.Sprintf("%q", f.Example)
}

// bodyExample writes a good request of a method.
func bodyExample(m contract.Method) string {
	return exampleOf(contract.Field{Type: contract.Object, Fields: examined(m)}, "")
}

// examined leaves out of a promo body the phone, for which the card stands.
func examined(m contract.Method) []contract.Field {
	if !strings.HasPrefix(m.Path, "/v1/promo/") {
		return m.Body
	}
	var kept []contract.Field
	for _, f := range m.Body {
		if f.Name != "msisdn" {
			kept = append(kept, f)
		}
	}
	return kept
}

func rules(w *bytes.Buffer) {
	all := conformance.Rules()
	counts := map[koshelek.Mark]int{}
	for _, r := range all {
		counts[r.Mark]++
	}
	fmt.Fprintf(w, "\n## Rules\n\nThe suite checks %d rules: %d published (C), %d seen at a real partner (3P), %d inferred (I).\n",
		len(all), counts[koshelek.MarkPublished], counts[koshelek.MarkThirdParty], counts[koshelek.MarkInferred])
	for _, s := range contract.Scenarios() {
		fmt.Fprintf(w, "\n### %s\n\n%s\n\n| rule | what must hold | mark | severity | since |\n| --- | --- | --- | --- | --- |\n", s.Title, s.About)
		for _, r := range all {
			if r.Scenario() == s.ID {
				fmt.Fprintf(w, "| `%s` | %s | %s | %s | %s |\n", r.ID, strings.ReplaceAll(r.Text, "|", `\|`), r.Mark, r.Severity, r.Since)
			}
		}
	}
}
