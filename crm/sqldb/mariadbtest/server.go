package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// bindFailure stands in the log of a mariadbd whose port is taken.
const bindFailure = "Bind on TCP/IP port"

// logFileSize keeps the template small: it is copied for every process.
const logFileSize = "--innodb-log-file-size=32M"

// settings hold for every server of the package, in a container too.
var settings = []string{
	"--skip-name-resolve",
	"--innodb-flush-log-at-trx-commit=1",
	"--innodb-buffer-pool-size=128M",
	logFileSize,
	"--max-connections=300",
	"--performance-schema=OFF",
	"--character-set-server=utf8mb4",
}

// Server is a private mariadbd.
//
// All methods may be called from several goroutines; Kill, Restart and Stop
// wait for each other.
type Server struct {
	databases
	binary string
	args   []string
	folder string // goes with the server

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
}

// Launch starts mariadbd on the data in dir, on a free port of 127.0.0.1,
// and returns when it answers. It makes dir and the data when there are none,
// so that a later Launch on the same dir finds what an earlier one stored.
// flags are further arguments of mariadbd and win over the package's own.
//
// ctx bounds the start only. The caller stops the server with Stop; the data
// stay. On Linux the server also ends with the calling process. dir must not
// be in use by another server. Without a mariadbd the error says where it was
// looked for.
func Launch(ctx context.Context, dir string, flags ...string) (*Server, error) {
	return launch(ctx, dir, flags)
}

// launch is Launch; data without a dir go with the server.
func launch(ctx context.Context, dir string, flags []string) (*Server, error) {
	bin, err := findBinaries()
	if err != nil {
		return nil, errors.Join(errNoServer, err)
	}
	folder, err := newFolder()
	if err != nil {
		return nil, err
	}
	if dir == "" {
		dir = folder
	}
	data, err := prepareData(ctx, bin, dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare data in %s: %w", dir, err), os.RemoveAll(folder))
	}
	for attempt := 1; ; attempt++ {
		s, err := start(ctx, bin, folder, data, freePort(), flags)
		// Another process may have taken the port since it was seen free.
		if err == nil || attempt == 5 || !strings.Contains(err.Error(), bindFailure) {
			if err != nil {
				err = errors.Join(err, os.RemoveAll(folder))
			}
			return s, err
		}
	}
}

// start starts a server on prepared data.
func start(ctx context.Context, bin binaries, folder, data string, port int, flags []string) (*Server, error) {
	socket := filepath.Join(folder, "sock") // only this user may enter
	s := &Server{binary: bin.mariadbd, folder: folder}
	s.args = append([]string{
		"--no-defaults", "--datadir=" + data, "--socket=" + socket, "--pid-file=" + folder + "/pid",
		"--log-error=" + s.log(), "--tmpdir=" + folder, "--bind-address=127.0.0.1", "--port=" + strconv.Itoa(port),
	}, runAs()...)
	s.args = append(append(s.args, settings...), flags...)
	s.app = account("tcp", loopback(port), appUser, appPassword)
	s.owned, s.down = true, func() bool { return s.PID() == 0 }
	var err error
	if s.admin, err = open(account("unix", socket, "root", "")); err != nil {
		return nil, err
	}
	if err := s.Restart(ctx); err != nil {
		return nil, errors.Join(err, s.Kill())
	}
	return s, nil
}

// Addr is the server's host:port. It stays the same over Restart.
func (s *Server) Addr() string { return s.app.Addr }

// PID is the process id of the server, or 0 when it does not run.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running() {
		return 0
	}
	return s.cmd.Process.Pid
}

// Kill ends the server at once with SIGKILL and returns when it has gone. What
// was committed is on disk; Restart brings it back. Killing a server that does
// not run is no error.
func (s *Server) Kill() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end(os.Kill)
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
	if err := errors.Join(s.end(syscall.SIGTERM), os.RemoveAll(s.log()), s.spawn()); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.accounts(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("mariadbd ended: %v\n%s", s.cmd.ProcessState, s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("mariadbd does not answer: %w\n%s", err, s.logTail())
		case <-tick.C:
		}
	}
}

// accounts makes the account of DSN. The administrator has no password but must
// come through the socket, which lies in a folder that only this user may enter.
func (s *Server) accounts(ctx context.Context) error {
	for _, statement := range []string{
		"DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost'",
		"FLUSH PRIVILEGES",
		"CREATE USER IF NOT EXISTS '" + appUser + "'@'%' IDENTIFIED BY '" + appPassword + "'",
	} {
		if _, err := s.admin.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Stop ends the server cleanly, or kills it when it has not ended after half a
// minute. Stopping twice is no error; a stopped server can not be restarted.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.admin.Close() // fails for the connections to a killed server
	return errors.Join(s.end(syscall.SIGTERM), os.RemoveAll(s.folder))
}

// spawn starts the process, which does not answer yet when spawn returns.
func (s *Server) spawn() error {
	s.cmd, s.done = exec.Command(s.binary, s.args...), make(chan struct{})
	s.cmd.SysProcAttr = dieWithParent()
	began := make(chan error)
	go func() {
		defer close(s.done)
		// "Parent" means the thread that forked: when it ends the kernel
		// kills the child. So the thread is kept until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		began <- err
		if err == nil {
			_ = s.cmd.Wait() // the process's state tells how it ended
		}
	}()
	return <-began
}

func (s *Server) running() bool {
	if s.cmd == nil || s.cmd.Process == nil {
		return false
	}
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

// end ends the process, if it runs, with a signal; after half a minute it is
// killed.
func (s *Server) end(signal os.Signal) error {
	if !s.running() {
		return nil
	}
	if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.done:
		return nil
	case <-time.After(stopTimeout):
		err := s.cmd.Process.Kill()
		<-s.done
		return errors.Join(errors.New("mariadbd did not end in time"), err)
	}
}

func (s *Server) log() string { return filepath.Join(s.folder, "error.log") }

// logTail is the end of the server's log.
func (s *Server) logTail() string {
	log, err := os.ReadFile(s.log())
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-4000):])
}

// freePort is a port of 127.0.0.1 that was free a moment ago. It comes from
// below the range that systems give to outgoing connections. In that range a
// client that connects to a dead server's port can be given the very port as
// its own, is connected to itself, and keeps the server from coming back.
func freePort() int {
	const lowest, highest = 12000, 32000
	for {
		port := lowest + rand.IntN(highest-lowest)
		if l, err := net.Listen("tcp", loopback(port)); err == nil && l.Close() == nil {
			return port
		}
	}
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
