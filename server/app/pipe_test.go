package app_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
)

// TestReaderOfTheLogGoesAway: a process whose standard error is a broken pipe
// serves on, and ends in an orderly way.
func TestReaderOfTheLogGoesAway(t *testing.T) {
	env := environment(t, "ADAPTER_OPS_LISTEN=off")
	child := exec.Command(os.Args[0])
	child.Env = append(environ(env), crashChild+"=1", "PATH="+os.Getenv("PATH"))
	stderr, err := child.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	t.Cleanup(func() { _ = child.Process.Kill() })
	var url string
	for lines := bufio.NewScanner(stderr); url == "" && lines.Scan(); {
		var entry struct{ URL, Message string }
		if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Message == "serving" {
			url = entry.URL
		}
	}
	require.NotEmpty(t, url)
	require.NoError(t, stderr.Close())
	for range 20 {
		status, _, err := send(http.DefaultClient, testUser, testPassword, http.MethodGet, url+"/v1/card/404", "")
		require.NoError(t, err)
		assert.Equal(t, http.StatusUnprocessableEntity, status)
	}
	require.NoError(t, child.Process.Signal(syscall.SIGTERM))
	_ = child.Wait() // its error is that the log could not be written
	assert.Equal(t, app.ExitFailed, child.ProcessState.ExitCode(), "%s", child.ProcessState)
}

// standing is a reader of the log that stands still from some moment on.
type standing struct {
	*buffer
	still atomic.Bool
	gone  chan struct{}
}

func (s *standing) Write(p []byte) (int, error) {
	if s.still.Load() {
		<-s.gone
	}
	return s.buffer.Write(p)
}

// TestReaderOfTheLogStandsStill: calls are answered all the same, and the end comes.
func TestReaderOfTheLogStandsStill(t *testing.T) {
	t.Parallel()
	log := &standing{buffer: &buffer{}, gone: make(chan struct{})}
	t.Cleanup(func() { close(log.gone) })
	env := environment(t, "ADAPTER_OPS_LISTEN=off")
	r := startWith(t, env, log, log.buffer)
	log.still.Store(true)
	status, _ := r.call(http.MethodGet, "/v1/card/404", "")
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	assert.Equal(t, app.ExitFailed, r.end())
}
