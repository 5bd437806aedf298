package docs_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what is generated into docs/architecture.md")

const module = "koshelek-adapter"

// listed is a package, as go list tells of it.
type listed struct {
	ImportPath, Doc string
	Imports         []string
}

// TestArchitecture keeps pictures and table of docs/architecture.md those of go
// list. With -update it writes them.
func TestArchitecture(t *testing.T) {
	packages := list(t)
	arrows := arrowsBetweenRooms(packages)
	isSuite := func(room string) bool { return strings.HasPrefix(room, "conformance") }
	file := filepath.Join(root, "docs", "architecture.md")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	page := string(text)
	for mark, generated := range map[string]string{
		"server":   picture(arrows, func(room string) bool { return !isSuite(room) }),
		"suite":    picture(arrows, isSuite),
		"packages": table(packages),
	} {
		begin, end := "<!-- "+mark+":begin -->\n", "<!-- "+mark+":end -->"
		head, rest, found := strings.Cut(page, begin)
		require.True(t, found, begin)
		_, tail, found := strings.Cut(rest, end)
		require.True(t, found, end)
		page = head + begin + generated + end + tail
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
		return
	}
	assert.True(t, page == string(text), "docs/architecture.md is not what go list says; run: go test ./docs -run Architecture -update")
}

func list(t *testing.T) (packages []listed) {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Doc,Imports", "./...")
	command.Dir = root
	out, err := command.Output()
	require.NoError(t, err)
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p listed
		require.NoError(t, decoder.Decode(&p))
		if p.Doc != "" { // this package has tests alone
			packages = append(packages, p)
		}
	}
	require.NotEmpty(t, packages)
	return packages
}

// table lists the packages with the first sentence of their documentation.
func table(packages []listed) string {
	var b strings.Builder
	b.WriteString("| package | what it is |\n| --- | --- |\n")
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		doc := strings.NewReplacer("|", `\|`, "[", "", "]", "").Replace(p.Doc)
		for _, begin := range []string{"Package ", "Command ", "Program "} {
			doc = strings.TrimPrefix(doc, begin)
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, doc)
	}
	return b.String()
}

// room is where a package belongs in the pictures: two folders deep.
func room(importPath string) string {
	parts := strings.Split(strings.TrimPrefix(importPath, module+"/"), "/")
	return strings.Join(parts[:min(2, len(parts))], "/")
}

type arrows map[string]map[string]bool

func arrowsBetweenRooms(packages []listed) arrows {
	all := arrows{}
	for _, p := range packages {
		from := room(p.ImportPath)
		if all[from] == nil {
			all[from] = map[string]bool{}
		}
		for _, imported := range p.Imports {
			if to := room(imported); strings.HasPrefix(imported, module+"/") && to != from {
				all[from][to] = true
			}
		}
	}
	return all
}

// picture draws the rooms that are chosen, and those that they import, without
// the arrows that others imply.
func picture(all arrows, chosen func(room string) bool) string {
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	id := strings.NewReplacer("/", "_", "-", "_").Replace
	nodes := map[string]bool{}
	var lines []string
	for _, from := range slices.Sorted(maps.Keys(all)) {
		if !chosen(from) {
			continue
		}
		nodes[from] = true
		for _, to := range slices.Sorted(maps.Keys(all[from])) {
			if !all.implied(from, to) {
				nodes[to] = true
				lines = append(lines, fmt.Sprintf("  %s --> %s\n", id(from), id(to)))
			}
		}
	}
	for _, node := range slices.Sorted(maps.Keys(nodes)) {
		fmt.Fprintf(&b, "  %s[%s]\n", id(node), node)
	}
	b.WriteString(strings.Join(lines, ""))
	b.WriteString("```\n")
	return b.String()
}

// implied tells whether another way leads from one room to the other.
func (a arrows) implied(from, to string) bool {
	for by := range a[from] {
		if by != to && a.reaches(by, to, map[string]bool{from: true}) {
			return true
		}
	}
	return false
}

func (a arrows) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for next := range a[from] {
		if a.reaches(next, to, seen) {
			return true
		}
	}
	return false
}
