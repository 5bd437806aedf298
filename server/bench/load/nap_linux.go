package load

import (
	"syscall"
	"time"
)

// nap sleeps by the system's own clock. Go's timers may wake a process that is
// otherwise idle a millisecond late, which would be told as the server's
// latency.
func nap(d time.Duration) {
	ts := syscall.NsecToTimespec(d.Nanoseconds())
	_ = syscall.Nanosleep(&ts, nil) // when a signal ends it early, the caller naps again
}
