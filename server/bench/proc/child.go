package proc

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Child is a process of our own making. On Linux it ends with its parent.
type Child struct {
	cmd     *exec.Cmd
	logPath string
	done    chan struct{}
	end     error // read after done
}

// Command is what to run.
type Command struct {
	Path string
	Args []string
	Env  []string
	// Log is the file for standard output and error; it is written anew.
	Log string
}

// Start starts a process.
func Start(c Command) (*Child, error) {
	log, err := os.OpenFile(c.Log, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the child has its own handle
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.Env, log, log
	cmd.SysProcAttr = dieWithParent()
	child := &Child{cmd: cmd, logPath: c.Log, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		defer close(child.done)
		// For the kernel the parent is the thread that forked, so it is kept.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			child.end = cmd.Wait()
		}
	}()
	return child, <-started
}

// PID is the process.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// logTick is how often a log is looked at.
const logTick = 2 * time.Millisecond

// Await returns what find makes of the log as soon as it finds something. When
// the process ends before, the error holds the end of the log.
func (c *Child) Await(ctx context.Context, find func(log []byte) string) (string, error) {
	for {
		log, err := os.ReadFile(c.logPath)
		if err != nil {
			return "", err
		}
		if found := find(log); found != "" {
			return found, nil
		}
		select {
		case <-c.done:
			// It may have written between the look at the log and its end.
			if log, err = os.ReadFile(c.logPath); err != nil {
				return "", err
			}
			return "", fmt.Errorf("%s ended: %v\n%s", c.cmd.Path, c.end, lastLines(log, 10))
		case <-ctx.Done():
			return "", fmt.Errorf("%s does not get ready: %w\n%s", c.cmd.Path, ctx.Err(), lastLines(log, 10))
		case <-time.After(logTick):
		}
	}
}

// Wait waits for the process to end by itself.
func (c *Child) Wait() error {
	<-c.done
	return c.end
}

// stopTimeout is how long a process may take to end when asked.
const stopTimeout = 30 * time.Second

// Stop asks the process to end and waits, or kills it when it does not.
func (c *Child) Stop() error {
	select {
	case <-c.done:
		return fmt.Errorf("%s had ended before: %v", c.cmd.Path, c.end)
	default:
	}
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may just have ended
	select {
	case <-c.done:
		return nil
	case <-time.After(stopTimeout):
		_ = c.cmd.Process.Kill()
		<-c.done
		return fmt.Errorf("%s did not end in time and was killed", c.cmd.Path)
	}
}

func lastLines(text []byte, n int) []byte {
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], []byte("\n"))
}
