// Command generate writes what is known of the contract's methods as Go: their table
// for servers, and for the conformance suite what they ask for and answer with. The
// one source is openapi.yaml. It is run by go generate in schema/koshelek.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
)

func main() {
	root := filepath.Join("..", "..") // go generate runs in the folder of schema/koshelek
	files, err := generate(root)
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, name), text, 0o644); err != nil { //nolint:gosec // source code
			log.Fatal(err)
		}
	}
}

// generate makes the files by their names below the root of the module.
func generate(root string) (map[string][]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "schema", "koshelek", "openapi.yaml"))
	if err != nil {
		return nil, err
	}
	doc, err := parse(text)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, write := range map[string]func(*bytes.Buffer, *document){
		filepath.Join("schema", "koshelek", "methods.gen.go"):      writeServers,
		filepath.Join("conformance", "contract", "methods.gen.go"): writeSuites,
	} {
		var out bytes.Buffer
		out.WriteString("// Code generated from schema/koshelek/openapi.yaml by go generate. DO NOT EDIT.\n\n")
		write(&out, doc)
		if files[name], err = format.Source(out.Bytes()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}
