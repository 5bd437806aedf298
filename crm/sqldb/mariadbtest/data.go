package mariadbtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// runFolders begins the name of a server's folder; forgotten is the age at which
// its process has long been killed.
const (
	runFolders = "koshelek-mariadb-"
	forgotten  = 12 * time.Hour
)

// newFolder makes a folder for a server, after removing what killed processes
// have left behind. Only this user may enter it.
func newFolder() (string, error) {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), runFolders+"*"))
	if err != nil {
		return "", err
	}
	for _, path := range old {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > forgotten {
			_ = os.RemoveAll(path) // another user's stays
		}
	}
	return os.MkdirTemp("", runFolders)
}

// prepareData gives the data folder in dir, initialised unless it is already.
func prepareData(ctx context.Context, bin binaries, dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	data, building := filepath.Join(dir, "data"), filepath.Join(dir, "data.building")
	if _, err := os.Stat(data); err == nil {
		return data, nil
	}
	from, err := template(ctx, bin)
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.RemoveAll(building), os.MkdirAll(dir, 0o700), os.CopyFS(building, os.DirFS(from))); err != nil {
		return "", err
	}
	return data, errors.Join(os.Chmod(building, 0o700), os.Rename(building, data))
}

// template is a folder with initialised data, made once for each version of the
// server: to initialise takes seconds and to copy a fraction of a second.
func template(ctx context.Context, bin binaries) (string, error) {
	version, err := exec.CommandContext(ctx, bin.mariadbd, "--no-defaults", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", bin.mariadbd, err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	cache = filepath.Join(cache, "koshelek-adapter")
	path := filepath.Join(cache, fmt.Sprintf("mariadb-%.12x", sha256.Sum256([]byte(string(version)+bin.mariadbd))))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", err
	}
	building, err := os.MkdirTemp(cache, "building-")
	if err != nil {
		return "", err
	}
	// --force: a container's own host name need not resolve.
	args := append([]string{"--no-defaults", "--datadir=" + building, "--force", "--skip-test-db", logFileSize,
		"--auth-root-authentication-method=normal"}, runAs()...)
	err = run(exec.CommandContext(ctx, bin.installDB, args...))
	if err == nil {
		err = os.Rename(building, path)
	}
	if _, made := os.Stat(path); made == nil && err != nil {
		err = os.RemoveAll(building) // another process was quicker
	}
	return path, err
}

// runAs lets mariadbd run as root, which it refuses unless told.
func runAs() []string {
	if os.Getuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}
