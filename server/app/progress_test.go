package app

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app/importer"
)

func at(read, size, rows, refused int64) importer.Progress {
	return importer.Progress{Read: read, Size: size, Result: importer.Result{Rows: rows, Refused: refused}}
}

// shown gives what a progress prints for steps that come so long after each
// other.
func shown(bar bool, pause time.Duration, steps ...importer.Progress) string {
	var out bytes.Buffer
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	p := newProgress(&out, func() time.Time { return now })
	p.bar = bar
	for _, step := range steps {
		now = now.Add(pause)
		p.show(step)
	}
	p.done()
	return out.String()
}

func TestProgressBarStaysInItsLine(t *testing.T) {
	assert.Equal(t,
		"\r\x1b[K[===============               ] 50 %: 500 rows, 2 refused, 500 rows/s"+
			"\r\x1b[K[==============================] 100 %: 1000 rows, 2 refused, 500 rows/s"+
			"\r\x1b[K",
		shown(true, time.Second, at(50, 100, 500, 2), at(100, 100, 1000, 2)))
}

func TestProgressLines(t *testing.T) {
	assert.Equal(t, "50 %: 500 rows, 0 refused, 100 rows/s\n100 %: 1000 rows, 1 refused, 100 rows/s\n",
		shown(false, 5*time.Second, at(50, 100, 500, 0), at(120, 100, 1000, 1)), "a file that grew is not more than whole")
	assert.Equal(t, "500 rows, 0 refused, 100 rows/s\n", shown(false, 5*time.Second, at(50, 0, 500, 0)), "standard input has no size")
	assert.Equal(t, "\r\x1b[K500 rows, 0 refused, 500 rows/s\r\x1b[K", shown(true, time.Second, at(50, 0, 500, 0)))
}

func TestProgressIsNotAFlood(t *testing.T) {
	steps := []importer.Progress{at(1, 100, 10, 0), at(2, 100, 20, 0), at(3, 100, 30, 0)}
	assert.Empty(t, shown(true, 30*time.Millisecond, steps...), "nothing shown, nothing to wipe")
	assert.Empty(t, shown(false, time.Second, steps...))
}

func TestContinuedRowsAreNoSpeed(t *testing.T) {
	step := at(90, 100, 900, 0)
	step.Continued = 800
	assert.Equal(t, "90 %: 900 rows, 0 refused, 20 rows/s\n", shown(false, 5*time.Second, step))
}

func TestTerminals(t *testing.T) {
	assert.False(t, isTerminal(&bytes.Buffer{}))
	file, err := os.CreateTemp(t.TempDir(), "out")
	require.NoError(t, err)
	defer file.Close()
	assert.False(t, isTerminal(file))
}
