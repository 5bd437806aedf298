package contract

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/schema/koshelek"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ProfileSchema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("profile.json", doc))
	schema, err := compiler.Compile("profile.json")
	require.NoError(t, err)
	return schema
}

// accepts says what schema and parser think of a profile file.
func accepts(t *testing.T, schema *jsonschema.Schema, text string) (bySchema, byParser bool) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err, text)
	_, parsed := ParseProfile([]byte(text), func(rule string) bool { return rule == "find.or" || rule == "holder.two-codes" || rule == "promo.once" })
	return schema.Validate(value) == nil, parsed == nil
}

// TestSchemaIsPublished keeps the copy in docs in step.
func TestSchemaIsPublished(t *testing.T) {
	published, err := os.ReadFile("../../docs/conformance-profile.schema.json")
	require.NoError(t, err)
	assert.Equal(t, ProfileSchema(), string(published), "run: go run ./conformance/cmd/conform profile --schema >docs/conformance-profile.schema.json")
}

// TestSchemaHasEveryField holds the schema to the type that profiles are read
// into, and to the contract's names.
func TestSchemaHasEveryField(t *testing.T) {
	var schema map[string]any
	require.NoError(t, json.Unmarshal([]byte(ProfileSchema()), &schema))
	compare(t, "profile", schema, reflect.TypeFor[profileFile]())

	properties := func(field string) []string {
		return slices.Sorted(maps.Keys(schema["properties"].(map[string]any)[field].(map[string]any)["properties"].(map[string]any)))
	}
	places := FieldPlaces()
	slices.Sort(places)
	assert.Equal(t, places, properties("fields"))
	for _, m := range Methods() {
		all := append([]string{m.Verb}, m.AlsoVerbs...)
		verbs := schema["properties"].(map[string]any)["verbs"].(map[string]any)["properties"].(map[string]any)[m.ID].(map[string]any)["enum"]
		assert.ElementsMatch(t, all, verbs, m.ID)
		off := schema["properties"].(map[string]any)["off"].(map[string]any)["items"].(map[string]any)["enum"].([]any)
		assert.Equal(t, m.Optional, slices.Contains(off, any(m.ID)), m.ID)
	}
}

func compare(t *testing.T, place string, schema map[string]any, of reflect.Type) {
	t.Helper()
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() == reflect.Slice {
		compare(t, place+"[]", schema["items"].(map[string]any), of.Elem())
		return
	}
	if of.Kind() != reflect.Struct {
		return
	}
	properties := schema["properties"].(map[string]any)
	assert.Equal(t, false, schema["additionalProperties"], place)
	var names []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
		if member, said := properties[name].(map[string]any); said {
			compare(t, place+"."+name, member, of.Field(i).Type)
		}
	}
	assert.ElementsMatch(t, names, slices.Collect(maps.Keys(properties)), place)
}

// TestSchemaAndParserAgree: what one refuses, the other refuses too.
func TestSchemaAndParserAgree(t *testing.T) {
	schema := compiled(t)
	for _, good := range []string{
		`{}`, ExampleProfile(), string(DefaultProfile(koshelek.V100).Encode()), `{"extraFields": []}`, `{"channelValues": {"deny": ""}}`,
		`{"deviations": [{"rule": "find.or", "reason": "z", "until": "2027-02-28", "lasting": false}]}`, `{"answerLimit": "1m30s", "settle": "0s"}`,
		`{"extraFields": ["card", "card.tier.steps[].name", "error.trace", "meta.page"]}`, `{"fields": {"card": "loyaltyCard", "card.barcode.barcodeType": "type"}}`,
	} {
		bySchema, byParser := accepts(t, schema, good)
		assert.True(t, bySchema, "the schema refuses %s", good)
		assert.True(t, byParser, "the parser refuses %s", good)
	}
	for _, bad := range []string{
		`[]`, `null`, `{"colour": 1}`, `{"Version": "1.0.0"}`, `{"version": "2.0.0"}`, `{"version": 1.3}`, `{"name": null}`, `{"off": "listUsers"}`,
		`{"off": ["findCard"]}`, `{"off": ["nothing"]}`, `{"verbs": {"updateUser": "DELETE"}}`, `{"verbs": {"nothing": "GET"}}`, `{"reserveForm": "number"}`,
		`{"offersPath": "a/b"}`, `{"offersPath": "purchases"}`, `{"promoFields": {"card": "x"}}`, `{"promoFields": {"code": ""}}`, `{"unauthorizedStatus": 403}`,
		`{"unauthorizedStatus": "401"}`, `{"semicolon": true}`, `{"blocked": "hidden"}`, `{"email": "maybe"}`, `{"channelParams": {"fax": "x"}}`, `{"channelValues": {"maybe": "x"}}`,
		`{"channelValues": {"allow": true}}`, `{"fields": {"card.colour": "x"}}`, `{"fields": {"card.cardState": ""}}`, `{"fields": {"card.cardState": "a b"}}`,
		`{"fields": {"card.cardState": "a.b"}}`, `{"extraFields": [""]}`, `{"extraFields": ["card."]}`, `{"extraFields": ["listUsers[].x"]}`,
		`{"extraFields": [1]}`, `{"connections": "open"}`, `{"answerLimit": "soon"}`, `{"answerLimit": "0s"}`, `{"answerLimit": 5}`, `{"settle": "-1s"}`,
		`{"deviations": [{"rule": "find.or", "reason": "z"}]}`, `{"deviations": [{"rule": "find.or", "reason": " ", "lasting": true}]}`,
		`{"deviations": [{"rule": "find.or", "reason": "z", "until": "2027-01-31", "lasting": true}]}`, `{"deviations": [{"rule": "find.or", "reason": "z", "until": "2027-02-31"}]}`,
		`{"deviations": [{"rule": "find.or", "reason": "z", "lasting": false}]}`, `{"deviations": [{"reason": "z", "lasting": true}]}`,
		`{"data": {"cards": 1}}`, `{"data": {"card": {"phone": "79216668899"}}}`, `{"data": {"card": {"cardNumber": "1", "phone": "+79216668899"}}}`,
		`{"data": {"blocked": {"cardNumber": "1"}}}`, `{"data": {"pool": [""]}}`, `{"data": {"pool": [1]}}`, `{"data": {"limitedCodes": ["a"], "codeUses": 1}}`,
		`{"data": {"limitedCodes": ["a", "b", "c"]}}`, `{"data": {"limitedCodes": ["a", "b", "c"], "codeUses": 30}}`, `{"data": {"personalOffer": {"cardNumber": "1"}}}`,
		`{"data": {"card": null}}`, `{"data": {"card": {"cardNumber": "1", "phone": "79216668899", "name": "x"}}}`,
	} {
		bySchema, byParser := accepts(t, schema, bad)
		assert.False(t, bySchema, "the schema takes %s", bad)
		assert.False(t, byParser, "the parser takes %s", bad)
	}
}
