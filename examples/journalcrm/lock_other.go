//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package journalcrm

import "os"

// lockFile only makes the file here: the operator has to see to it that one
// process alone has the journal open.
func lockFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
