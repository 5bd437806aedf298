//go:build !linux

package mariadbtest

import "syscall"

// dieWithParent does nothing: only Linux can do it.
func dieWithParent() *syscall.SysProcAttr { return nil }
