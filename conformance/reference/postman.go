package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"koshelek-adapter/conformance/contract"
)

// The parts of a Postman collection 2.1 that are written.
type (
	collection struct {
		Info     info       `json:"info"`
		Auth     auth       `json:"auth"`
		Variable []variable `json:"variable"`
		Item     []folder   `json:"item"`
	}
	info struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Schema      string `json:"schema"`
		ID          string `json:"_postman_id"`
	}
	auth struct {
		Type  string     `json:"type"`
		Basic []variable `json:"basic"`
	}
	variable struct {
		Key         string `json:"key"`
		Value       string `json:"value"`
		Type        string `json:"type,omitempty"`
		Description string `json:"description,omitempty"`
		Disabled    bool   `json:"disabled,omitempty"`
	}
	folder struct {
		Name string `json:"name"`
		Item []item `json:"item"`
	}
	item struct {
		Name    string  `json:"name"`
		Request request `json:"request"`
		Event   []event `json:"event"`
	}
	request struct {
		Method      string     `json:"method"`
		Header      []variable `json:"header"`
		Body        *body      `json:"body,omitempty"`
		URL         address    `json:"url"`
		Description string     `json:"description"`
	}
	body struct {
		Mode string `json:"mode"`
		Raw  string `json:"raw"`
	}
	address struct {
		Raw      string     `json:"raw"`
		Host     []string   `json:"host"`
		Path     []string   `json:"path"`
		Query    []variable `json:"query,omitempty"`
		Variable []variable `json:"variable,omitempty"`
	}
	event struct {
		Listen string `json:"listen"`
		Script script `json:"script"`
	}
	script struct {
		Type string   `json:"type"`
		Exec []string `json:"exec"`
	}
)

// Postman writes the calls as a collection. Its variables baseUrl, login and
// password are the partner's; every call tests the status, the header and the
// strings of its answer.
func Postman() []byte {
	c := collection{
		Info: info{
			Name: "Koshelek Loyalty Online API 1.3.0", ID: "b7b0f8a4-6c1e-4a57-9d0e-2f1f3c5d7e91",
			Schema:      "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
			Description: "Made from conformance/contract; do not edit. Marks: C published by Koshelek, 3P seen at a real partner, I inferred.",
		},
		Auth: auth{Type: "basic", Basic: []variable{{Key: "username", Value: "{{login}}", Type: "string"}, {Key: "password", Value: "{{password}}", Type: "string"}}},
		Variable: []variable{
			{Key: "baseUrl", Value: "https://localhost:8443"}, {Key: "login", Value: "koshelek"}, {Key: "password", Value: ""}, {Key: "cardNumber", Value: "2912345678906"},
		},
	}
	for _, version := range []string{"1.0.0", "1.1.0", "1.2.0", "1.3.0"} {
		f := folder{Name: "Since " + version}
		for _, m := range contract.Methods() {
			if m.Since.String() == version {
				f.Item = append(f.Item, itemOf(m))
			}
		}
		c.Item = append(c.Item, f)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(c); err != nil {
		panic(err) // texts and lists always encode
	}
	return out.Bytes()
}

func itemOf(m contract.Method) item {
	r := request{Method: m.Verb, Header: []variable{}, Description: fmt.Sprintf("%s [%s] since %s", m.About, m.Mark, m.Since), URL: addressOf(m)}
	if m.Body != nil {
		r.Header = append(r.Header, variable{Key: "Content-Type", Value: "application/json; charset=utf-8"})
		r.Body = &body{Mode: "raw", Raw: bodyExample(m)}
	}
	return item{Name: m.Title, Request: r, Event: []event{{Listen: "test", Script: script{Type: "text/javascript", Exec: tests(m)}}}}
}

func addressOf(m contract.Method) address {
	path := strings.ReplaceAll(m.Path, "{cardNumber}", ":cardNumber")
	a := address{Raw: "{{baseUrl}}" + path, Host: []string{"{{baseUrl}}"}, Path: strings.Split(strings.TrimPrefix(path, "/"), "/")}
	if strings.Contains(path, ":cardNumber") {
		a.Variable = []variable{{Key: "cardNumber", Value: "{{cardNumber}}"}}
	}
	var query []string
	for i, f := range m.Query {
		a.Query = append(a.Query, variable{Key: f.Name, Value: f.Example, Description: fmt.Sprintf("%s [%s]", f.About, f.Mark), Disabled: i > 0 && !f.Required})
		if i == 0 || f.Required {
			query = append(query, f.Name+"="+f.Example)
		}
	}
	if len(query) > 0 {
		a.Raw += "?" + strings.Join(query, "&")
	}
	return a
}

// tests are what Postman checks of an answer.
func tests(m contract.Method) []string {
	lines := []string{
		`pm.test("status is 200 or 422", () => pm.expect(pm.response.code).to.be.oneOf([200, 422]));`,
		`pm.test("Content-Type", () => pm.expect(pm.response.headers.get("Content-Type")).to.match(/^application\/json; charset=utf-8;?$/));`,
	}
	if m.Answer.Root == nil {
		return append(lines, `pm.test("a processed write has an empty body", () => { if (pm.response.code === 200) pm.expect(pm.response.text()).to.equal(""); });`)
	}
	return append(lines,
		`const leaves = v => v !== null && typeof v === "object" ? Object.values(v).flatMap(leaves) : [v];`,
		`pm.test("every leaf is a string", () => { if (pm.response.text() !== "") leaves(pm.response.json()).forEach(v => pm.expect(v).to.be.a("string")); });`)
}
