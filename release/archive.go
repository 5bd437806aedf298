package main

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// file is a file of an archive.
type file struct {
	name    string // with slashes, without the archive's folder
	mode    fs.FileMode
	content []byte
}

// written is the time of every file in an archive, so that it does not depend on
// the day. The form of ZIP begins in 1980.
var written = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// writeArchive writes a .zip or .tar.gz, as its name says, whose files lie in one
// folder.
func writeArchive(name, folder string, files []file) error {
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	write := writeTar
	if strings.HasSuffix(name, ".zip") {
		write = writeZip
	}
	return errors.Join(write(out, folder, files), out.Close())
}

func writeTar(out io.Writer, folder string, files []file) error {
	packed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(packed)
	for _, f := range files {
		header := &tar.Header{
			Name: path.Join(folder, f.name), Mode: int64(f.mode), Size: int64(len(f.content)), ModTime: written, Format: tar.FormatUSTAR, Typeflag: tar.TypeReg,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(f.content); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), packed.Close())
}

func writeZip(out io.Writer, folder string, files []file) error {
	archive := zip.NewWriter(out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		header := &zip.FileHeader{Name: path.Join(folder, f.name), Method: zip.Deflate, Modified: written}
		header.SetMode(f.mode)
		entry, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// sumsName is the file of checksums, in the form that sha256sum reads.
const sumsName = "SHA256SUMS"

// writeSums writes the checksums of all files of a folder.
func writeSums(folder string) error {
	entries, err := os.ReadDir(folder) // sorted
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), entry.Name())
	}
	return os.WriteFile(filepath.Join(folder, sumsName), []byte(sums.String()), 0o644)
}
