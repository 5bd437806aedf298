package proc

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// Syncs measures how often a second a disk makes 4 KiB durable: the same page
// is overwritten and synced, by one thread.
func Syncs(dir string, d time.Duration) (perSecond float64, err error) {
	file, err := os.Create(filepath.Join(dir, "sync.tmp"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	page := make([]byte, 4<<10)
	n, start := 0, time.Now()
	for ; n == 0 || time.Since(start) < d; n++ {
		page[0] = byte(n)
		if _, err := file.WriteAt(page, 0); err != nil {
			return 0, err
		}
		if err := syncData(file); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(start).Seconds(), nil
}
