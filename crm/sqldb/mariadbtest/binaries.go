package mariadbtest

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// binaries are the programs of a MariaDB installation that are called here.
type binaries struct {
	mariadbd  string
	installDB string
}

// serverFolders are searched after PATH, which seldom names them for a user
// that is not root.
var serverFolders = []string{"/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/opt/homebrew/bin", "/usr/local/bin"}

// findBinaries looks for an installed MariaDB.
func findBinaries() (binaries, error) {
	mariadbd, err := lookIn("mariadbd", serverFolders)
	if err != nil {
		return binaries{}, err
	}
	base := filepath.Dir(filepath.Dir(mariadbd))
	installDB, err := lookIn("mariadb-install-db", []string{
		filepath.Join(base, "bin"), filepath.Join(base, "scripts"),
	})
	if err != nil {
		return binaries{}, err
	}
	// The initialisation calls it; Debian keeps it in another package.
	_, err = lookIn("my_print_defaults", []string{filepath.Dir(installDB)})
	return binaries{mariadbd, installDB}, err
}

func lookIn(name string, folders []string) (string, error) {
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
