package app_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
	"koshelek-adapter/handlers"
)

var updateTables = flag.Bool("update", false, "write the generated tables into docs/configuration.md and docs/errors.md")

// TestTablesInDocs keeps the tables of settings and of error codes in docs/ those
// of the code. With -update it writes them.
func TestTablesInDocs(t *testing.T) {
	for mark, table := range map[string]string{"config": config.Table(), "errors": handlers.CatalogueMarkdown()} {
		file := map[string]string{"config": "../../docs/configuration.md", "errors": "../../docs/errors.md"}[mark]
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		begin, end := "<!-- "+mark+":begin -->\n", "<!-- "+mark+":end -->"
		head, rest, found := strings.Cut(string(text), begin)
		require.True(t, found, begin)
		old, tail, found := strings.Cut(rest, end)
		require.True(t, found, end)
		if *updateTables {
			require.NoError(t, os.WriteFile(file, []byte(head+begin+table+end+tail), 0o644))
			continue
		}
		assert.True(t, old == table, "%s is not the code's; run: go test ./server/app -run TablesInDocs -update", file)
	}
}
