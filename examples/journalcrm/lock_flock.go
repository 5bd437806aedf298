//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package journalcrm

import (
	"errors"
	"os"
	"syscall"

	"koshelek-adapter/crm"
)

// lockFile keeps a second process from the same journal. The lock lies on a
// file of its own, since the journal is replaced at times; it ends with the
// process, however that ends, so ErrUnavailable: it is worth trying again.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, crm.Wrap(crm.ErrUnavailable, errors.New("another process has it open"))
	}
	return file, nil
}
