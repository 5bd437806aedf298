package mariadbtest

import "syscall"

// dieWithParent makes the kernel kill the child when the thread that forked it
// ends, however that comes about. It does not hold for a server that changes
// its user (--user=…), because the kernel forgets it then.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
