package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"debug/buildinfo"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/version"
)

func sample() []file {
	return []file{{name: "run", mode: 0o755, content: []byte("code")}, {name: "docs/a.md", mode: 0o644, content: []byte(strings.Repeat("words ", 999))}}
}

// unpacked reads an archive as path, mode and content.
func unpacked(t *testing.T, name string) (files []file) {
	t.Helper()
	if strings.HasSuffix(name, ".zip") {
		archive, err := zip.OpenReader(name)
		require.NoError(t, err)
		defer archive.Close()
		for _, entry := range archive.File {
			content, err := fs.ReadFile(archive, entry.Name)
			require.NoError(t, err)
			assert.True(t, entry.Modified.Equal(written), entry.Modified)
			files = append(files, file{entry.Name, entry.Mode(), content})
		}
		return files
	}
	packed, err := os.Open(name)
	require.NoError(t, err)
	defer packed.Close()
	plain, err := gzip.NewReader(packed)
	require.NoError(t, err)
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		require.NoError(t, err)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		assert.True(t, header.ModTime.Equal(written), header.ModTime)
		assert.Zero(t, header.Uid+header.Gid)
		files = append(files, file{header.Name, fs.FileMode(header.Mode), content})
	}
}

func TestArchives(t *testing.T) {
	for _, suffix := range []string{".tar.gz", ".zip"} {
		first, again := filepath.Join(t.TempDir(), "a"+suffix), filepath.Join(t.TempDir(), "a"+suffix)
		require.NoError(t, writeArchive(first, "conform-1", sample()))
		require.NoError(t, writeArchive(again, "conform-1", sample()))
		want := sample()
		for i := range want {
			want[i].name = "conform-1/" + want[i].name
		}
		assert.Equal(t, want, unpacked(t, first))
		one, err := os.ReadFile(first)
		require.NoError(t, err)
		two, err := os.ReadFile(again)
		require.NoError(t, err)
		assert.Equal(t, one, two, "the same files give the same bytes")
	}
}

func TestSums(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "b"), []byte("2"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a"), nil, 0o600))
	require.NoError(t, writeSums(folder))
	text, err := os.ReadFile(filepath.Join(folder, sumsName))
	require.NoError(t, err)
	assert.Equal(t, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"+
		"d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35  b\n", string(text))
}

func TestNames(t *testing.T) {
	p := programs[0]
	assert.Equal(t, "conform-"+version.Number+"-windows-arm64", p.folder("windows/arm64"))
	assert.Equal(t, ".zip", suffix("windows/arm64"))
	assert.Equal(t, "conform.exe", p.binary("windows/arm64"))
	assert.Equal(t, ".tar.gz", suffix("linux/arm64"))
	for _, p := range programs {
		for _, platform := range platforms {
			text := string(p.instructions(platform))
			assert.Contains(t, text, p.name+" "+version.Number+" for "+platform)
			assert.NotContains(t, text, "{")
		}
	}
	assert.Error(t, release(t.TempDir(), "plan9/386"))
}

func TestFilesAndBill(t *testing.T) {
	t.Chdir("..")
	listed, err := exec.Command("go", "list", "-m", "-json", "github.com/stretchr/testify").Output()
	require.NoError(t, err)
	var module debug.Module
	require.NoError(t, json.Unmarshal(listed, &module))
	info := &buildinfo.BuildInfo{GoVersion: "go1.26.8 X:fake", Deps: []*debug.Module{&module}}
	self, err := os.Executable()
	require.NoError(t, err)
	text, err := billOf("conform", info)
	require.NoError(t, err)
	var read bill
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Equal(t, version.Number, read.Metadata.Component.Version)
	var names []string
	for _, c := range read.Components {
		names = append(names, c.Name)
		if c.Name == "github.com/stretchr/testify" {
			assert.Len(t, c.Hashes[0].Content, 64)
		}
	}
	assert.Equal(t, []string{"std", "github.com/stretchr/testify"}, names)
	_, err = billOf("conform", &buildinfo.BuildInfo{GoVersion: "go1", Deps: []*debug.Module{{Path: "a"}}})
	assert.Error(t, err, "what has no checksum is not released")

	files, err := programs[0].files(self, "linux/amd64", info)
	require.NoError(t, err)
	content := map[string]string{}
	for _, f := range files {
		content[f.name] = string(f.content)
	}
	assert.Contains(t, content["LICENCES.txt"], "==== Go: LICENSE")
	assert.Contains(t, content["LICENCES.txt"], "==== github.com/stretchr/testify")
	for _, name := range []string{"conform", "INSTALL.txt", "README.md", "docs/conformance.md", "docs/conformance-workflow.yml", "docs/conformance-gitlab.yml"} {
		assert.NotEmpty(t, content[name], name)
	}
	for _, name := range []string{"README.md", "README.ru.md"} {
		for _, link := range regexp.MustCompile(`\]\(([^):]+)\)`).FindAllStringSubmatch(content[name], -1) {
			assert.NotEmpty(t, content[link[1]], "%s of an archive links to %s", name, link[1])
		}
	}
}

// TestOneVersion: what cannot read the version itself, says the same.
func TestOneVersion(t *testing.T) {
	t.Chdir("..")
	for _, name := range []string{"docs/conformance-workflow.yml", "docs/conformance-gitlab.yml"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Contains(t, string(text), "CONFORM: conform-"+version.Number+"-linux-amd64\n", name)
		assert.Contains(t, string(text), "/"+version.Number+"\n", name)
	}
	made, err := exec.Command("make", "-n", "docker").Output()
	require.NoError(t, err)
	assert.Contains(t, string(made), "koshelek-adapter:"+version.Number)
}
