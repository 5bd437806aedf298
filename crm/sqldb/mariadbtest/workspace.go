package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const runPrefix = "run-"

// workspace is the folder of this user's servers: the lock that processes
// share, templates, and one folder for each server that runs.
type workspace string

// openWorkspace makes the folder unless it exists. Only its owner may enter:
// inside, servers have an administrator without a password.
func openWorkspace() (workspace, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("koshelek-adapter-mariadb-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || !mine(info) {
		return "", fmt.Errorf("%s is not a folder of this user", dir)
	}
	return workspace(dir), os.Chmod(dir, 0o700)
}

// lock waits until no other process holds the workspace's lock called name.
func (w workspace) lock(ctx context.Context, name string) (unlock func() error, err error) {
	l := flock.New(filepath.Join(string(w), name))
	if _, err := l.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	return l.Close, nil
}

// runFolder is the folder of one server. It is locked while its process lives.
type runFolder struct {
	path string
	lock *flock.Flock
}

// newRun makes a folder for a server, after removing those of dead processes.
func (w workspace) newRun(ctx context.Context) (_ *runFolder, err error) {
	// A folder without its lock would look like a dead process's.
	unlock, err := w.lock(ctx, "lock")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := w.sweep(); err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(string(w), runPrefix)
	if err != nil {
		return nil, err
	}
	r := &runFolder{path: path, lock: flock.New(filepath.Join(path, "lock"))}
	if ok, err := r.lock.TryLock(); !ok || err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return r, nil
}

// sweep removes the folders whose process has died. The caller holds the lock.
func (w workspace) sweep() error {
	entries, err := os.ReadDir(string(w))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), runPrefix) {
			continue
		}
		if err := removeDead(filepath.Join(string(w), e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// removeDead removes a run's folder unless its process lives and locks it.
func removeDead(path string) error {
	l := flock.New(filepath.Join(path, "lock"))
	dead, err := l.TryLock()
	if errors.Is(err, os.ErrNotExist) {
		return nil // its process has just removed it
	}
	if err != nil || !dead {
		return err
	}
	return errors.Join(os.RemoveAll(path), l.Close())
}

// remove deletes the folder. Its server does not run.
func (r *runFolder) remove() error {
	return errors.Join(os.RemoveAll(r.path), r.lock.Close())
}
