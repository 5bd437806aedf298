package mariadbtest

import (
	"io/fs"
	"os"
	"syscall"
)

// dieWithParent makes the kernel kill the child when the thread that forked it
// ends, however that comes about. It does not hold for a server that changes
// its user (--user=…), because the kernel forgets it then.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// mine says whether this user owns the file.
func mine(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
