package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"koshelek-adapter/server/app"
)

// TestStoreInMemoryIsNotServed: what is acknowledged there is gone with the power.
func TestStoreInMemoryIsNotServed(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "adapter-test-")
	if err != nil {
		t.Skipf("no file system in memory: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	env := environment(t, "ADAPTER_DATABASE=sqlite:"+filepath.Join(dir, "new", "adapter.db"), "ADAPTER_DATABASE_ALLOW_UNSAFE=")
	code, _, log := command(t, env, "serve")
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "ADAPTER_DATABASE_ALLOW_UNSAFE")
	env["ADAPTER_DATABASE_ALLOW_UNSAFE"] = "true"
	start(t, env)

	env = environment(t, "ADAPTER_DATABASE=sqlite::memory:", "ADAPTER_DATABASE_ALLOW_UNSAFE=true")
	code, _, log = command(t, env, "serve")
	assert.Equal(t, app.ExitFailed, code)
	assert.Contains(t, log, "keeps nothing")
}
