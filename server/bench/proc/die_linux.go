package proc

import "syscall"

// dieWithParent lets the kernel end a child whose parent has been killed.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
