//go:build !linux

package proc

import "os"

func syncData(file *os.File) error { return file.Sync() }
