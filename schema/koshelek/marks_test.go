package koshelek_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"

	"koshelek-adapter/schema/koshelek"
)

// marked is how the description of everything begins.
var marked = regexp.MustCompile(`^\[(C|3P|I)\] since (\d\.\d\.\d)\. \S`)

// checkMarks wants a description that begins with what the extensions say.
func checkMarks(t *testing.T, name, description string, extensions map[string]any) {
	t.Helper()
	found := marked.FindStringSubmatch(description)
	if !assert.NotNil(t, found, "%s: %q", name, description) {
		return
	}
	assert.Equal(t, found[1], extensions["x-mark"], name)
	assert.Equal(t, found[2], extensions["x-since"], name)
	_, err := koshelek.ParseVersion(found[2])
	assert.NoError(t, err, name)
}

func TestEverythingOfAnOperationSaysHowSureItIs(t *testing.T) {
	for path, item := range document(t).Paths.Map() {
		checkParameters(t, path, item.Parameters)
		for verb, op := range item.Operations() {
			name := verb + " " + path
			checkMarks(t, name, op.Description, op.Extensions)
			checkParameters(t, name, op.Parameters)
			if op.RequestBody != nil {
				checkMarks(t, name+" body", op.RequestBody.Value.Description, op.RequestBody.Value.Extensions)
			}
			for status, response := range op.Responses.Map() {
				checkMarks(t, name+" "+status, *response.Value.Description, response.Value.Extensions)
			}
		}
	}
}

func checkParameters(t *testing.T, name string, parameters openapi3.Parameters) {
	t.Helper()
	for _, p := range parameters {
		checkMarks(t, name+" "+p.Value.Name, p.Value.Description, p.Value.Extensions)
	}
}

func TestEveryComponentSaysHowSureItIs(t *testing.T) {
	components := document(t).Components
	for name, header := range components.Headers {
		checkMarks(t, name, header.Value.Description, header.Value.Extensions)
	}
	for name, scheme := range components.SecuritySchemes {
		checkMarks(t, name, scheme.Value.Description, scheme.Value.Extensions)
	}
	for name, schema := range components.Schemas {
		checkMarks(t, name, schema.Value.Description, schema.Value.Extensions)
		for key, property := range schema.Value.Properties {
			checkMarks(t, name+"."+key, property.Value.Description, extensions(property))
		}
	}
}

// extensions are a property's own, written beside its reference, or those of what it refers to.
func extensions(property *openapi3.SchemaRef) map[string]any {
	if len(property.Extensions) > 0 {
		return property.Extensions
	}
	return property.Value.Extensions
}

func TestNewThingsCameWithANewMethod(t *testing.T) {
	doc := document(t)
	for _, m := range koshelek.Methods() {
		op := doc.Paths.Value(m.Path).GetOperation(m.Verb)
		if op.RequestBody == nil || strings.HasPrefix(op.RequestBody.Ref, "#/components/requestBodies/") {
			continue
		}
		body := op.RequestBody.Value
		assert.Equal(t, m.Since.String(), body.Extensions["x-since"], m.OperationID)
		schema := body.Content["application/json"].Schema.Value
		for key, property := range schema.Properties {
			assert.Equal(t, m.Since.String(), extensions(property)["x-since"], m.OperationID+"."+key)
		}
	}
}
