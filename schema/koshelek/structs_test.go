package koshelek_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/schema/koshelek"
)

// requests and answers name the schema of every struct. CardDetails is the card
// with its points and Card the one without, which is the same struct.
var (
	requests = map[string]any{
		"User": koshelek.User{}, "Channels": koshelek.Channels{},
		"QRCode": koshelek.QRCode{}, "PromoCode": koshelek.PromoCode{},
	}
	answers = map[string]any{
		"CardAnswer": koshelek.CardAnswer{}, "CardDetailsAnswer": koshelek.CardAnswer{},
		"CardDetails": koshelek.Card{}, "Barcode": koshelek.Barcode{},
		"Bonus": koshelek.Bonus{}, "BonusLot": koshelek.BonusLot{},
		"Purchase": koshelek.Purchase{}, "Offer": koshelek.Offer{},
		"UserParams": koshelek.UserParams{}, "Param": koshelek.Param{},
		"Error": koshelek.Error{},
	}
)

// jsonFields are the names of a struct's fields on the wire, and those that are
// always there.
func jsonFields(structure any) (all, required []string) {
	for field := range reflect.TypeOf(structure).Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, name)
		if option != "omitempty" {
			required = append(required, name)
		}
	}
	slices.Sort(all)
	slices.Sort(required)
	return all, required
}

func properties(schema *openapi3.Schema) []string {
	return slices.Sorted(maps.Keys(schema.Properties))
}

func TestRequestSchemasAreTheStructs(t *testing.T) {
	schemas := document(t).Components.Schemas
	for name, structure := range requests {
		schema := schemas[name].Value
		all, required := jsonFields(structure)
		assert.Equal(t, all, properties(schema), name)
		assert.Empty(t, required, "%s: a request may leave out anything", name)
		assert.Empty(t, schema.Required, name)
		assert.Nil(t, schema.AdditionalProperties.Has, "%s: unknown keys are ignored", name)
		for key, property := range schema.Properties {
			assert.Contains(t, []string{"#/components/schemas/Leaf", "#/components/schemas/Leaves"}, property.Ref, key)
		}
	}
}

func TestAnswerSchemasAreTheStructs(t *testing.T) {
	schemas := document(t).Components.Schemas
	for name, structure := range answers {
		schema := schemas[name].Value
		all, required := jsonFields(structure)
		assert.Equal(t, all, properties(schema), name)
		assert.Equal(t, required, slices.Sorted(slices.Values(schema.Required)), name)
	}
}

func TestCardOutsideGetCardHasNoPoints(t *testing.T) {
	schemas := document(t).Components.Schemas
	card, details := schemas["Card"].Value, schemas["CardDetails"].Value
	assert.Equal(t, append(properties(card), "bonus"), byBonusLast(properties(details)))
	assert.Equal(t, card.Required, details.Required)
}

// byBonusLast moves "bonus" to the end of a list that holds it.
func byBonusLast(names []string) []string {
	i := slices.Index(names, "bonus")
	return append(slices.Delete(slices.Clone(names), i, i+1), "bonus")
}

func TestNoObjectOfTheDocumentLacksAStruct(t *testing.T) {
	for name, schema := range document(t).Components.Schemas {
		if !schema.Value.Type.Is("object") || name == "Card" {
			continue
		}
		_, isRequest := requests[name]
		_, isAnswer := answers[name]
		assert.True(t, isRequest || isAnswer, name)
	}
}

func TestLeavesOfAnswersAreStrings(t *testing.T) {
	for name, structure := range answers {
		checkLeaves(t, name, reflect.TypeOf(structure))
	}
}

func checkLeaves(t *testing.T, name string, kind reflect.Type) {
	t.Helper()
	switch kind.Kind() {
	case reflect.Pointer, reflect.Slice:
		checkLeaves(t, name, kind.Elem())
	case reflect.Struct:
		for field := range kind.Fields() {
			checkLeaves(t, name+"."+field.Name, field.Type)
		}
	default:
		require.Equal(t, reflect.String, kind.Kind(), name)
	}
}
