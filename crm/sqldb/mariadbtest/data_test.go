package mariadbtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForgottenFoldersAreRemoved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	young, err := newFolder()
	require.NoError(t, err)
	old, err := newFolder()
	require.NoError(t, err)
	then := time.Now().Add(-forgotten - time.Minute)
	require.NoError(t, os.Chtimes(old, then, then))
	third, err := newFolder()
	require.NoError(t, err)
	assert.NoDirExists(t, old)
	assert.DirExists(t, young)
	info, err := os.Stat(third)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm(), "the administrator's socket lies in it")
}

// victim makes this test binary a process that starts a server and is killed.
const victim = "MARIADBTEST_VICTIM"

func TestServerDiesWithItsProcess(t *testing.T) {
	if os.Getenv(victim) != "" {
		s := Start(t)
		require.NoError(t, os.WriteFile(os.Getenv(victim), []byte(s.Addr()), 0o600))
		time.Sleep(time.Hour)
	}
	if dieWithParent() == nil {
		t.Skip("only Linux can do it")
	}
	native(t)
	addr := startVictimAndKillIt(t)
	assert.Eventually(t, func() bool { return !answers(addr) }, time.Minute, 20*time.Millisecond, "server at %s lives on", addr)
}

func startVictimAndKillIt(t *testing.T) (addr string) {
	t.Helper()
	note := filepath.Join(t.TempDir(), "note")
	cmd := exec.Command(os.Args[0], "-test.run=^TestServerDiesWithItsProcess$")
	cmd.Env = append(os.Environ(), victim+"="+note, "TMPDIR="+t.TempDir())
	require.NoError(t, cmd.Start())
	var said []byte
	require.Eventually(t, func() bool {
		said, _ = os.ReadFile(note)
		return len(said) > 0
	}, time.Minute, 20*time.Millisecond, "the process starts its server")
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	return string(said)
}
