package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGeneratedCodeIsInStep fails when the document was changed and go generate was
// not run.
func TestGeneratedCodeIsInStep(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	files, err := generate(root)
	require.NoError(t, err)
	require.Len(t, files, 2)
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(have), "%s: run go generate ./schema/koshelek", name)
	}
}

// TestWhatThePropertiesSay: what is said beside a reference wins over what stands
// there, and a field is required of an answer when it is always there and never empty.
func TestWhatThePropertiesSay(t *testing.T) {
	d, err := parse([]byte(`
components: {schemas: {Day: {type: string, x-form: day, x-mark: C, pattern: '^[0-9]+$'}, Maybe: {type: string, pattern: '^[0-9]*$'}}}
beside: {$ref: '#/components/schemas/Day', x-mark: I}
maybe: {$ref: '#/components/schemas/Maybe'}
named: {type: string, minLength: 1}
many: {type: array, items: {type: string}}
leaves: {type: [array, string], items: {type: string}}
choice: {type: string, enum: [a, b]}
`))
	require.NoError(t, err)
	at := func(key string) node { return d.root.get(key) }
	assert.Equal(t, "I", d.find(at("beside"), "x-mark").text())
	assert.Equal(t, "Day", d.form(at("beside")))
	for key, filled := range map[string]bool{"beside": true, "maybe": false, "named": true, "many": true, "leaves": false, "choice": true} {
		assert.Equal(t, filled, d.filled(at(key)), key)
	}
	assert.Equal(t, "List", d.form(at("leaves")))
	assert.Equal(t, "Enum", d.form(at("choice")))
	assert.Nil(t, at("nothing").get("at", "all").Node)
}
