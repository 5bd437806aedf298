package mariadbtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// bindFailure stands in the log of a mariadbd whose port is taken.
const bindFailure = "Bind on TCP/IP port"

// process is a mariadbd of this machine.
type process struct {
	bin   binaries
	dir   string
	port  int
	flags []string

	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
	end  error         // how cmd ended; read after done
}

func (p *process) start(context.Context) error {
	if err := os.Remove(p.logFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	p.cmd = exec.Command(p.bin.mariadbd, p.args()...)
	p.cmd.SysProcAttr = dieWithParent()
	p.done = make(chan struct{})
	started := make(chan error)
	go func() {
		defer close(p.done)
		// "Parent" means the thread that forked: when it ends the kernel
		// kills the child. So the thread is kept until the child has ended.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.end = p.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		p.cmd = nil
		return err
	}
	return nil
}

func (p *process) args() []string {
	args := []string{
		"--no-defaults",
		"--datadir=" + p.dataDir(),
		// Relative to datadir: a socket's path has room for 107 bytes only.
		"--socket=mariadbd.sock",
		"--pid-file=" + filepath.Join(p.dir, "pid"),
		"--log-error=" + p.logFile(),
		"--tmpdir=" + p.dir,
		"--bind-address=127.0.0.1",
		"--port=" + strconv.Itoa(p.port),
	}
	args = append(args, runAs()...)
	args = append(args, settings...)
	return append(args, p.flags...)
}

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

// logFileSize keeps the template small: it is copied for every process.
const logFileSize = "--innodb-log-file-size=32M"

// runAs lets mariadbd run as root, which it refuses unless told.
func runAs() []string {
	if os.Getuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// ready also compares the data folder: a server of another process may listen
// on the port, with the same password.
func (p *process) ready(ctx context.Context, db *sql.DB) error {
	var dir string
	if err := db.QueryRowContext(ctx, "SELECT @@datadir").Scan(&dir); err != nil {
		return err
	}
	if filepath.Clean(dir) != p.dataDir() {
		return fmt.Errorf("port %d belongs to the server of %s", p.port, dir)
	}
	return nil
}

func (p *process) failure() error {
	if p.running() {
		return nil
	}
	return fmt.Errorf("mariadbd ended: %v\n%s", p.end, p.logTail())
}

func (p *process) running() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

func (p *process) kill() error {
	if !p.running() {
		return nil
	}
	err := p.cmd.Process.Kill()
	<-p.done
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

func (p *process) stop(ctx context.Context) error {
	if !p.running() {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return p.kill()
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("mariadbd did not end in time: %w", ctx.Err()), p.kill())
	}
}

func (p *process) remove() error { return nil }

func (p *process) pid() int {
	if !p.running() {
		return 0
	}
	return p.cmd.Process.Pid
}

func (p *process) dataDir() string { return filepath.Join(p.dir, dataName) }
func (p *process) logFile() string { return filepath.Join(p.dir, "error.log") }

// logTail is the end of the server's log.
func (p *process) logTail() string {
	log, err := os.ReadFile(p.logFile())
	if err != nil {
		return err.Error()
	}
	return lastLines(log, 20)
}

func lastLines(text []byte, n int) string {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return string(bytes.Join(lines, []byte("\n")))
}
