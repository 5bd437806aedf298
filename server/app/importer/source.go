package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"koshelek-adapter/server/app/tables"
)

// source is an opened file.
type source struct {
	text io.Reader
	// workbook is in place of text what a file is that holds sheets.
	workbook *tables.Workbook
	// info is nil for standard input.
	info os.FileInfo
	// identity is "" for what cannot be continued.
	identity string
	size     int64
	read     atomic.Int64
	closers  []io.Closer
}

func (s *source) close() {
	for _, c := range s.closers {
		_ = c.Close() // it was only read
	}
}

// open opens a file or standard input.
func open(o Options) (*source, error) {
	if o.Path == "-" {
		s := &source{}
		s.text = counted{o.Stdin, &s.read}
		return s, nil
	}
	file, err := os.Open(o.Path)
	if err != nil {
		return nil, plain(err)
	}
	s := &source{closers: []io.Closer{file}}
	if err := s.begin(file, o); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// plain takes the system call's name out of an error.
func plain(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%s: %w", path.Path, path.Err)
	}
	return err
}

func (s *source) begin(file *os.File, o Options) error {
	info, err := file.Stat()
	if err != nil {
		return plain(err)
	}
	s.info = info
	if info.IsDir() {
		return fmt.Errorf("%s is a directory, not a file", o.Path)
	}
	s.text = counted{file, &s.read}
	if info.Mode().IsRegular() {
		s.size = info.Size()
		if s.identity, err = identify(file, info, o.Scope); err != nil {
			return plain(err)
		}
	}
	if !info.Mode().IsRegular() || !tables.IsZip(file) {
		return nil
	}
	if !o.Registry {
		return s.openWorkbook(file)
	}
	content, err := tables.Unzip(countedAt{file, &s.read}, info.Size())
	if err != nil {
		return err
	}
	s.closers = append(s.closers, content)
	s.text = content
	return nil
}

// openWorkbook reads all of a file, so that nothing is left to count.
func (s *source) openWorkbook(file *os.File) (err error) {
	s.text, s.size = nil, 0
	if s.workbook, err = tables.OpenWorkbook(file); err == nil {
		s.closers = append(s.closers, s.workbook)
	}
	return err
}

// identify names a file by its size, its time and the beginning of its text:
// enough to see that it is another one or was written to.
func identify(file *os.File, info os.FileInfo, scope string) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n%d\n%d\n", scope, info.Size(), info.ModTime().UnixNano())
	if _, err := io.Copy(hash, io.NewSectionReader(file, 0, 64<<10)); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// counted and countedAt count the bytes that are read.
type counted struct {
	io.Reader
	read *atomic.Int64
}

// Read implements io.Reader.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read.Add(int64(n))
	return n, err
}

type countedAt struct {
	io.ReaderAt
	read *atomic.Int64
}

// ReadAt implements io.ReaderAt.
func (c countedAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, at)
	c.read.Add(int64(n))
	return n, err
}
