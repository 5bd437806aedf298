package mariadbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	startTimeout = time.Minute
	stopTimeout  = 30 * time.Second
)

// The account that DSNs name. It owns the databases made by CreateDatabase and
// nothing else, as an adapter's account does in production.
const (
	appUser     = "app"
	appPassword = "app"
)

// engine runs one server process. Its methods are called one at a time.
type engine interface {
	// start starts the server, which is not ready yet when start returns.
	start(ctx context.Context) error
	// ready says whether db reaches this very server, once it is up.
	ready(ctx context.Context, db *sql.DB) error
	// failure is not nil once the started server has ended.
	failure() error
	// kill ends the server without a chance to tidy up. Killing one that
	// does not run is no error.
	kill() error
	// stop ends the server cleanly.
	stop(ctx context.Context) error
	// remove frees what the server occupied. The server does not run.
	remove() error
	// pid is the server's process, or 0.
	pid() int
}

// Server is one running MariaDB or MySQL server.
//
// All methods may be called from several goroutines; Kill, Restart and Stop
// wait for each other.
type Server struct {
	mu     sync.Mutex
	engine engine
	admin  *sql.DB
	app    *mysql.Config // the account and address of DSN, without a database
}

// Launch starts mariadbd over the data in dir, on a free port of 127.0.0.1,
// and returns when it answers. It makes dir and the data when there are none,
// so that a later Launch on the same dir finds what an earlier one stored.
// flags are further arguments of mariadbd and win over the package's own.
//
// ctx bounds the start only. The caller stops the server with Stop; the data
// stay. On Linux the server also ends with the calling process. dir must not
// be in use by another server.
//
// Launch never installs anything and never uses Docker: without a mariadbd it
// returns an error that says where it looked.
func Launch(ctx context.Context, dir string, flags ...string) (*Server, error) {
	bin, err := findBinaries()
	if err != nil {
		return nil, err
	}
	return launch(ctx, bin, dir, flags)
}

func launch(ctx context.Context, bin binaries, dir string, flags []string) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	password, err := prepareData(ctx, bin, dir)
	if err != nil {
		return nil, fmt.Errorf("prepare data in %s: %w", dir, err)
	}
	for attempt := 1; ; attempt++ {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		p := &process{bin: bin, dir: dir, port: port, flags: flags}
		s, err := newServer(p, loopback(port), password)
		if err != nil {
			return nil, err
		}
		err = s.Restart(ctx)
		if err == nil {
			return s, nil
		}
		err = errors.Join(err, s.Stop())
		// Another process may have taken the port since it was seen free.
		if attempt == 5 || !strings.Contains(err.Error(), bindFailure) {
			return nil, err
		}
	}
}

// newServer describes a server that does not run yet.
func newServer(e engine, addr, adminPassword string) (*Server, error) {
	admin := config(addr, adminUser, adminPassword)
	admin.Logger = &mysql.NopLogger{} // tests kill servers; a lost connection is no news
	admin.Timeout = 5 * time.Second
	connector, err := mysql.NewConnector(admin)
	if err != nil {
		return nil, err
	}
	return &Server{
		engine: e,
		admin:  sql.OpenDB(connector),
		app:    config(addr, appUser, appPassword),
	}, nil
}

func config(addr, user, password string) *mysql.Config {
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Passwd = "tcp", addr, user, password
	return c
}

// Admin is a pool of connections with every privilege. It stays valid over
// Kill and Restart, when its open connections break. The caller does not close
// it.
func (s *Server) Admin() *sql.DB { return s.admin }

// Addr is the server's host:port. It stays the same over Restart.
func (s *Server) Addr() string { return s.app.Addr }

// PID is the process id of the server, or 0 when it does not run or is not a
// process of this machine.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine.pid()
}

// DSN is the data source name, in go-sql-driver's form and without parameters,
// of the database called name. It does not talk to the server: CreateDatabase
// makes a database.
func (s *Server) DSN(name string) string {
	c := s.app.Clone()
	c.DBName = name
	return c.FormatDSN()
}

// Kill ends the server at once with SIGKILL and returns when it has gone. What
// was committed is on disk; Restart brings it back. Killing a server that does
// not run is no error.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine.kill()
}

// Restart starts the server again with the same data, flags and address, and
// returns when it answers. A server that runs is stopped cleanly before. When
// ctx ends first, or after a minute, the error holds the end of the server's
// log and the server may be left starting: call Stop or Kill.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.engine.stop(ctx); err != nil {
		return err
	}
	if err := s.engine.start(ctx); err != nil {
		return err
	}
	return s.await(ctx)
}

// await returns when the server answers and has the account of DSN.
func (s *Server) await(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.engine.ready(ctx, s.admin)
		if err == nil {
			return s.createAppUser(ctx)
		}
		if dead := s.engine.failure(); dead != nil {
			return dead
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("server does not answer: %w (last: %w)", ctx.Err(), err)
		case <-tick.C:
		}
	}
}

func (s *Server) createAppUser(ctx context.Context) error {
	_, err := s.admin.ExecContext(ctx,
		"CREATE USER IF NOT EXISTS '"+appUser+"'@'%' IDENTIFIED BY '"+appPassword+"'")
	return err
}

// Stop ends the server cleanly, or kills it when it has not ended after half a
// minute, and closes Admin. Stopping twice is no error; a stopped server can
// not be restarted.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	return errors.Join(s.admin.Close(), s.engine.stop(ctx), s.engine.remove())
}

// discard ends a server whose data nobody wants any more.
func (s *Server) discard() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.admin.Close(), s.engine.kill(), s.engine.remove())
}
