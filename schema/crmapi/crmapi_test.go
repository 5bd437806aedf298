package crmapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/schema/crmapi"
)

// bodies are the Go forms of the document's schemas.
func bodies(schema string) any {
	return map[string]any{
		"Nothing": &crmapi.Nothing{}, "Done": &crmapi.Nothing{}, "Find": &crmapi.Find{}, "Ref": &crmapi.Ref{}, "Enroll": &crmapi.Enroll{}, "Update": &crmapi.Update{},
		"Channels": &crmapi.Channels{}, "Purchases": &crmapi.Purchases{}, "Page": &crmapi.Page{}, "BookReceipt": &crmapi.BookReceipt{}, "Redeem": &crmapi.Redeem{},
		"Move": &crmapi.Move{}, "Lookup": &crmapi.Lookup{}, "About": &crmapi.About{}, "Members": &crmapi.Members{}, "OneMember": &crmapi.OneMember{},
		"Balance": &crmapi.Balance{}, "PurchaseLines": &crmapi.PurchaseLines{}, "OpenOffers": &crmapi.OpenOffers{}, "Applied": &crmapi.Applied{}, "Found": &crmapi.Found{},
	}[schema]
}

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(crmapi.OpenAPI())
	require.NoError(t, err)
	require.NoError(t, doc.Validate(context.Background()))
	return doc
}

func TestTheDocumentHasTheCallsOfTheTable(t *testing.T) {
	doc := document(t)
	assert.Equal(t, "3.1.0", doc.OpenAPI)
	var paths []string
	for _, call := range crmapi.Calls() {
		path := "/v1/" + call.Name
		paths = append(paths, path)
		op := doc.Paths.Value(path).Post
		require.NotNil(t, op, path)
		assert.Equal(t, call.Name, op.OperationID)
		assert.Equal(t, call.Mandatory, op.Extensions["x-mandatory"], path)
		assert.ElementsMatch(t, call.Refusals, op.Extensions["x-refusals"], path)
		assert.Equal(t, call.Keyed, op.Parameters.GetByInAndName("header", crmapi.HeaderKey) != nil, path)
	}
	assert.ElementsMatch(t, paths, slices.Collect(maps.Keys(doc.Paths.Map())))
}

// TestExamplesAreWhatTheySay: each example fits its schema, and the Go types read
// it without losing a field.
func TestExamplesAreWhatTheySay(t *testing.T) {
	doc := document(t)
	for path, item := range doc.Paths.Map() {
		op := item.Post
		check(t, path+" request", op.RequestBody.Value.Content["application/json"])
		check(t, path+" answer", op.Responses.Value("200").Value.Content["application/json"])
	}
}

func check(t *testing.T, name string, content *openapi3.MediaType) {
	t.Helper()
	require.NotNil(t, content.Example, name)
	require.NoError(t, content.Schema.Value.VisitJSON(content.Example), name)
	schema := content.Schema.Ref[len("#/components/schemas/"):]
	body := bodies(schema)
	require.NotNil(t, body, schema)
	text, err := json.Marshal(content.Example)
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(body), name)
	back, err := json.Marshal(body)
	require.NoError(t, err)
	var given, kept map[string]any
	require.NoError(t, json.Unmarshal(text, &given))
	require.NoError(t, json.Unmarshal(back, &kept))
	for field, value := range given {
		if value != "" && value != false {
			assert.Equal(t, value, kept[field], "%s: %s", name, field)
		}
	}
}

// TestSchemasRefuse: the examples' test could fail.
func TestSchemasRefuse(t *testing.T) {
	schemas := document(t).Components.Schemas
	for schema, text := range map[string]string{
		"Balance": `{"total":-1,"available":0}`, "Members": `{}`, "Member": `{"id":"c","card":"1","state":"gone"}`,
		"About": `{"version":1,"name":"x","offers":["magic"]}`, "Applied": `{"points":1.5}`, "Found": `{"done":"yes"}`, "Purchase": `{"day":"1.2.2026","item":"x","kopecks":1}`,
	} {
		var value any
		require.NoError(t, json.Unmarshal([]byte(text), &value))
		assert.Error(t, schemas[schema].Value.VisitJSON(value), "%s: %s", schema, text)
	}
}
