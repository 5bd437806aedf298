package app

import (
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"koshelek-adapter/config"
)

// connections bounds how many connections a server holds, so that idle ones, which
// cost a client nothing, never use up the descriptors of the process: the
// operator's port, the database and new calls need some. At the limit the one that
// has been idle longest makes room; when none is idle, the new one is closed.
type connections struct {
	limit int
	log   zerolog.Logger
	open  prometheus.Gauge
	shed  prometheus.Counter

	mu     sync.Mutex
	all    map[net.Conn]time.Time // since when a connection is idle; zero for one at work
	warned time.Time
}

func newConnections(limit int, reg prometheus.Registerer, log zerolog.Logger) *connections {
	c := &connections{
		limit: limit, log: log, all: map[net.Conn]time.Time{},
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "adapter_connections", Help: "Connections of clients that are open now."}),
		shed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "adapter_connections_shed_total", Help: "Connections that were closed because too many were open."}),
	}
	reg.MustRegister(c.open, c.shed)
	return c
}

// reservedFiles are for the operator's port, files and calls of reward vendors.
const reservedFiles = 128

// roomFor is how many connections of clients fit beside what the process needs
// itself; files is the limit of open files, 0 for none.
func roomFor(cfg *config.Config, files int, log zerolog.Logger) int {
	room := files - reservedFiles - 3*cfg.DatabaseConnections - 2*cfg.Outbox.Concurrency
	if files == 0 || room >= cfg.MaxConnections {
		return cfg.MaxConnections
	}
	log.Warn().Int("open_files", files).Int("limit", max(room, 1)).Msg("connections.limited_by_open_files")
	return max(room, 1)
}

// warnEvery bounds how often the log tells that connections are shed.
const warnEvery = time.Minute

// watch makes a server report its connections. Several servers may share one
// limit.
func (c *connections) watch(server *http.Server) { server.ConnState = c.changed }

// changed is the server's hook. A new connection counts as idle: it has sent
// nothing yet.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		victim := c.makeRoom(conn)
		if victim != nil {
			go func() { _ = victim.Close() }() // it may take a while to say goodbye
		}
		if victim == conn {
			return
		}
		c.all[conn] = time.Now()
	case http.StateIdle:
		if _, known := c.all[conn]; known {
			c.all[conn] = time.Now()
		}
	case http.StateActive:
		if _, known := c.all[conn]; known {
			c.all[conn] = time.Time{}
		}
	case http.StateClosed, http.StateHijacked:
		delete(c.all, conn)
	}
	c.open.Set(float64(len(c.all)))
}

// makeRoom gives the connection to close for a new one, nil when there is room.
func (c *connections) makeRoom(conn net.Conn) net.Conn {
	if len(c.all) < c.limit {
		return nil
	}
	victim, since := conn, time.Now()
	for other, idle := range c.all {
		if !idle.IsZero() && idle.Before(since) {
			victim, since = other, idle
		}
	}
	delete(c.all, victim)
	c.shed.Inc()
	if now := time.Now(); now.Sub(c.warned) >= warnEvery {
		c.warned = now
		c.log.Warn().Int("limit", c.limit).Msg("connections.full")
	}
	return victim
}
