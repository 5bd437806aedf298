package main

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node is a place of the document. The zero node is an absent one.
type node struct{ *yaml.Node }

// document is the OpenAPI document.
type document struct{ root node }

func parse(text []byte) (*document, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	return &document{node{file.Content[0]}}, nil
}

// get is what stands under keys.
func (n node) get(keys ...string) node {
	for _, key := range keys {
		if n.Node == nil {
			return n
		}
		at := -1
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				at = i + 1
			}
		}
		if at < 0 {
			return node{}
		}
		n = node{n.Content[at]}
	}
	return n
}

// text is a scalar, "" for an absent one.
func (n node) text() string {
	if n.Node == nil {
		return ""
	}
	return n.Value
}

// texts are the items of a list.
func (n node) texts() []string {
	var all []string
	for _, item := range n.items() {
		all = append(all, item.text())
	}
	return all
}

func (n node) items() []node {
	var all []node
	if n.Node != nil && n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			all = append(all, node{item})
		}
	}
	return all
}

// pair is a key of the document with what stands there.
type pair struct {
	key   string
	value node
}

// pairs are the keys in their order.
func (n node) pairs() []pair {
	var all []pair
	for i := 0; n.Node != nil && i < len(n.Content); i += 2 {
		all = append(all, pair{n.Content[i].Value, node{n.Content[i+1]}})
	}
	return all
}

// find is a value of a node, or of what it refers to.
func (d *document) find(n node, key string) node {
	if own := n.get(key); own.Node != nil {
		return own
	}
	if reference := n.get("$ref").text(); reference != "" {
		return d.find(d.root.get(strings.Split(strings.TrimPrefix(reference, "#/"), "/")...), key)
	}
	return node{}
}

// method is an operation of the document.
type method struct {
	id, verb, path, since string
	op                    node
	// also are other verbs for the same, which the document has as operations of
	// their own, named like this one and the verb.
	also []string
}

// methods are in the order in which they came.
func (d *document) methods() []method {
	var all []method
	for _, path := range d.root.get("paths").pairs() {
		for _, op := range path.value.pairs() {
			if id := op.value.get("operationId").text(); id != "" && !d.isOther(path.value, id) {
				m := method{id: id, verb: strings.ToUpper(op.key), path: path.key, since: op.value.get("x-since").text(), op: op.value}
				for _, other := range path.value.pairs() {
					if other.value.get("operationId").text() == id+"Put" {
						m.also = append(m.also, strings.ToUpper(other.key))
					}
				}
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b method) int { return strings.Compare(a.since, b.since) })
	return all
}

// isOther reports whether an operation is another one of its path by another verb.
func (d *document) isOther(path node, id string) bool {
	return slices.ContainsFunc(path.pairs(), func(p pair) bool { return p.value.get("operationId").text()+"Put" == id })
}

// reservedWords are the segments that stand where a card number may.
func (d *document) reservedWords() []string {
	const card = "/v1/card/"
	var words []string
	for _, path := range d.root.get("paths").pairs() {
		word, _, _ := strings.Cut(strings.TrimPrefix(path.key, card), "/")
		if strings.HasPrefix(path.key, card) && !strings.HasPrefix(word, "{") && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// marked is how the descriptions begin, which the marks repeat.
var marked = regexp.MustCompile(`^\[[^\]]+\] since \S+\. `)

// about is a description in words.
func (d *document) about(n node) string {
	return strings.TrimSpace(marked.ReplaceAllString(d.find(n, "description").text(), ""))
}

// version is the name of a version's constant.
func version(text string) string { return "koshelek.V" + strings.ReplaceAll(text, ".", "") }

// mark is the name of a mark's constant.
func mark(text string) string {
	return "koshelek." + map[string]string{"C": "MarkPublished", "3P": "MarkThirdParty", "I": "MarkInferred"}[text]
}

// answer is the response of a method that was carried out.
func (m method) answer() node { return m.op.get("responses", "200") }

// schema is that of the one content.
func (d *document) schema(n node) node {
	for _, content := range d.find(n, "content").pairs() {
		return content.value.get("schema")
	}
	return node{}
}

// form is the suite's type of a value.
func (d *document) form(n node) string {
	kinds := d.find(n, "type")
	switch {
	case d.find(n, "x-form").text() != "":
		form := d.find(n, "x-form").text()
		return strings.ToUpper(form[:1]) + form[1:]
	case d.find(n, "enum").Node != nil, d.find(n, "x-values").Node != nil:
		return "Enum"
	case kinds.text() == "object":
		return "Object"
	case kinds.text() == "array", slices.Contains(kinds.texts(), "array"):
		return "List"
	}
	return "Text"
}

// filled reports whether a value that is there holds something.
func (d *document) filled(n node) bool {
	pattern := d.find(n, "pattern").text()
	return d.form(n) == "Object" || d.find(n, "type").text() == "array" || d.find(n, "minLength").text() != "" || d.find(n, "enum").Node != nil ||
		pattern != "" && !regexp.MustCompile(pattern).MatchString("")
}
