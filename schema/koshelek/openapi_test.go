package koshelek_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/schema/koshelek"
)

// document loads the OpenAPI document.
func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(koshelek.OpenAPI())
	require.NoError(t, err)
	return doc
}

func TestDocumentIsValid(t *testing.T) {
	doc := document(t)
	require.NoError(t, doc.Validate(context.Background()))
	assert.Equal(t, "3.1.0", doc.OpenAPI)
	assert.Equal(t, koshelek.V130.String(), doc.Info.Version)
	assert.Contains(t, doc.Security[0], "basic")
}

func TestDocumentHasTheMethodsAndNoOthers(t *testing.T) {
	doc := document(t)
	inTable := map[string]string{}
	for _, m := range koshelek.Methods() {
		inTable[m.Verb+" "+m.Path] = row(m.OperationID, m.Mark, m.Since.String())
		for _, verb := range m.AlsoVerbs {
			assert.Equal(t, "PUT", verb)
			inTable[verb+" "+m.Path] = row(m.OperationID+"Put", koshelek.MarkInferred, m.Since.String())
		}
	}
	inDocument := map[string]string{}
	for path, item := range doc.Paths.Map() {
		for verb, op := range item.Operations() {
			inDocument[verb+" "+path] = row(op.OperationID, op.Extensions["x-mark"], op.Extensions["x-since"])
		}
	}
	assert.Equal(t, inTable, inDocument)
}

func row(id string, mark, since any) string { return fmt.Sprint(id, " ", mark, " ", since) }

func TestEveryOperationAnswersTheThreeStatuses(t *testing.T) {
	doc := document(t)
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			statuses := slices.Sorted(maps.Keys(op.Responses.Map()))
			assert.Equal(t, []string{"200", "401", "422"}, statuses, op.OperationID)
			assert.Nil(t, op.Security, "%s: authentication is for all", op.OperationID)
			for status, response := range op.Responses.Map() {
				checkResponse(t, op.OperationID+" "+status, response.Value)
			}
		}
	}
}

// checkResponse wants either a body of the one media type or the word that there is none.
func checkResponse(t *testing.T, name string, response *openapi3.Response) {
	t.Helper()
	assert.Contains(t, response.Headers, "X-Request-Id", name)
	if response.Extensions["x-empty-body"] == "always" {
		assert.Empty(t, response.Content, name)
		return
	}
	require.Equal(t, []string{"application/json; charset=utf-8"}, slices.Collect(maps.Keys(response.Content)), name)
	for _, content := range response.Content {
		checkAnswer(t, name, content.Schema)
	}
}

// checkAnswer wants closed objects and strings all the way down.
func checkAnswer(t *testing.T, name string, ref *openapi3.SchemaRef) {
	t.Helper()
	schema := ref.Value
	switch {
	case schema.Type.Is("array"):
		checkAnswer(t, name+"[]", schema.Items)
	case schema.Type.Is("object"):
		assert.Equal(t, false, *schema.AdditionalProperties.Has, name)
		for key, property := range schema.Properties {
			checkAnswer(t, name+"."+key, property)
		}
	case ref.Ref == "#/components/schemas/ReservedNumber": // digits may be switched to be bare
	default:
		assert.True(t, schema.Type.Is("string"), "%s is no string", name)
	}
}

func TestEnumerationsAreTheConstants(t *testing.T) {
	doc := document(t)
	schemas := doc.Components.Schemas
	assert.Equal(t, []any{koshelek.CardActive, koshelek.CardInactive}, schemas["CardState"].Value.Enum)
	assert.Equal(t, []any{
		koshelek.BarcodeEAN8, koshelek.BarcodeEAN13, koshelek.BarcodeCode128,
		koshelek.BarcodeUPCA, koshelek.BarcodeQRCode,
	}, schemas["Barcode"].Value.Properties["barcodeType"].Value.Enum)

	reserved := doc.Components.Parameters["CardNumber"].Value.Extensions["x-reserved-words"]
	assert.Equal(t, fmt.Sprint(koshelek.ReservedWords()), fmt.Sprint(reserved))

	allow := schemas["Channels"].Value.Properties["allow"].Value.Description
	for _, channel := range []string{
		koshelek.ChannelSMS, koshelek.ChannelEmail, koshelek.ChannelCall, koshelek.ChannelPush,
	} {
		assert.Contains(t, allow, channel)
	}
}
