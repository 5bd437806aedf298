package tables

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// headBytes is how much of a file is looked at before the first row is read.
const headBytes = 64 << 10

// plainText checks the head of a file and gives its text without a byte order
// mark. The error names an encoding that is not UTF-8.
func plainText(in io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(in, headBytes)
	head, err := buffered.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	whole := errors.Is(err, io.EOF)
	switch {
	case len(bytes.TrimSpace(head)) == 0 && whole:
		return nil, fault(1, "the file is empty; it needs a header with the names of the columns")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fault(1, "this is a ZIP archive, not a CSV file; is --format missing?")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.IndexByte(head, 0) >= 0:
		return nil, fault(1, "the file is not UTF-8 but looks like UTF-16 or a binary file; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)")
	}
	if at := badUTF8(head, whole); at >= 0 {
		return nil, notUTF8(1+bytes.Count(head[:at], []byte("\n")), head[at:])
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		if _, err = buffered.Discard(3); err != nil {
			return nil, err
		}
	}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return bufio.NewReaderSize(lineFeeds{buffered}, headBytes), nil // Excel for Mac, classic text
	}
	return buffered, nil
}

// lineFeeds ends lines with LF that end with CR alone.
type lineFeeds struct{ in io.Reader }

// Read implements io.Reader.
func (l lineFeeds) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// badUTF8 gives the place of the first byte that is not UTF-8, -1 for none. A
// character that is cut off at the end of a part is not an error.
func badUTF8(text []byte, whole bool) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			if !whole && !utf8.FullRune(text[at:]) {
				return -1
			}
			return at
		}
		at += size
	}
	return -1
}

// notUTF8 is the error of a line whose bytes are of another encoding. The
// Cyrillic letters of Windows-1251 are the bytes from 0xC0 on.
func notUTF8(line int, text []byte) error {
	if len(text) > 0 && text[0] >= 0xc0 {
		return fault(line, "the text is not UTF-8 but looks like Windows-1251; convert the file (iconv -f WINDOWS-1251 -t UTF-8)")
	}
	return fault(line, "the text is not UTF-8; save the file as UTF-8")
}
