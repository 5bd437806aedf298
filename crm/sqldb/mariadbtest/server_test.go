package mariadbtest

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommittedRowsSurviveKill(t *testing.T) {
	s := Start(t)
	db := dial(t, s.Database(t))
	execute(t, db, "CREATE TABLE a (n INT)")
	execute(t, db, "INSERT INTO a VALUES (1), (2)")
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = tx.Exec("INSERT INTO a VALUES (3)")
	require.NoError(t, err)

	require.NoError(t, s.Kill())
	require.NoError(t, s.Kill(), "killing a dead server")
	assert.Zero(t, s.PID())
	require.False(t, answers(s.Addr()))
	require.Error(t, tx.Commit())

	require.NoError(t, s.Restart(testContext(t)))
	assert.Equal(t, 2, count(t, db, "SELECT COUNT(*) FROM a"), "the committed rows and no other")
	assert.Equal(t, 1, count(t, s.admin, "SELECT 1"), "Admin works again")
}

func TestTestMayEndWithADeadServer(t *testing.T) {
	s := Start(t)
	t.Run("inner", func(t *testing.T) {
		s.Database(t)
		require.NoError(t, s.Kill())
	})
}

func TestRestartOfRunningServer(t *testing.T) {
	s := Start(t)
	db := dial(t, s.Database(t))
	execute(t, db, "CREATE TABLE a (n INT)")
	addr, pid := s.Addr(), s.PID()
	require.NoError(t, s.Restart(testContext(t)))
	assert.Equal(t, addr, s.Addr())
	if pid != 0 {
		assert.NotEqual(t, pid, s.PID())
	}
	assert.Zero(t, count(t, db, "SELECT COUNT(*) FROM a"))
}

func TestFlagsWin(t *testing.T) {
	s := Start(t, "--innodb-flush-log-at-trx-commit=2", "--max-connections=17")
	assert.Equal(t, 2, count(t, s.admin, "SELECT @@innodb_flush_log_at_trx_commit"))
	assert.Equal(t, 17, count(t, s.admin, "SELECT @@max_connections"))
}

// native skips a test of Launch on a machine that has only Docker.
func native(t *testing.T) {
	t.Helper()
	DSN(t) // installs a server where that is allowed
	if _, err := lookForBinaries(); err != nil {
		t.Skip(err)
	}
}

func TestLaunchKeepsDataOfFolder(t *testing.T) {
	native(t)
	// Longer than the path of a socket may be.
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	ctx := testContext(t)

	first, err := Launch(ctx, dir)
	require.NoError(t, err)
	dsn, err := first.CreateDatabase(ctx, "kept")
	require.NoError(t, err)
	execute(t, dial(t, dsn), "CREATE TABLE a (n INT)")
	require.NoError(t, first.Stop())
	require.NoError(t, first.Stop(), "stopping twice")

	second, err := Launch(ctx, dir)
	require.NoError(t, err)
	dsn, err = second.CreateDatabase(ctx, "kept")
	require.NoError(t, err)
	assert.Equal(t, dsn, second.DSN("kept"))
	assert.Zero(t, count(t, dial(t, dsn), "SELECT COUNT(*) FROM a"))
	require.NoError(t, second.Stop())
}

func TestLaunchTellsWhatTheServerSaid(t *testing.T) {
	native(t)
	_, err := Launch(testContext(t), t.TempDir(), "--no-such-flag")
	require.ErrorContains(t, err, "no-such-flag")
}

func TestTakenPort(t *testing.T) {
	native(t)
	bin, err := lookForBinaries()
	require.NoError(t, err)
	folder, err := newFolder()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	data, err := prepareData(testContext(t), bin, folder)
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(Start(t).Addr())
	require.NoError(t, err)
	taken, err := strconv.Atoi(port)
	require.NoError(t, err)
	_, err = start(testContext(t), bin, folder, data, taken, nil)
	require.ErrorContains(t, err, bindFailure)
}
