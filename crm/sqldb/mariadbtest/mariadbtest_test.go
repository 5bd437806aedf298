package mariadbtest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorder is a test that notes how it was ended instead of ending.
type recorder struct {
	testing.TB
	failed, skipped string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Fatalf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }
func (r *recorder) Skipf(format string, args ...any)  { r.skipped = fmt.Sprintf(format, args...) }

func TestMissingServerSkips(t *testing.T) {
	t.Setenv(envRequire, "")
	var r recorder
	giveUp(&r, fmt.Errorf("%w: the reason", errNoServer))
	assert.Empty(t, r.failed)
	for _, want := range []string{"the reason", "apt-get install", "Docker", envDSN, envRequire} {
		assert.Contains(t, r.skipped, want)
	}
}

func TestMissingServerFailsWhenRequired(t *testing.T) {
	t.Setenv(envRequire, "1")
	var r recorder
	giveUp(&r, fmt.Errorf("%w: the reason", errNoServer))
	assert.Empty(t, r.skipped)
	assert.Contains(t, r.failed, "the reason")
}

func TestBrokenServerAlwaysFails(t *testing.T) {
	var r recorder
	giveUp(&r, errors.New("does not start"))
	assert.Empty(t, r.skipped)
	assert.Contains(t, r.failed, "does not start")
}

func TestMissingServerNamesEveryWay(t *testing.T) {
	t.Setenv("ADAPTER_TEST_MAY_INSTALL", "0")
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	t.Setenv("PATH", "")
	folders := serverFolders
	serverFolders = nil
	t.Cleanup(func() { serverFolders = folders })
	_, _, err := find(t.Context(), "")
	require.ErrorIs(t, err, errNoServer)
	for _, want := range []string{"no mariadbd", "scripts/need", "no Docker"} {
		require.ErrorContains(t, err, want)
	}
}

func TestEnvironmentNamesTheServer(t *testing.T) {
	theirs := Start(t)
	account := mysql.NewConfig()
	account.Net, account.Addr, account.User, account.Passwd = "tcp", theirs.Addr(), "ci", "secret"
	account.DBName = "ignored"
	account.InterpolateParams = true
	execute(t, theirs.admin, "CREATE USER ci@'%' IDENTIFIED BY 'secret'")
	execute(t, theirs.admin, "GRANT ALL ON *.* TO ci@'%'")

	s, end, err := find(testContext(t), account.FormatDSN())
	require.NoError(t, err)
	t.Run("database", func(t *testing.T) {
		dsn := s.Database(t)
		got, err := mysql.ParseDSN(dsn)
		require.NoError(t, err)
		assert.Equal(t, theirs.Addr(), got.Addr)
		assert.Equal(t, "ci", got.User)
		assert.True(t, got.InterpolateParams, "parameters are kept")
		execute(t, dial(t, dsn), "CREATE TABLE a (n INT)")
	})
	require.NoError(t, end())
	assert.NoError(t, theirs.admin.Ping(), "still running")
}

func TestEnvironmentIsNotReplaced(t *testing.T) {
	for _, dsn := range []string{"app:app@tcp(127.0.0.1:1)/", "nonsense"} {
		_, _, err := find(t.Context(), dsn)
		require.ErrorContains(t, err, envDSN)
		assert.NotContains(t, err.Error(), "no mariadbd", "no other way is tried")
	}
}
