// Package docs_test keeps the documents true: the paths, commands, settings and
// links that they name must exist.
package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root is the folder of the module, seen from this package.
const root = ".."

// document is a Markdown file. Dated pages are not among them: they tell of the
// tree as it was.
type document struct {
	name string // below root
	text string
	// code is what stands in code spans and blocks, a line each.
	code []string
}

func documents(t *testing.T) (list []document) {
	t.Helper()
	for _, pattern := range []string{"README*.md", "docs/*.md", "docs/*/README.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			name, err := filepath.Rel(root, file)
			require.NoError(t, err)
			list = append(list, document{name: filepath.ToSlash(name), text: string(text), code: codeOf(string(text))})
		}
	}
	return list
}

var span = regexp.MustCompile("`([^`]+)`")

// codeOf joins lines of a block that end with a backslash.
func codeOf(text string) (code []string) {
	block, joined := false, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			block = !block
		case block || strings.HasPrefix(line, "    "):
			if begin, more := strings.CutSuffix(line, `\`); more {
				joined += begin
				continue
			}
			code = append(code, joined+line)
			joined = ""
		default:
			for _, match := range span.FindAllStringSubmatch(line, -1) {
				// A table escapes the bars of alternatives.
				code = append(code, strings.ReplaceAll(match[1], `\|`, "|"))
			}
		}
	}
	return code
}

// TestReadmeIsShort: what a newcomer needs, and where the rest stands.
func TestReadmeIsShort(t *testing.T) {
	for _, name := range []string{"README.md", "README.ru.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Less(t, utf8.RuneCount(text), 12<<10, name)
	}
}

// TestTranslationsAreBothThere: a page that has a translation names it, and the
// other way round.
func TestTranslationsAreBothThere(t *testing.T) {
	for _, d := range documents(t) {
		if original, russian := strings.CutSuffix(d.name, ".ru.md"); russian {
			assert.Contains(t, d.text, "]("+filepath.Base(original)+".md", d.name)
			text, err := os.ReadFile(filepath.Join(root, original+".md"))
			require.NoError(t, err)
			assert.Contains(t, string(text), "]("+filepath.Base(d.name)+")", original+".md")
		}
	}
}

var (
	pathName = regexp.MustCompile(`(?:^|[\s("'=|])(?:\./)?((?:server|config|handlers|crm|schema|conformance|docs|examples|scripts|release|version|deploy|\.ci)/[\w./*-]*)`)
	// source is a file's name without a folder.
	source = regexp.MustCompile(`(?:^|[\s("'])([\w-]+\.go)\b`)
)

// TestPathsExist looks up every path that a document names in code.
func TestPathsExist(t *testing.T) {
	sources := map[string]bool{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			sources[entry.Name()] = true
		}
		return err
	}))
	named := 0
	for _, d := range documents(t) {
		for _, line := range d.code {
			for _, match := range pathName.FindAllStringSubmatch(line, -1) {
				named++
				assert.True(t, exists(match[1]), "%s names %s, which does not exist", d.name, match[1])
			}
			for _, match := range source.FindAllStringSubmatch(line, -1) {
				named++
				assert.True(t, sources[match[1]], "%s names %s, which does not exist", d.name, match[1])
			}
		}
	}
	assert.Greater(t, named, 50, "the paths in the documents were not found")
}

// exists takes patterns, of packages (./crm/...) and of files; NAME stands for
// what a reader adds.
func exists(name string) bool {
	name = strings.ReplaceAll(name, "NAME", "*")
	name = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(name, "."), "/..."), "./")
	files, err := filepath.Glob(filepath.Join(root, name))
	return err == nil && len(files) > 0
}

var (
	target    = regexp.MustCompile(`(?:^|[\s$&])make ([a-z][a-z-]*)`)
	makeRules = regexp.MustCompile(`(?m)^([a-z][a-z-]*):`)
)

// TestMakeTargetsExist looks up every target of make.
func TestMakeTargetsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	rules := map[string]bool{}
	for _, match := range makeRules.FindAllStringSubmatch(string(makefile), -1) {
		rules[match[1]] = true
	}
	named := 0
	for _, d := range documents(t) {
		for _, line := range d.code {
			for _, match := range target.FindAllStringSubmatch(line, -1) {
				named++
				assert.True(t, rules[match[1]], "%s names make %s, which the Makefile has not", d.name, match[1])
			}
		}
	}
	assert.Greater(t, named, 10, "the targets in the documents were not found")
}
