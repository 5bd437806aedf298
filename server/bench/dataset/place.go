package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// format changes when the rows of the dataset do: older stores are then filled anew.
const format = 2

// note is written last into the folder of a filled store.
type note struct {
	Format int
	Engine string
	Cards  int
}

const noteName = "dataset.json"

// fits reports whether a folder holds a store like this one.
func (n note) fits(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, noteName))
	var found note
	return err == nil && json.Unmarshal(text, &found) == nil && found == n
}

func (n note) write(dir string) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, noteName), text, 0o600)
}

func (n note) name() string { return fmt.Sprintf("%s-%d", n.Engine, n.Cards) }

// emptied makes a folder that exists and holds nothing.
func emptied(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.MkdirAll(path, 0o700)
}

// copied is a fresh copy of a folder. The files' modes are the owner's alone,
// as databases want it.
func copied(from, to string) error {
	if err := emptied(to); err != nil {
		return err
	}
	return fs.WalkDir(os.DirFS(from), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o700)
		case !entry.Type().IsRegular():
			return nil // a socket that a server left behind
		}
		return copyFile(filepath.Join(from, path), filepath.Join(to, path))
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(in)
	return errors.Join(err, out.Close())
}
