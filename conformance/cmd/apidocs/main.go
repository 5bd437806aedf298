// Command apidocs writes the API's reference and its Postman collection from the
// contract's data into a folder.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"koshelek-adapter/conformance/reference"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: apidocs FOLDER")
	}
	for name, text := range map[string][]byte{"koshelek.md": reference.Markdown(), "koshelek.postman_collection.json": reference.Postman()} {
		if err := os.WriteFile(filepath.Join(args[0], name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
