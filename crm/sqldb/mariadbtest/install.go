package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

const installTimeout = 5 * time.Minute

// The packages hold mariadbd and what its initialisation calls, and nothing
// that would start as a service.
const (
	serverPackage = "mariadb-server-core"
	clientPackage = "mariadb-client-core"
)

// mayInstall says why the server may not be installed here, or nil.
func mayInstall(getenv func(string) string) error {
	if getenv("ADAPTER_TEST_MAY_INSTALL") == "0" {
		return errors.New("ADAPTER_TEST_MAY_INSTALL=0 forbids to install one")
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		return errors.New("only root on Debian can install one")
	}
	if _, err := os.Stat("/etc/debian_version"); err != nil {
		return errors.New("only on Debian can one be installed")
	}
	_, err := exec.LookPath("apt-get")
	return err
}

// install installs Debian's server. Several processes may call it at once: one
// of them does the work.
func install(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	w, err := openWorkspace()
	if err != nil {
		return err
	}
	unlock, err := w.lock(ctx, "install.lock")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if _, err := findBinaries(); err == nil {
		return nil // another process did it while this one waited
	}
	// Not fatal by itself: the lists on the machine may be good enough.
	listErr := aptGet("update")
	if err := aptGet("install", "-y", "--no-install-recommends", serverPackage, clientPackage); err != nil {
		return fmt.Errorf("install MariaDB: %w", errors.Join(err, listErr))
	}
	return nil
}

// aptGet is not bound to a context: to kill a half-done installation would
// leave the machine's package database broken.
func aptGet(args ...string) error {
	// Another apt-get of the machine may be at work.
	cmd := exec.Command("apt-get", append([]string{"-q", "-o", "DPkg::Lock::Timeout=300"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	return run(cmd)
}
