package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// writeServers writes the table of the methods and the reserved words.
func writeServers(w *bytes.Buffer, d *document) {
	w.WriteString("package koshelek\n\n// Methods returns every method of the API, in the order in which they came.\n// The slice is the caller's own.\nfunc Methods() []Method {\n\treturn []Method{\n")
	for _, m := range d.methods() {
		fmt.Fprintf(w, "{%q, V%s, %q, %q, %s, %s},\n", m.id, version(m.since)[len("koshelek.V"):], m.verb, m.path, mark(m.op.get("x-mark").text())[len("koshelek."):], list(m.also))
	}
	w.WriteString("}\n}\n\n// ReservedWords returns the path segments that the API gives a meaning of their\n// own where a card number may stand. They win over the card number [C], so no\n// card may be numbered like that.\nfunc ReservedWords() []string {\n")
	fmt.Fprintf(w, "return %s\n}\n", list(d.reservedWords()))
}

// list is a list of texts in Go.
func list(texts []string) string {
	if texts == nil {
		return "nil"
	}
	return fmt.Sprintf("%#v", texts)
}

// writeSuites writes what the methods ask for and answer with.
func writeSuites(w *bytes.Buffer, d *document) {
	w.WriteString("package contract\n\nimport \"koshelek-adapter/schema/koshelek\"\n\n// Methods returns all methods in the order in which they came. The slice is the\n// caller's own.\nfunc Methods() []Method {\n\treturn []Method{\n")
	for _, m := range d.methods() {
		fmt.Fprintf(w, "{ID: %q, Title: %q, About: %q,\nSince: %s, Verb: %q, Path: %q, Mark: %s, AlsoVerbs: %s",
			m.id, m.op.get("summary").text(), d.about(m.op), version(m.since), m.verb, m.path, mark(m.op.get("x-mark").text()), list(m.also))
		for _, trait := range []string{"Optional", "Writes"} {
			if m.op.get("x-"+strings.ToLower(trait)).text() == "true" {
				w.WriteString(", " + trait + ": true")
			}
		}
		if parameters := m.op.get("parameters").items(); len(parameters) > 0 {
			w.WriteString(",\nQuery: []Field{\n")
			for _, parameter := range parameters {
				d.field(w, parameter.get("name").text(), withSchema(parameter), parameter.get("required").text() == "true")
			}
			w.WriteString("}")
		}
		if body := m.op.get("requestBody"); body.Node != nil {
			w.WriteString(",\nBody: []Field{\n")
			for _, property := range d.find(d.schema(body), "properties").pairs() {
				d.field(w, property.key, property.value, property.value.get("x-required").text() == "true")
			}
			w.WriteString("}")
		}
		d.shape(w, m.answer())
		w.WriteString("},\n")
	}
	w.WriteString("}\n}\n\n// ErrorDocument is the body of every answer that is not 200.\nfunc ErrorDocument() *Field {\nreturn &Field{")
	d.value(w, d.root.get("components", "schemas", "Error"), true)
	w.WriteString("\n}\n")
}

// withSchema is a parameter as a property: its schema says what it holds.
func withSchema(parameter node) node {
	merged := *parameter.Node
	merged.Content = append(slices.Clone(merged.Content), parameter.get("schema").Content...)
	return node{&merged}
}

// shape writes what a method answers.
func (d *document) shape(w *bytes.Buffer, answer node) {
	empty, sure := d.find(answer, "x-empty-body").text(), mark(d.find(answer, "x-mark").text())
	w.WriteString(",\nAnswer: Shape{Mark: " + sure)
	if empty != "" {
		w.WriteString(", Empty: true")
	}
	if empty != "always" {
		w.WriteString(", Root: &Field{")
		d.value(w, d.schema(answer), true)
	}
	w.WriteString("}")
}

// field writes a field of a list.
func (d *document) field(w *bytes.Buffer, name string, n node, required bool) {
	fmt.Fprintf(w, "{Name: %q, ", name)
	d.value(w, n, required)
	w.WriteString(",\n")
}

// value writes the rest of a value, and everything in it. A list without marks has
// those of its items.
func (d *document) value(w *bytes.Buffer, n node, required bool) {
	said := n
	if d.find(n, "x-mark").Node == nil {
		said = d.find(n, "items")
	}
	fmt.Fprintf(w, "Type: %s, ", d.form(n))
	if required {
		w.WriteString("Required: true, ")
	}
	fmt.Fprintf(w, "Mark: %s, Since: %s, About: %q", mark(d.find(said, "x-mark").text()), version(d.find(said, "x-since").text()), d.about(n))
	switch d.form(n) {
	case "Object":
		w.WriteString(", Fields: []Field{\n")
		always := d.find(n, "required").texts()
		for _, property := range d.find(n, "properties").pairs() {
			d.field(w, property.key, property.value, slices.Contains(always, property.key) && d.filled(property.value))
		}
		w.WriteString("}")
	case "List":
		items := *d.find(n, "items").Node
		items.Content = append(slices.Clone(items.Content), examplesOf(n)...)
		w.WriteString(", Element: &Field{")
		d.value(w, node{&items}, d.filled(node{&items}))
	default:
		example := d.find(n, "example").text()
		if examples := d.find(n, "examples").texts(); example == "" && len(examples) > 0 {
			example = examples[0]
		}
		fmt.Fprintf(w, ", Example: %q", example)
		values := append(d.find(n, "enum").texts(), d.find(n, "x-values").texts()...)
		if len(values) > 0 {
			fmt.Fprintf(w, ", Values: %s", list(values))
		}
	}
	w.WriteString("}")
}

// examplesOf are the examples beside a list, which are those of its items.
func examplesOf(n node) []*yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == "examples" {
			return n.Content[i : i+2]
		}
	}
	return nil
}
