package app

import (
	"bytes"
	"io"
	stdlog "log"
	"time"

	"github.com/rs/zerolog"

	"koshelek-adapter/config"
)

// newLogger makes the log that the settings ask for.
func newLogger(cfg *config.Config, out io.Writer) zerolog.Logger {
	level, err := zerolog.ParseLevel(cfg.Log.Level)
	if err != nil {
		level = zerolog.InfoLevel
	}
	if cfg.Log.Format == config.LogConsole {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.RFC3339}
	}
	return zerolog.New(zerolog.SyncWriter(out)).Level(level).With().Timestamp().Logger()
}

// newServerLogger is newLogger for a server, which never waits for who reads the
// log. The gathered log must be closed at the end.
func newServerLogger(cfg *config.Config, out io.Writer) (zerolog.Logger, *gatheredLog) {
	gathered := newGatheredLog(out)
	if cfg.Log.Format == config.LogConsole {
		return newLogger(cfg, gathered), gathered
	}
	return newLogger(cfg, out).Output(gathered), gathered
}

// serverLog is net/http's own log: handshakes that failed and the like, which
// any port scanner can cause.
func serverLog(log zerolog.Logger) *stdlog.Logger { return stdlog.New(debugWriter{log}, "", 0) }

type debugWriter struct{ log zerolog.Logger }

// Write implements io.Writer.
func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug().Msg(string(bytes.TrimSpace(line)))
	return len(line), nil
}
