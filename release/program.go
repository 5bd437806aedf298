package main

import (
	"debug/buildinfo"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"koshelek-adapter/version"
)

// program is one of the programs that are released.
type program struct {
	name, source string
	// install is the text for people who unpack the archive.
	install string
}

//go:embed install-conform.txt
var installConform string

//go:embed install-server.txt
var installServer string

var programs = []program{
	{name: "conform", source: "./conformance/cmd/conform", install: installConform},
	{name: "koshelek-adapter", source: "./server", install: installServer},
}

// documents go into every archive as they are.
var documents = []string{
	"README*.md", "CHANGELOG.md", "docs/*.md", "docs/*.yml", "docs/*.json", "docs/api/*", "docs/decisions/*", "docs/measurements/README.md", "docs/samples/*", "deploy/*",
}

// release builds a program for a platform and writes its archive and its bill of
// materials.
func (p program) release(out, platform string) error {
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }() // it lies in the folder of temporary files
	binary := filepath.Join(work, p.binary(platform))
	if err := p.build(binary, platform); err != nil {
		return err
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	files, err := p.files(binary, platform, info)
	if err != nil {
		return err
	}
	name := p.folder(platform)
	if err := writeArchive(filepath.Join(out, name+suffix(platform)), name, files); err != nil {
		return err
	}
	bill, err := billOf(p.name, info)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, name+".cdx.json"), bill, 0o644)
}

// folder is the name of the archive without its suffix, and of the folder in it.
func (p program) folder(platform string) string {
	return p.name + "-" + version.Number + "-" + strings.ReplaceAll(platform, "/", "-")
}

func (p program) binary(platform string) string {
	if strings.HasPrefix(platform, "windows/") {
		return p.name + ".exe"
	}
	return p.name
}

func suffix(platform string) string {
	if strings.HasPrefix(platform, "windows/") {
		return ".zip"
	}
	return ".tar.gz"
}

// build compiles without C, so that every platform can be built on any other,
// and with the time zones, which Windows does not have.
func (p program) build(binary, platform string) error {
	system, machine, _ := strings.Cut(platform, "/")
	compile := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "timetzdata", "-ldflags", "-s -w -buildid=", "-o", binary, p.source)
	compile.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine)
	compile.Stdout, compile.Stderr = os.Stdout, os.Stderr
	return compile.Run()
}

// files are what an archive holds, in its order.
func (p program) files(binary, platform string, info *buildinfo.BuildInfo) ([]file, error) {
	code, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	licences, err := licencesOf(info)
	if err != nil {
		return nil, err
	}
	files := []file{
		{name: p.binary(platform), mode: 0o755, content: code},
		{name: "INSTALL.txt", mode: 0o644, content: p.instructions(platform)},
		{name: "LICENCES.txt", mode: 0o644, content: licences},
	}
	for _, pattern := range documents {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			return nil, fmt.Errorf("no document is like %s", pattern)
		}
		for _, name := range names { // in order, as Glob says
			content, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			files = append(files, file{name: filepath.ToSlash(name), mode: 0o644, content: content})
		}
	}
	return files, nil
}

func (p program) instructions(platform string) []byte {
	text := strings.NewReplacer("{version}", version.Number, "{platform}", platform, "{archive}", p.folder(platform)+suffix(platform)).Replace(p.install)
	if strings.HasPrefix(platform, "windows/") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text)
}
