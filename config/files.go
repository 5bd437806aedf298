package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// largestFile is the most that a file of a setting may hold, in bytes. Secrets are short; more is a wrong path.
const largestFile = 64 << 10

// readFiles reads the files that X_FILE variables name.
func (l *loader) readFiles() {
	for _, f := range l.known {
		path, set := l.vars[f.fileName()]
		if !set || !f.hasFile() {
			continue
		}
		delete(l.vars, f.fileName())
		if _, both := l.vars[f.name]; both {
			l.fault(f.name, f.fileName(), "set together with "+f.name+"; one of the two is allowed")
			continue
		}
		content, wrong := readSetting(path)
		if wrong != "" {
			l.fault(f.name, f.fileName(), wrong)
			continue
		}
		l.contents[f.name] = content
	}
}

// readSetting returns the content of the file without a byte order mark and without line ends at its end, or what is wrong with the file. The message leaves the path
// out: people put the secret itself there.
func readSetting(path string) (content, wrong string) {
	const allowed = "; a readable file of 1 byte to 64 KiB is allowed"
	file, err := os.Open(path)
	if err != nil {
		return "", "the file cannot be opened: " + reason(err) + allowed
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, largestFile+1))
	if err != nil {
		return "", "the file cannot be read: " + reason(err) + allowed
	}
	if len(data) > largestFile {
		return "", "the file is too large" + allowed
	}
	text := string(data)
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return "", "the file is in UTF-16, as some editors of Windows write it; save it as UTF-8" + allowed
	}
	// Editors begin a file with a byte order mark and end it with a line end, none of which anybody means.
	content = strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r\n")
	if content == "" {
		return "", "the file is empty" + allowed
	}
	return content, ""
}

// reason is the error without the path.
func reason(err error) string {
	var in *fs.PathError
	if errors.As(err, &in) {
		return in.Err.Error()
	}
	return err.Error()
}
