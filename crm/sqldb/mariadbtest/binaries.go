package mariadbtest

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
)

// binaries are the programs of a MariaDB installation that are called here.
type binaries struct {
	mariadbd  string
	installDB string
}

// serverFolders are searched after PATH, which seldom names them for a user
// that is not root.
var serverFolders = []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/opt/homebrew/bin", "/usr/local/bin"}

// findBinaries looks for an installed MariaDB and lets scripts/need install it
// when there is none.
func findBinaries() (binaries, error) {
	bin, err := lookForBinaries()
	if err == nil {
		return bin, nil
	}
	if installErr := install(); installErr != nil {
		return bin, errors.Join(err, installErr)
	}
	return lookForBinaries()
}

func lookForBinaries() (binaries, error) {
	mariadbd, err := lookIn("mariadbd", serverFolders...)
	if err != nil {
		return binaries{}, err
	}
	base := filepath.Dir(filepath.Dir(mariadbd))
	installDB, err := lookIn("mariadb-install-db", filepath.Join(base, "bin"), filepath.Join(base, "scripts"))
	if err != nil {
		return binaries{}, err
	}
	// The initialisation calls it; Debian keeps it in another package.
	_, err = lookIn("my_print_defaults", filepath.Dir(installDB))
	return binaries{mariadbd, installDB}, err
}

func lookIn(name string, folders ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return filepath.Abs(path)
	}
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no %s in PATH or %v", name, folders)
}

// install calls the tree's own script. It is not bound to a context: a half-done
// installation would break the machine's package database.
func install() error {
	_, source, _, _ := runtime.Caller(0)
	return run(exec.Command(filepath.Join(filepath.Dir(source), "..", "..", "..", "scripts", "need"), "mariadbd"))
}

// run runs cmd and puts what it printed into the error.
func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out[max(0, len(out)-4000):])
	}
	return nil
}
