package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"koshelek-adapter/server/bench/load"
	"koshelek-adapter/server/bench/proc"
	"koshelek-adapter/server/bench/stock"
)

// user and password sign in at the servers that are started here.
const (
	user     = "koshelek"
	password = "measured-in-the-open"
)

// startTimeout bounds the wait for a server.
const startTimeout = 30 * time.Second

// server is a running process that answers for the operations: the program, or
// its floor.
type server struct {
	*proc.Child
	name   string
	target load.Target
	// allocations tells what the process has allocated so far.
	allocations func(context.Context) (allocations, error)
	// database is the process of the database, 0 for none.
	database func() int
}

// startAdapter starts the program over a store; settings win over those that
// every run has.
func (b *bench) startAdapter(ctx context.Context, st *stock.Store, settings ...string) (*server, error) {
	dir, err := os.MkdirTemp(b.scratch, "adapter-")
	if err != nil {
		return nil, err
	}
	env := slices.Concat(foreign(os.Environ()), []string{
		"ADAPTER_LISTEN=127.0.0.1:0", "ADAPTER_OPS_LISTEN=127.0.0.1:0", "ADAPTER_TLS=off",
		"ADAPTER_DATA_DIR=" + dir, "ADAPTER_DATABASE=" + st.URL, "ADAPTER_KOSHELEK_PASSWORD=" + password,
		"ADAPTER_DATABASE_CONNECTIONS=" + strconv.Itoa(b.o.databaseConnections),
	}, b.o.settings, settings)
	child, err := proc.Start(proc.Command{Path: b.binary, Args: []string{"serve"}, Env: env, Log: filepath.Join(dir, "access.log")})
	if err != nil {
		return nil, err
	}
	s := &server{Child: child, name: "server", database: st.PID}
	if err := s.findAdapter(ctx); err != nil {
		return nil, errors.Join(err, child.Stop())
	}
	return s, nil
}

// foreign are the variables that are not the program's settings.
func foreign(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool { return strings.HasPrefix(v, "ADAPTER_") })
}

// findAdapter reads from the log where the program listens.
func (s *server) findAdapter(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	address, err := s.Await(ctx, announced("serving"))
	if err != nil {
		return err
	}
	ops, err := s.Await(ctx, announced("operations"))
	if err != nil {
		return err
	}
	s.allocations = func(ctx context.Context) (allocations, error) { return scrape(ctx, ops+"/metrics") }
	s.target, err = load.NewTarget(address, user, password)
	return err
}

// announced finds the URL in the log line with a message.
func announced(message string) func(log []byte) string {
	return func(log []byte) string {
		for line := range strings.Lines(string(log)) {
			var entry struct{ URL, Message string }
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == message {
				return entry.URL
			}
		}
		return ""
	}
}

// startFloor starts this very program as the floor over a store; without one it
// says hello and no more.
func (b *bench) startFloor(ctx context.Context, st *stock.Store) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(b.scratch, "floor-")
	if err != nil {
		return nil, err
	}
	s, database := &server{name: "floor", database: func() int { return 0 }}, ""
	if st != nil {
		s.database, database = st.PID, st.URL
	}
	s.Child, err = proc.Start(proc.Command{
		Path: self, Args: []string{"-floor", database, "-database-connections", strconv.Itoa(b.o.databaseConnections)},
		Env: os.Environ(), Log: filepath.Join(dir, "floor.log"),
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	address, err := s.Await(ctx, firstLine)
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	s.allocations = func(ctx context.Context) (allocations, error) { return askFloor(ctx, address) }
	s.target, err = load.NewTarget(address, "", "")
	return s, err
}

func firstLine(log []byte) string {
	line, _, whole := strings.Cut(string(log), "\n")
	if !whole || !strings.HasPrefix(line, "http") {
		return ""
	}
	return line
}

// stopAll ends servers; the first error counts, since the others follow from it.
func stopAll(servers ...*server) error {
	for _, s := range servers {
		if err := s.Stop(); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}
