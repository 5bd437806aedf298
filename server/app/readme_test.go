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

var updateReadme = flag.Bool("update", false, "write the generated tables into README.md")

// TestReadmeTables keeps the tables of README.md those of the code. With
// -update it writes them.
func TestReadmeTables(t *testing.T) {
	const file = "../../README.md"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	readme := string(text)
	for mark, table := range map[string]string{"config": config.Table(), "errors": handlers.CatalogueMarkdown()} {
		begin, end := "<!-- "+mark+":begin -->\n", "<!-- "+mark+":end -->"
		head, rest, found := strings.Cut(readme, begin)
		require.True(t, found, begin)
		old, tail, found := strings.Cut(rest, end)
		require.True(t, found, end)
		if *updateReadme {
			readme = head + begin + table + end + tail
			continue
		}
		assert.True(t, old == table, "README's table %q is not the code's; run: go test ./server/app -run ReadmeTables -update", mark)
	}
	if *updateReadme {
		require.NoError(t, os.WriteFile(file, []byte(readme), 0o644))
	}
}
