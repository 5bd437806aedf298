package proc

import (
	"os"
	"syscall"
)

// syncData makes the content durable without the file's times, as databases do.
func syncData(file *os.File) error { return syscall.Fdatasync(int(file.Fd())) }
