package har

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Limits of what is read.
const (
	MaxFile    = 512 << 20
	MaxEntries = 200_000
	MaxBody    = 16 << 20
)

// Errors of files that cannot be judged.
var (
	ErrNotHAR   = errors.New("this is no HAR file: there is no log with entries in it")
	ErrTooLarge = errors.New("the file is too large")
)

// Read reads an archive and gives its entries one after the other. It ends with
// the first error, be it the file's or visit's own.
func Read(r io.Reader, visit func(Entry) error) error { return readWithin(r, MaxFile, visit) }

func readWithin(r io.Reader, limit int64, visit func(Entry) error) error {
	limited := &io.LimitedReader{R: r, N: limit + 1}
	buffered := bufio.NewReader(limited)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = buffered.Discard(3) // they are there
	}
	a := &archive{decoder: json.NewDecoder(buffered), visit: visit}
	a.decoder.UseNumber()
	err := a.read()
	switch {
	case limited.N <= 0:
		return fmt.Errorf("%w: more than %d MiB", ErrTooLarge, limit>>20)
	case err != nil:
		return err
	case !a.found:
		return ErrNotHAR
	}
	return nil
}

// archive walks through the file's JSON and keeps one entry at a time.
type archive struct {
	decoder *json.Decoder
	visit   func(Entry) error
	found   bool
	entries int
}

// read reads the outermost object, in which the log may also stand by itself.
func (a *archive) read() error {
	token, err := a.decoder.Token()
	if err != nil {
		return a.bad(err)
	}
	if token != json.Delim('{') {
		return ErrNotHAR
	}
	return a.object(true)
}

// object reads the rest of an object. Only the outermost one may hold a log.
func (a *archive) object(outermost bool) error {
	for a.decoder.More() {
		key, err := a.decoder.Token()
		if err != nil {
			return a.bad(err)
		}
		value, err := a.decoder.Token()
		if err != nil {
			return a.bad(err)
		}
		switch {
		case key == "log" && outermost && value == json.Delim('{'):
			err = a.object(false)
		case key == "entries" && value == json.Delim('['):
			err = a.list()
		default:
			err = a.skip(value)
		}
		if err != nil {
			return err
		}
	}
	_, err := a.decoder.Token()
	return a.bad(err)
}

// skip passes over the rest of a value, token by token, so that it is never in
// memory as a whole.
func (a *archive) skip(first json.Token) error {
	depth := 0
	for token := first; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if token, err = a.decoder.Token(); err != nil {
			return a.bad(err)
		}
	}
}

func (a *archive) list() error {
	a.found = true
	for a.decoder.More() {
		if a.entries++; a.entries > MaxEntries {
			return fmt.Errorf("%w: more than %d entries", ErrTooLarge, MaxEntries)
		}
		var raw map[string]any
		if err := a.decoder.Decode(&raw); err != nil {
			return a.badEntry(err)
		}
		if err := a.visit(newEntry(a.entries, raw)); err != nil {
			return err
		}
	}
	_, err := a.decoder.Token()
	return a.bad(err)
}

// bad explains an error of the file without quoting it.
func (a *archive) bad(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the file breaks off at byte %d", a.decoder.InputOffset())
	}
	if _, bad := errors.AsType[*json.SyntaxError](err); bad {
		return fmt.Errorf("the file is not JSON: see byte %d", a.decoder.InputOffset())
	}
	return err
}

func (a *archive) badEntry(err error) error {
	if _, bad := errors.AsType[*json.UnmarshalTypeError](err); bad {
		return fmt.Errorf("entry %d is not an object", a.entries)
	}
	return fmt.Errorf("entry %d: %w", a.entries, a.bad(err))
}
