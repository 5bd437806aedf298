package app_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/server/app"
)

// TestDatabaseDiskIsFull imports into a database on a file system that is too
// small, and again when there is room.
func TestDatabaseDiskIsFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("this user cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	d := newDesk(t, "sqlite:"+dir+"/small.db", anyBarcode, "ADAPTER_CARD_TEMPLATE=29##########")
	const n = 20_000
	path := d.cardsFile("cards.csv", n)
	code, _, log := d.try("import", "cards", path)
	require.Equal(t, app.ExitFailed, code, log)
	require.Contains(t, log, "full")
	require.Contains(t, log, "loaded")
	stored := strings.Count(d.must("export", "cards"), "\n") - 1
	require.Less(t, stored, n)
	d.must("verify")

	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=200m"))
	d.must("import", "cards", path)
	d.whole(n)
}
