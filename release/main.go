// Command release builds what people without Go download: archives of conform and
// of the server for Linux, macOS and Windows, a bill of materials for each, and
// checksums of all. The same source and the same Go give the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	out := flag.String("out", "dist/release", "folder that the files go to; it is emptied first")
	only := flag.String("only", "", "build this platform alone, such as linux/amd64")
	flag.Parse()
	if err := release(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// platforms are those that every program is built for, as GOOS/GOARCH.
var platforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}

func release(out, only string) error {
	chosen := platforms
	if only != "" {
		if !slices.Contains(platforms, only) {
			return fmt.Errorf("%q is none of %s", only, strings.Join(platforms, ", "))
		}
		chosen = []string{only}
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, platform := range chosen {
		for _, p := range programs {
			if err := p.release(out, platform); err != nil {
				return fmt.Errorf("%s for %s: %w", p.name, platform, err)
			}
		}
	}
	return writeSums(out)
}
