package mariadbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// CreateDatabase makes the database called name unless it exists, lets the
// account of DSN do everything in it, and returns its DSN. name consists of
// ASCII letters, digits and underscores.
func (s *Server) CreateDatabase(ctx context.Context, name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	if _, err := s.admin.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS `"+name+"` CHARACTER SET utf8mb4"); err != nil {
		return "", fmt.Errorf("create database: %w", err)
	}
	if s.borrowed() {
		return s.DSN(name), nil
	}
	// An underscore in a GRANT stands for any character.
	pattern := strings.ReplaceAll(name, "_", `\_`)
	if _, err := s.admin.ExecContext(ctx, "GRANT ALL ON `"+pattern+"`.* TO '"+appUser+"'@'%'"); err != nil {
		return "", fmt.Errorf("grant: %w", err)
	}
	return s.DSN(name), nil
}

// Database makes an empty database with a name of its own and returns its DSN.
// When t ends the database is dropped, unless the server does not run by then,
// and t fails if that is impossible: mostly a transaction was left open.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := uniqueName(t.Name())
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	dsn, err := s.CreateDatabase(ctx, name)
	if err != nil {
		t.Fatalf("mariadbtest: %v", err)
	}
	t.Cleanup(func() {
		if s.down() {
			return
		}
		if err := s.dropDatabase(name); err != nil {
			t.Errorf("mariadbtest: drop %s: %v", name, err)
		}
	})
	return dsn
}

func (s *Server) dropDatabase(name string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	conn, err := s.admin.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// Without it a transaction left open would hold the test up for a day.
	if _, err := conn.ExecContext(ctx, "SET SESSION lock_wait_timeout = 10"); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "DROP DATABASE IF EXISTS `"+name+"`")
	return err
}

// down says that the server has been killed or has ended otherwise.
func (s *Server) down() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.engine.failure() != nil
}

// borrowed says that the server is not the package's own.
func (s *Server) borrowed() bool {
	_, ok := s.engine.(external)
	return ok
}

// uniqueName turns a test's name into a database's name that no other call
// returns, here or in another process.
func uniqueName(test string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(test) {
		if !isNameRune(r) {
			r = '_'
		}
		b.WriteRune(r)
	}
	readable := b.String()
	if len(readable) > 32 {
		readable = readable[:32]
	}
	return fmt.Sprintf("test_%s_%x_%s", readable, time.Now().Unix()&0xffff, strings.ToLower(rand.Text()[:8]))
}

func checkName(name string) error {
	if name == "" || len(name) > 64 {
		return fmt.Errorf("database name %q: must have 1 to 64 characters", name)
	}
	for _, r := range strings.ToLower(name) {
		if !isNameRune(r) {
			return fmt.Errorf("database name %q: only ASCII letters, digits and underscores", name)
		}
	}
	return nil
}

func isNameRune(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
}
