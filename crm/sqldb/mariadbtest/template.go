package mariadbtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	adminUser    = "root"
	dataName     = "data"
	passwordName = "admin-password"
)

// accounts gives the administrator a password over TCP. root@localhost stays
// without one: it needs the socket, in a folder that only this user may enter.
const accounts = `DELETE FROM mysql.global_priv WHERE User='` + adminUser + `' AND Host<>'localhost';
FLUSH PRIVILEGES;
CREATE USER '` + adminUser + `'@'%%' IDENTIFIED BY '%s';
GRANT ALL PRIVILEGES ON *.* TO '` + adminUser + `'@'%%' WITH GRANT OPTION;
`

// prepareData puts initialised data into dir unless it has some, and returns
// the administrator's password.
func prepareData(ctx context.Context, bin binaries, dir string) (string, error) {
	password, err := os.ReadFile(filepath.Join(dir, passwordName))
	if err == nil {
		return string(password), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	w, err := openWorkspace()
	if err != nil {
		return "", err
	}
	template, err := w.template(ctx, bin)
	if err != nil {
		return "", err
	}
	return copyTemplate(template, dir)
}

// copyTemplate writes the password last: a folder that has one is complete.
func copyTemplate(template, dir string) (string, error) {
	data := filepath.Join(dir, dataName)
	if err := os.RemoveAll(data); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	// The socket will lie in it.
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", err
	}
	if err := os.CopyFS(data, os.DirFS(filepath.Join(template, dataName))); err != nil {
		return "", err
	}
	password, err := os.ReadFile(filepath.Join(template, passwordName))
	if err != nil {
		return "", err
	}
	return string(password), os.WriteFile(filepath.Join(dir, passwordName), password, 0o600)
}

// template is a folder with initialised data and the administrator's password,
// made once for each version of the server and of this code.
func (w workspace) template(ctx context.Context, bin binaries) (path string, err error) {
	key, err := templateKey(ctx, bin)
	if err != nil {
		return "", err
	}
	path = filepath.Join(string(w), "template-"+key)
	unlock, err := w.lock(ctx, "lock")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	building := path + ".building"
	if err := os.RemoveAll(building); err != nil {
		return "", err
	}
	if err := buildTemplate(ctx, bin, building); err != nil {
		return "", err
	}
	return path, os.Rename(building, path)
}

func templateKey(ctx context.Context, bin binaries) (string, error) {
	version, err := exec.CommandContext(ctx, bin.mariadbd, "--no-defaults", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", bin.mariadbd, err)
	}
	sum := sha256.Sum256([]byte(string(version) + bin.mariadbd + accounts + logFileSize))
	return fmt.Sprintf("%x", sum[:6]), nil
}

func buildTemplate(ctx context.Context, bin binaries, dir string) error {
	data := filepath.Join(dir, dataName)
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	// --force: a container's own host name need not resolve.
	args := append([]string{"--no-defaults", "--datadir=" + data, "--force",
		"--auth-root-authentication-method=normal", "--skip-test-db"}, runAs()...)
	if err := run(exec.CommandContext(ctx, bin.installDB, args...)); err != nil {
		return err
	}
	password := rand.Text()
	// The same log size as the servers': otherwise each would build a new log.
	args = append([]string{"--no-defaults", "--datadir=" + data, "--bootstrap", logFileSize}, runAs()...)
	boot := exec.CommandContext(ctx, bin.mariadbd, args...)
	boot.Stdin = strings.NewReader(fmt.Sprintf(accounts, password))
	if err := run(boot); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, passwordName), []byte(password), 0o600)
}

// run runs cmd and puts the end of what it printed into the error.
func run(cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, lastLines(out.Bytes(), 20))
	}
	return nil
}
