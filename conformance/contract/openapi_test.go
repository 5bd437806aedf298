package contract_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/schema/koshelek"
)

// TestServersDescriptionAgrees holds the OpenAPI document beside the suite's tables:
// the same methods, marks, versions, parameters, fields and values, and no others.
func TestServersDescriptionAgrees(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(koshelek.OpenAPI())
	require.NoError(t, err)
	assert.Len(t, contract.Methods(), len(koshelek.Methods()))
	described := map[string]bool{}
	for _, m := range contract.Methods() {
		item := doc.Paths.Value(m.Path)
		require.NotNil(t, item, m.ID)
		op := item.Operations()[m.Verb]
		require.NotNil(t, op, "%s %s", m.Verb, m.Path)
		described[m.Verb+" "+m.Path] = true
		for _, verb := range m.AlsoVerbs {
			assert.Contains(t, item.Operations(), verb, m.ID)
			described[verb+" "+m.Path] = true
		}
		assert.Equal(t, m.ID, op.OperationID)
		assert.Equal(t, string(m.Mark), op.Extensions["x-mark"], m.ID)
		assert.Equal(t, m.Since.String(), op.Extensions["x-since"], m.ID)
		sameQuery(t, m, op)
		sameBody(t, m, op)
		sameAnswer(t, m, op)
	}
	for path, item := range doc.Paths.Map() {
		for verb := range item.Operations() {
			assert.True(t, described[verb+" "+path], "the contract has no %s %s", verb, path)
		}
	}
	refused := doc.Components.Schemas["Error"]
	same(t, "Error", *contract.ErrorDocument(), refused.Value)
}

func sameQuery(t *testing.T, m contract.Method, op *openapi3.Operation) {
	t.Helper()
	var names []string
	for _, parameter := range op.Parameters {
		if p := parameter.Value; p.In == "query" {
			names = append(names, p.Name)
			i := slices.IndexFunc(m.Query, func(f contract.Field) bool { return f.Name == p.Name })
			if assert.GreaterOrEqual(t, i, 0, "%s: %s", m.ID, p.Name) {
				assert.Equal(t, p.Required, m.Query[i].Required, "%s: %s", m.ID, p.Name)
				assert.Equal(t, p.Extensions["x-mark"], string(m.Query[i].Mark), "%s: %s", m.ID, p.Name)
			}
		}
	}
	assert.Len(t, m.Query, len(names), m.ID)
}

func sameBody(t *testing.T, m contract.Method, op *openapi3.Operation) {
	t.Helper()
	if op.RequestBody == nil {
		assert.Nil(t, m.Body, m.ID)
		return
	}
	for _, content := range op.RequestBody.Value.Content {
		schema := content.Schema.Value
		assert.Len(t, m.Body, len(schema.Properties), m.ID)
		for _, f := range m.Body {
			property := schema.Properties[f.Name]
			if assert.NotNil(t, property, "%s: %s", m.ID, f.Name) {
				assert.Equal(t, string(f.Mark), extension(property, "x-mark"), "%s: %s", m.ID, f.Name)
				assert.Equal(t, f.Since.String(), extension(property, "x-since"), "%s: %s", m.ID, f.Name)
			}
		}
	}
}

// extension is an extension beside a reference or in the schema itself.
func extension(ref *openapi3.SchemaRef, name string) any {
	if own, has := ref.Extensions[name]; has {
		return own
	}
	return ref.Value.Extensions[name]
}

func sameAnswer(t *testing.T, m contract.Method, op *openapi3.Operation) {
	t.Helper()
	response := op.Responses.Value("200").Value
	empty, _ := response.Extensions["x-empty-body"].(string)
	want := ""
	switch {
	case m.Answer.Root == nil:
		want = "always"
	case m.Answer.Empty:
		want = "allowed"
	}
	assert.Equal(t, want, empty, m.ID)
	if m.Answer.Root == nil {
		return
	}
	for _, content := range response.Content {
		same(t, m.ID, *m.Answer.Root, content.Schema.Value)
	}
}

// same compares a field with a schema, and everything in it.
func same(t *testing.T, place string, f contract.Field, schema *openapi3.Schema) {
	t.Helper()
	switch f.Type {
	case contract.Object:
		assert.True(t, schema.Type.Is("object"), place)
		assert.Len(t, f.Fields, len(schema.Properties), place)
		for _, member := range f.Fields {
			at := place + "." + member.Name
			property := schema.Properties[member.Name]
			if !assert.NotNil(t, property, at) {
				continue
			}
			if member.Required {
				assert.Contains(t, schema.Required, member.Name, "%s is required by the contract", at)
			}
			assert.Equal(t, string(member.Mark), extension(property, "x-mark"), at)
			same(t, at, member, property.Value)
		}
	case contract.List:
		assert.True(t, schema.Type.Is("array"), place)
		same(t, place+"[]", *f.Element, schema.Items.Value)
	case contract.Enum:
		var values []string
		for _, value := range schema.Enum {
			values = append(values, value.(string))
		}
		assert.Equal(t, f.Values, values, place)
	default:
		assert.True(t, schema.Type.Includes("string"), place)
		if f.Type == contract.Text {
			assert.False(t, strings.Contains(schema.Pattern, "[0-9]"), "%s is a text here and digits there", place)
			return
		}
		assert.NotEmpty(t, schema.Pattern, "%s is %s here and anything there", place, f.Type)
	}
}
