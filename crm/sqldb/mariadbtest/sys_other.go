//go:build !linux

package mariadbtest

import (
	"io/fs"
	"syscall"
)

// dieWithParent does nothing: only Linux can do it.
func dieWithParent() *syscall.SysProcAttr { return nil }

// mine is true: the folder for temporary files is the user's own elsewhere.
func mine(fs.FileInfo) bool { return true }
