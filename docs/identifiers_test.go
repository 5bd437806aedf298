package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var identifier = regexp.MustCompile(`(?:^|[^\w./-])([a-z]\w*)\.([A-Z]\w*)`)

// TestIdentifiersExist looks up every exported name of a package of ours that a
// document names in code, such as engine.Store.
func TestIdentifiersExist(t *testing.T) {
	names := map[string]map[string]bool{} // by the last part of the package's path
	for _, p := range list(t) {
		name := path.Base(p.ImportPath)
		if names[name] == nil {
			names[name] = map[string]bool{}
		}
		exported(t, strings.TrimPrefix(p.ImportPath, module+"/"), names[name])
	}
	named := 0
	for _, d := range documents(t) {
		for _, line := range d.code {
			for _, match := range identifier.FindAllStringSubmatch(line, -1) {
				if known := names[match[1]]; known != nil {
					named++
					assert.True(t, known[match[2]], "%s names %s.%s, which does not exist", d.name, match[1], match[2])
				}
			}
		}
	}
	assert.Greater(t, named, 5, "the names in the documents were not found")
}

// exported adds what a package in a folder exports at its top.
func exported(t *testing.T, folder string, names map[string]bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declared := range parsed.Decls {
			switch d := declared.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					names[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						names[s.Name.Name] = true
					case *ast.ValueSpec:
						for _, name := range s.Names {
							names[name.Name] = true
						}
					}
				}
			}
		}
	}
}
