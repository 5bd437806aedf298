package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	"koshelek-adapter/version"
)

// bill is a bill of materials, CycloneDX 1.6. It comes from the finished program
// itself, so it names what is in it and nothing else.
type bill struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"`
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl,omitempty"`
	Hashes  []hash `json:"hashes,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// billOf lists the modules in a program, and Go's own library.
func billOf(name string, info *buildinfo.BuildInfo) ([]byte, error) {
	library := strings.TrimPrefix(strings.Fields(info.GoVersion)[0], "go")
	b := bill{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: metadata{
		Component: component{Type: "application", Ref: name, Name: name, Version: version.Number},
	}, Components: []component{{Type: "library", Ref: "std", Name: "std", Version: library, PURL: "pkg:golang/std@" + library}}}
	for _, m := range modulesOf(info) {
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(m.Sum, "h1:"))
		if err != nil || len(sum) == 0 {
			return nil, fmt.Errorf("%s has no checksum", m.Path)
		}
		purl := "pkg:golang/" + m.Path + "@" + m.Version
		b.Components = append(b.Components, component{
			Type: "library", Ref: purl, Name: m.Path, Version: m.Version, PURL: purl, Hashes: []hash{{"SHA-256", hex.EncodeToString(sum)}},
		})
	}
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}

// modulesOf are the modules in a program, without the main one, as they were built.
func modulesOf(info *buildinfo.BuildInfo) []*debug.Module {
	modules := make([]*debug.Module, len(info.Deps))
	for i, m := range info.Deps {
		if modules[i] = m; m.Replace != nil {
			modules[i] = m.Replace
		}
	}
	return modules
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright|patents)([.-].*)?$`)

// licencesOf gathers the licences of everything in a program: most of them ask
// that they go along with it.
func licencesOf(info *buildinfo.BuildInfo) ([]byte, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := addLicences(&text, "Go", strings.TrimSpace(string(root))); err != nil {
		return nil, err
	}
	for _, m := range modulesOf(info) {
		folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", m.Path).Output()
		if err != nil {
			return nil, fmt.Errorf("where is %s: %w", m.Path, err)
		}
		if err := addLicences(&text, m.Path+" "+m.Version, strings.TrimSpace(string(folder))); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// addLicences appends the licences that lie in a module's folder. One without any
// must not be released unnoticed.
func addLicences(text *bytes.Buffer, title, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !licenceName.MatchString(entry.Name()) {
			continue
		}
		content, err := fs.ReadFile(os.DirFS(folder), filepath.Base(entry.Name()))
		if err != nil {
			return err
		}
		found = true
		fmt.Fprintf(text, "==== %s: %s\n\n%s\n\n", title, entry.Name(), bytes.TrimSpace(content))
	}
	if !found {
		return fmt.Errorf("%s has no licence", title)
	}
	return nil
}
