package app

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

const (
	// gatherBytes is how much of the log is gathered before it is written.
	gatherBytes = 64 << 10
	// gatherFor is how long a line may wait to be written.
	gatherFor = 50 * time.Millisecond
	// waitingBytes is how much may wait for a reader that stands still; what comes
	// after that is dropped and counted.
	waitingBytes = 4 << 20
	// lastWords is how long the end of the program waits for such a reader.
	lastWords = time.Second
)

var errLogStuck = errors.New("the reader of the log stands still: its last lines are lost")

// lostLog is why the end of a log could not be written; the server itself has drained.
type lostLog struct{ error }

// Unwrap gives the reason.
func (l lostLog) Unwrap() error { return l.error }

// gatheredLog writes lines together, since a system call for each request's line
// costs more than the line, and never lets a call wait for who reads the log: it
// has a goroutine of its own that writes. A warning or an error is written without
// delay, with all that came before it. A process that is killed loses the lines of
// the last moment.
type gatheredLog struct {
	out io.Writer
	// limit is waitingBytes and patience lastWords, but for a test.
	limit    int
	patience time.Duration

	mu      sync.Mutex
	lines   []byte // wait to be written
	dropped uint64 // since the last line that was taken
	failed  error  // the last write's
	closed  bool

	lost prometheus.Counter
	wake chan struct{} // there is something that should not wait
	end  chan struct{} // closed when the writer has ended
}

// newGatheredLog starts the writer; close ends it.
func newGatheredLog(out io.Writer) *gatheredLog {
	g := &gatheredLog{
		out: out, limit: waitingBytes, patience: lastWords, wake: make(chan struct{}, 1), end: make(chan struct{}),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "adapter_log_dropped_lines_total", Help: "Lines of the log that were dropped because its reader stood still or could not be written to.",
		}),
	}
	go g.run()
	return g
}

// Write implements io.Writer for lines without a level, which do not hurry.
func (g *gatheredLog) Write(line []byte) (int, error) {
	return g.WriteLevel(zerolog.NoLevel, line)
}

// WriteLevel implements zerolog.LevelWriter. It never waits and never fails.
func (g *gatheredLog) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || len(g.lines)+len(line) > g.limit {
		g.dropped++
		g.lost.Inc()
		return len(line), nil
	}
	if g.dropped > 0 {
		g.lines = fmt.Appendf(g.lines, `{"level":"warn","lines":%d,"message":"log.dropped"}`+"\n", g.dropped)
		g.dropped = 0
	}
	g.lines = append(g.lines, line...)
	if level >= zerolog.WarnLevel && level != zerolog.NoLevel || len(g.lines) >= gatherBytes {
		g.hurry()
	}
	return len(line), nil
}

func (g *gatheredLog) hurry() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// run writes what has gathered.
func (g *gatheredLog) run() {
	defer close(g.end)
	tick := time.NewTicker(gatherFor)
	defer tick.Stop()
	var spare []byte
	for {
		select {
		case <-g.wake:
		case <-tick.C:
		}
		g.mu.Lock()
		lines, closed := g.lines, g.closed
		g.lines = spare[:0]
		g.mu.Unlock()
		if len(lines) > 0 {
			g.write(lines)
		}
		if closed {
			return
		}
		if spare = lines; cap(spare) > 2*gatherBytes {
			spare = nil // a backlog's memory is given back
		}
	}
}

func (g *gatheredLog) write(lines []byte) {
	_, err := g.out.Write(lines)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed = err
	if err != nil {
		n := countLines(lines)
		g.dropped += n
		g.lost.Add(float64(n))
	}
}

func countLines(text []byte) (n uint64) {
	for _, b := range text {
		if b == '\n' {
			n++
		}
	}
	return n
}

// close writes what is left and gives the last write's error, a lostLog; later lines
// are dropped.
func (g *gatheredLog) close() error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.hurry()
	select {
	case <-g.end:
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.failed != nil {
			return lostLog{g.failed}
		}
		return nil
	case <-time.After(g.patience):
		return lostLog{errLogStuck}
	}
}
