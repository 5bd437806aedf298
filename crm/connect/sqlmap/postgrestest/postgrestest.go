// Package postgrestest gives tests a private PostgreSQL server, which ends with the
// tests. Without an installed server a test is skipped, or fails when
// REQUIRE_POSTGRES=1.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Account of the administrator, who may come from this machine alone.
const account = "postgres"

var server struct {
	sync.Once
	url    string
	err    error
	folder string
	cmd    *exec.Cmd
}

// URL gives the address of an empty database with a name of its own, as its owner.
func URL(t testing.TB) string {
	t.Helper()
	server.Do(func() { server.url, server.err = launch() })
	if errors.Is(server.err, errNone) && os.Getenv("REQUIRE_POSTGRES") != "1" {
		t.Skip(server.err)
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	name := "t" + strings.ToLower(rand.Text()[:12])
	Exec(t, server.url+"postgres", "CREATE DATABASE "+name)
	return server.url + name
}

// Exec runs a script, of one statement or more.
func Exec(t testing.TB, url, script string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }() // nothing is lost
	if _, err := conn.PgConn().Exec(ctx, script).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

// As gives the address for another account, which has no password.
func As(url, user string) string { return strings.Replace(url, account+"@", user+"@", 1) }

// Run runs the tests of m, ends the server and gives the code to exit with.
func Run(m interface{ Run() int }) int {
	code := m.Run()
	if server.cmd != nil {
		_ = server.cmd.Process.Signal(syscall.SIGQUIT)
		_ = server.cmd.Wait()
	}
	if server.folder != "" {
		_ = os.RemoveAll(server.folder)
	}
	return code
}

var errNone = errors.New("no PostgreSQL server for this test (Debian: apt-get install postgresql); REQUIRE_POSTGRES=1 turns this skip into a failure")

// binary finds a program of the newest server.
func binary(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err == nil && len(found) > 0 {
		return slices.MaxFunc(found, func(a, b string) int { return strings.Compare(a, b) }), nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", errNone
	}
	return path, nil
}

func launch() (string, error) {
	initdb, err := binary("initdb")
	if err != nil {
		return "", err
	}
	postgres, err := binary("postgres")
	if err != nil {
		return "", err
	}
	if server.folder, err = os.MkdirTemp("", "koshelek-postgres-"); err != nil {
		return "", err
	}
	attributes, err := ordinary(server.folder)
	if err != nil {
		return "", err
	}
	data := filepath.Join(server.folder, "data")
	made := exec.Command(initdb, "-D", data, "-U", account, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	made.SysProcAttr, made.Dir = attributes, server.folder
	if out, err := made.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		return "", err
	}
	log, err := os.Create(filepath.Join(server.folder, "log"))
	if err != nil {
		return "", err
	}
	server.cmd = exec.Command(postgres, "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off")
	server.cmd.SysProcAttr, server.cmd.Dir, server.cmd.Stdout, server.cmd.Stderr = attributes, server.folder, log, log
	if err := server.cmd.Start(); err != nil {
		return "", err
	}
	url := fmt.Sprintf("postgres://%s@127.0.0.1:%d/", account, port)
	return url, answers(url + "postgres")
}

// answers waits until the server does.
func answers(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(server.folder, "log"))
			return fmt.Errorf("postgres does not answer: %w\n%s", err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ordinary gives the folder to a user who is not root, as whom the server refuses to
// run.
func ordinary(folder string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(folder, int(uid), int(gid))
}
