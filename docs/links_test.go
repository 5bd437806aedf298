package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinksLead follows every link to a file of this repository, and to a heading
// in it.
func TestLinksLead(t *testing.T) {
	followed := 0
	for _, d := range documents(t) {
		for _, match := range link.FindAllStringSubmatch(d.text, -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			followed++
			file, anchor, _ := strings.Cut(match[1], "#")
			target := filepath.Join(root, filepath.Dir(d.name), file)
			if file == "" {
				target = filepath.Join(root, d.name)
			}
			if _, err := os.Stat(target); !assert.NoError(t, err, "%s links to %s", d.name, match[1]) || anchor == "" {
				continue
			}
			text, err := os.ReadFile(target)
			require.NoError(t, err)
			assert.Contains(t, anchors(string(text)), anchor, "%s links to %s, where no such heading is", d.name, match[1])
		}
	}
	assert.Greater(t, followed, 50, "the links were not found")
}

// anchors are the names of a page's headings, as GitHub makes them.
func anchors(text string) (names []string) {
	block := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			block = !block
		}
		title := strings.TrimLeft(line, "#")
		if block || title == line || !strings.HasPrefix(title, " ") {
			continue
		}
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title)))
	}
	return names
}
