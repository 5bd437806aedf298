package sms

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"mime"
	"net/url"
	"regexp"
	"strings"
)

// values are what a template may name.
type values map[string]string

// The names that stand in braces: {phone} is digits with the country code,
// {text} the message, {code} the code alone, {minutes} its life, {secret} what
// the gateway knows us by.
var names = []string{"phone", "text", "code", "minutes", "secret"}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// fill puts values into a template, each written as its place needs it.
func fill(template string, v values, escape func(string) string) string {
	return placeholder.ReplaceAllStringFunc(template, func(name string) string {
		value, known := v[name[1:len(name)-1]]
		if !known {
			return name
		}
		return escape(value)
	})
}

// inURL is right in a path and in a query alike.
func inURL(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

// inJSON is what stands between the quotes of a JSON string.
func inJSON(value string) string {
	quoted, _ := json.Marshal(value) // a string always marshals
	return string(quoted[1 : len(quoted)-1])
}

func inXML(value string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(value)) // a buffer takes everything
	return out.String()
}

// inHeader leaves out what would end a header.
func inHeader(value string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, value)
}

func asItIs(value string) string { return value }

// escapeFor picks how values are written into a body of a type.
func escapeFor(contentType string) (func(string) string, error) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("the content type cannot be read")
	}
	switch {
	case kind == "application/json" || strings.HasSuffix(kind, "+json"):
		return inJSON, nil
	case kind == "application/x-www-form-urlencoded":
		return url.QueryEscape, nil
	case kind == "text/xml" || kind == "application/xml" || strings.HasSuffix(kind, "+xml"):
		return inXML, nil
	case kind == "text/plain":
		return asItIs, nil
	}
	return nil, fmt.Errorf("the content type %s is none of JSON, form, XML and plain text", kind)
}
