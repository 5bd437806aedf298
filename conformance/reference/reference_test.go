package reference_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/conformance"
	"koshelek-adapter/conformance/contract"
	"koshelek-adapter/conformance/reference"
)

// TestCheckedInFilesAreInStep fails when the contract has changed and
// "make api-docs" was not run.
func TestCheckedInFilesAreInStep(t *testing.T) {
	for name, made := range map[string][]byte{"koshelek.md": reference.Markdown(), "koshelek.postman_collection.json": reference.Postman()} {
		kept, err := os.ReadFile("../../docs/api/" + name)
		require.NoError(t, err)
		assert.Equal(t, string(made), string(kept), "run make api-docs")
	}
}

// TestReferenceIsWhole looks for every method, field and rule.
func TestReferenceIsWhole(t *testing.T) {
	text := string(reference.Markdown())
	for _, m := range contract.Methods() {
		assert.Contains(t, text, "### "+m.ID+"\n")
		assert.Contains(t, text, "`"+m.Verb+" "+m.Path+"`")
		for _, f := range append(m.Query, m.Body...) {
			assert.Contains(t, text, "| `"+f.Name+"` |")
		}
	}
	for _, r := range conformance.Rules() {
		assert.Contains(t, text, "`"+r.ID+"`")
	}
	for i, block := range strings.Split(text, "```json\n")[1:] {
		example, _, _ := strings.Cut(block, "\n```")
		assert.True(t, json.Valid([]byte(example)), "example no. %d: %s", i+1, example)
	}
}

// TestPostmanHasEveryMethod reads the collection as Postman would.
func TestPostmanHasEveryMethod(t *testing.T) {
	var c struct {
		Info struct{ Schema string }
		Item []struct {
			Item []struct {
				Name    string
				Request struct {
					Method string
					URL    struct{ Raw string }
					Body   *struct{ Raw string }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(reference.Postman(), &c))
	assert.Contains(t, c.Info.Schema, "v2.1.0")
	seen := map[string]bool{}
	for _, folder := range c.Item {
		for _, item := range folder.Item {
			path, _, _ := strings.Cut(strings.TrimPrefix(item.Request.URL.Raw, "{{baseUrl}}"), "?")
			seen[item.Request.Method+" "+strings.ReplaceAll(path, ":cardNumber", "{cardNumber}")] = true
			if item.Request.Body != nil {
				assert.True(t, json.Valid([]byte(item.Request.Body.Raw)), item.Name)
			}
		}
	}
	for _, m := range contract.Methods() {
		assert.True(t, seen[m.Verb+" "+m.Path], m.ID)
	}
	assert.Len(t, seen, len(contract.Methods()))
}
