package app

import (
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/config"
)

// TestConnectionsLeaveFilesForTheRest: a low limit of open files counts more than
// the setting.
func TestConnectionsLeaveFilesForTheRest(t *testing.T) {
	cfg, err := config.Load(nil)
	require.NoError(t, err)
	for files, want := range map[int]int{0: 2000, 1 << 20: 2000, 1024: 1024 - 128 - 48 - 16, 64: 1} {
		assert.Equal(t, want, roomFor(cfg, files, zerolog.Nop()), "%d files", files)
	}
}
