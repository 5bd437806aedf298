package app_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	assert.True(t, child.ProcessState.Exited(), "no signal ended it: %s", child.ProcessState)
}
