//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package tlscert

import "sync"

var one sync.Mutex

// lock keeps goroutines apart, not processes: the standard library has no file lock for this system. Two processes that start at once on one
// directory may leave a pair that does not fit together; the one that reads it fails to start, and its next start makes a new pair.
func lock(string) (unlock func(), err error) {
	one.Lock()
	return one.Unlock, nil
}
