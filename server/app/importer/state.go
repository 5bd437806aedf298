package importer

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// StateSuffix ends the name of the file beside an imported one that says how
// far an import has come. It goes when the import is done.
const StateSuffix = ".progress"

// state is what an interrupted import leaves. It is written after the rows that
// it tells of are in the store, so it never promises too much; and what it does
// not know of is simply stored again.
type state struct {
	Identity string `json:"identity"`
	Rows     int64  `json:"rows"`
	Refused  int64  `json:"refused"`
}

// readState gives the state of an import of this very file, the zero state when
// there is none.
func readState(path, identity string) state {
	text, err := os.ReadFile(path + StateSuffix)
	var s state
	if err != nil || json.Unmarshal(text, &s) != nil || s.Identity != identity {
		return state{}
	}
	return s
}

// save replaces the state in one step. Two imports of one file may do this at
// once: whichever state stays, its rows are stored.
func (s state) save(path string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".progress-*")
	if err != nil {
		return err
	}
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Close()); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return os.Rename(draft.Name(), path+StateSuffix)
}

// forget removes the state.
func forget(path string) error {
	if err := os.Remove(path + StateSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
