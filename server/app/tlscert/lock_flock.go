//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package tlscert

import (
	"errors"
	"os"
	"syscall"
)

// lock waits until no other process or goroutine holds the lock of this file. The system frees it when its holder dies, which a file that
// merely exists cannot do. The file stays: removing it would let two processes lock two different files of one name.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return func() { _ = file.Close() }, nil
}
