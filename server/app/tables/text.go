package tables

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// headBytes is how much of a file is looked at before the first row is read.
const headBytes = 64 << 10

// Encodings are what a file may be in.
var Encodings = []string{encodingUTF8, encodingUTF16, encoding1251}

const (
	encodingUTF8  = "utf-8"
	encodingUTF16 = "utf-16"
	encoding1251  = "windows-1251"
)

// byteOrderMark begins a file in UTF-8 that was said to be one.
const byteOrderMark = "\xef\xbb\xbf"

// plainText gives the text of a file in UTF-8, without a byte order mark, and the
// encoding that it was in: the given one, or, for "", what the head of the file
// shows.
func plainText(in io.Reader, encoding string) (*bufio.Reader, string, error) {
	buffered := bufio.NewReaderSize(in, headBytes)
	head, err := buffered.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, "", err
	}
	whole := errors.Is(err, io.EOF)
	switch {
	case len(bytes.TrimSpace(head)) == 0 && whole:
		return nil, "", fault(1, "the file is empty; it needs a header with the names of the columns")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, "", fault(1, "this is a ZIP archive or a workbook, which cannot be read from standard input; name the file")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, "", fault(1, "this is a workbook of the old form (.xls); save it as .xlsx or CSV")
	case markup.Match(head):
		return nil, "", fault(1, "this is HTML or XML, whatever its name says; open it in a spreadsheet and save it as .xlsx or CSV")
	case bytes.HasPrefix(head, []byte(byteOrderMark)):
		encoding = encodingUTF8
	case encoding == "":
		if encoding, err = encodingOf(head, whole); err != nil {
			return nil, "", err
		}
	}
	switch encoding {
	case encodingUTF16:
		end := unicode.LittleEndian
		if utf16Like(head, 0) {
			end = unicode.BigEndian
		}
		order := unicode.UTF16(end, unicode.UseBOM)
		buffered = bufio.NewReaderSize(transform.NewReader(buffered, order.NewDecoder()), headBytes)
	case encoding1251:
		buffered = bufio.NewReaderSize(transform.NewReader(buffered, charmap.Windows1251.NewDecoder()), headBytes)
	}
	if head, err = buffered.Peek(headBytes); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, "", err
	}
	if bytes.HasPrefix(head, []byte(byteOrderMark)) {
		if _, err = buffered.Discard(3); err != nil {
			return nil, "", err
		}
	}
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		return bufio.NewReaderSize(lineFeeds{buffered}, headBytes), encoding, nil // Excel for Mac, classic text
	}
	return buffered, encoding, nil
}

// markup begins a page that programs save under the name of a workbook.
var markup = regexp.MustCompile(`(?i)^(\xef\xbb\xbf)?\s*<(!doctype|html|table|\?xml|meta|head)\b`)

// utf16Like reports whether text is UTF-16 whose units have their high bytes at a
// place, 0 or 1: those of Latin and Cyrillic letters, and nothing else, stand there.
func utf16Like(text []byte, high int) bool {
	units, fits, latin := len(text)/2, 0, 0
	for i := range units {
		switch text[2*i+high] {
		case 0x00:
			latin++
			fits++
		case 0x04, 0x20, 0x21:
			fits++
		}
	}
	return units > 0 && latin > 0 && fits == units
}

// encodingOf looks at the head of a file. UTF-16 has a byte order mark, or looks like
// it. What is no
// UTF-8 is Windows-1251 when its bytes are Cyrillic letters there and nothing before
// them is a letter in UTF-8.
func encodingOf(head []byte, whole bool) (string, error) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return encodingUTF16, nil
	case utf16Like(head, 0), utf16Like(head, 1):
		return encodingUTF16, nil
	case bytes.IndexByte(head, 0) >= 0:
		return "", fault(1, "this is a binary file, or UTF-16 without a byte order mark; save the file as UTF-8, or say --encoding utf-16")
	}
	at := badUTF8(head, whole)
	if at < 0 {
		return encodingUTF8, nil
	}
	mixed := bytes.ContainsFunc(head[:at], func(r rune) bool { return r > utf8.RuneSelf && r != '\ufeff' })
	if head[at] >= 0xc0 && !mixed {
		return encoding1251, nil
	}
	return "", notUTF8(1+bytes.Count(head[:at], []byte("\n")), head[at:])
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
		return fault(line, "the text is not UTF-8 but looks like Windows-1251; say --encoding windows-1251, or convert the file")
	}
	return fault(line, "the text is not UTF-8; save the file as UTF-8")
}
