package journalcrm

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// snapshotMethod is the method of a line that holds a whole state.
const snapshotMethod = "snapshot"

// entry is one line of the journal: a call that changed something.
type entry struct {
	Method  string          `json:"method"`
	Request json.RawMessage `json:"request"`
}

// journal is an append-only file of entries.
type journal struct {
	path string
	lock *os.File
	file *os.File
}

// openJournal locks the file, replays it, and cuts off what a crash left of a
// last line: that call was never answered.
func openJournal(path string, replay func(entry) error) (_ *journal, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	j := &journal{path: path}
	if j.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, err
	}
	if err = j.open(); err == nil {
		err = j.load(replay)
	}
	if err != nil {
		return nil, errors.Join(err, j.close())
	}
	return j, nil
}

// open opens the file for appending; only its owner may read personal data.
func (j *journal) open() (err error) {
	if j.file, err = os.OpenFile(j.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return err
	}
	return syncDir(j.path) // a new file must not vanish with a crash either
}

func (j *journal) load(replay func(entry) error) error {
	lines := bufio.NewReader(j.file)
	for good, number := int64(0), 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return j.cut(good)
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			if _, more := lines.Peek(1); more == io.EOF {
				return j.cut(good)
			}
			return fmt.Errorf("line %d is damaged: %w", number, err)
		}
		if err := replay(e); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		good += int64(len(line))
	}
}

func (j *journal) cut(size int64) error {
	return errors.Join(j.file.Truncate(size), j.file.Sync())
}

// append writes one entry and returns when the disk has it.
func (j *journal) append(e entry) error { return writeEntry(j.file, e) }

// rewrite replaces all lines by one that holds the whole state. Either the old
// file or the new one is there after a crash, whole.
func (j *journal) rewrite(s *state) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	next, err := os.OpenFile(j.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = writeEntry(next, entry{Method: snapshotMethod, Request: raw})
	if err = errors.Join(err, next.Close(), j.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(next.Name(), j.path); err != nil {
		return err
	}
	return j.open()
}

func (j *journal) close() error {
	var fileErr error
	if j.file != nil {
		fileErr = j.file.Close()
	}
	return errors.Join(fileErr, j.lock.Close()) // closing lets go of the lock
}

func writeEntry(file *os.File, e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := file.Write(append(line, '\n')); err != nil {
		return err
	}
	return file.Sync()
}

// syncDir makes the name of a file in its directory durable. Windows cannot
// flush a directory and needs not to: NTFS keeps its own journal of names.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
