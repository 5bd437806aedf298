package tables

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Limits of what a ZIP archive may unpack to. A registry packs to a tenth of its
// size or so; a file that packs a thousandfold is made to fill a disk.
const (
	MaxUnpackedBytes = 4 << 30
	maxRatio         = 200
	freeBytes        = 16 << 20 // below this no ratio is asked for
)

// Unzip opens the one CSV file of an archive of a size in bytes. Refused are an
// archive that holds nothing or several files, a name with a path, and, as soon
// as it shows, a file that unpacks to far more than it claims or may.
func Unzip(in io.ReaderAt, size int64) (io.ReadCloser, error) {
	archive, err := zip.NewReader(in, size)
	if err != nil {
		return nil, errors.New("the file is not a ZIP archive, or it is damaged")
	}
	if len(archive.File) != 1 {
		return nil, fmt.Errorf("the archive holds %d files, it must be one CSV file", len(archive.File))
	}
	file := archive.File[0]
	switch {
	case strings.ContainsAny(file.Name, `/\:`) || strings.Trim(file.Name, ".") == "":
		return nil, errors.New("the archive names its file with a path; it must be a plain name")
	case file.Flags&1 != 0:
		return nil, errors.New("the archive is encrypted")
	case file.UncompressedSize64 > MaxUnpackedBytes:
		return nil, fmt.Errorf("the archive unpacks to more than %d GiB", MaxUnpackedBytes>>30)
	}
	content, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("the archive cannot be unpacked: %w", err)
	}
	return &unpacking{ReadCloser: content, packed: size}, nil
}

// unpacking counts what comes out, since the sizes in an archive may lie.
type unpacking struct {
	io.ReadCloser
	packed, out int64
}

// Read implements io.Reader.
func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.out += int64(n)
	if u.out > MaxUnpackedBytes || u.out > freeBytes && u.out > maxRatio*u.packed {
		return 0, fmt.Errorf("the archive unpacks to more than %d times its size: this is no registry", maxRatio)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("the archive is damaged: %w", err)
	}
	return n, err
}

// ZipWriter packs one CSV file.
type ZipWriter struct {
	io.Writer
	archive *zip.Writer
}

// NewZipWriter begins an archive with one file of the name, which is without
// ".zip".
func NewZipWriter(out io.Writer, name string, at time.Time) (*ZipWriter, error) {
	archive := zip.NewWriter(out)
	file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	if err != nil {
		return nil, err
	}
	return &ZipWriter{Writer: file, archive: archive}, nil
}

// Close ends the archive; the writer below stays open.
func (z *ZipWriter) Close() error { return z.archive.Close() }
