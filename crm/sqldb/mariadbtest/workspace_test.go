package mariadbtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSweepRemovesDeadFoldersOnly(t *testing.T) {
	w := workspace(t.TempDir())
	alive, err := w.newRun(t.Context())
	require.NoError(t, err)
	dead, err := w.newRun(t.Context())
	require.NoError(t, err)
	require.NoError(t, dead.lock.Close()) // as the end of its process would

	third, err := w.newRun(t.Context())
	require.NoError(t, err)
	assert.NoDirExists(t, dead.path)
	assert.DirExists(t, alive.path)

	require.NoError(t, alive.remove())
	require.NoError(t, third.remove())
	assert.NoDirExists(t, alive.path)
}

func TestWorkspaceIsPrivate(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w, err := openWorkspace()
	require.NoError(t, err)
	info, err := os.Stat(string(w))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestWorkspaceRefusesALink(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	w, err := openWorkspace()
	require.NoError(t, err)
	require.NoError(t, os.Remove(string(w)))
	require.NoError(t, os.Symlink(t.TempDir(), string(w)))
	_, err = openWorkspace()
	require.ErrorContains(t, err, "not a folder of this user")
}

// victim makes this test binary a process that starts a server and is killed.
const victim = "MARIADBTEST_VICTIM"

func TestServerDiesWithItsProcess(t *testing.T) {
	if os.Getenv(victim) != "" {
		s := Start(t)
		require.NoError(t, os.WriteFile(os.Getenv(victim), []byte(s.Addr()+" "+s.engine.(*process).dir), 0o600))
		time.Sleep(time.Hour)
	}
	if dieWithParent() == nil {
		t.Skip("only Linux can do it")
	}
	native(t)
	addr, dir := startVictimAndKillIt(t)
	assert.Eventually(t, func() bool { return !answers(addr) }, time.Minute, 20*time.Millisecond, "server at %s lives on", addr)

	Start(t) // sweeps
	assert.NoDirExists(t, dir)
}

func startVictimAndKillIt(t *testing.T) (addr, dir string) {
	t.Helper()
	note := filepath.Join(t.TempDir(), "note")
	cmd := exec.Command(os.Args[0], "-test.run=^TestServerDiesWithItsProcess$")
	cmd.Env = append(os.Environ(), victim+"="+note)
	require.NoError(t, cmd.Start())
	var said []byte
	require.Eventually(t, func() bool {
		said, _ = os.ReadFile(note)
		return len(said) > 0
	}, time.Minute, 20*time.Millisecond, "the process starts its server")
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	addr, dir, ok := strings.Cut(string(said), " ")
	require.True(t, ok)
	return addr, dir
}
