package app

import (
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// gatherBytes is how much of the log is gathered before it is written.
	gatherBytes = 64 << 10
	// gatherFor is how long a line may wait to be written.
	gatherFor = 50 * time.Millisecond
)

// gatheredLog writes the lines that nobody must see at once together, since a
// system call for each request's line costs more than the line. A warning or an
// error is written at once, with all that came before it. A process that is
// killed loses the informational lines of the last moment and no others.
type gatheredLog struct {
	mu      sync.Mutex
	out     io.Writer
	lines   []byte
	waiting bool // whether a flush is due
	// direct writes every line at once: after the end there is nobody to flush.
	direct bool
}

func newGatheredLog(out io.Writer) *gatheredLog {
	return &gatheredLog{out: out, lines: make([]byte, 0, gatherBytes)}
}

// Write implements io.Writer for lines without a level, which do not wait.
func (g *gatheredLog) Write(line []byte) (int, error) {
	return g.WriteLevel(zerolog.NoLevel, line)
}

// WriteLevel implements zerolog.LevelWriter.
func (g *gatheredLog) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lines)+len(line) > gatherBytes {
		if err := g.flush(); err != nil {
			return 0, err
		}
	}
	g.lines = append(g.lines, line...)
	if g.direct || level >= zerolog.WarnLevel {
		return len(line), g.flush()
	}
	if !g.waiting {
		g.waiting = true
		time.AfterFunc(gatherFor, g.due)
	}
	return len(line), nil
}

// close writes what is left; later lines are written at once.
func (g *gatheredLog) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.direct = true
	return g.flush()
}

// due is a flush whose time has come. Its error has nowhere to go: the log is
// where it would be told.
func (g *gatheredLog) due() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = false
	_ = g.flush()
}

// flush gives up what could not be written, or a full disk would fill the
// memory too.
func (g *gatheredLog) flush() error {
	if len(g.lines) == 0 {
		return nil
	}
	_, err := g.out.Write(g.lines)
	g.lines = g.lines[:0]
	return err
}
