package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/ory/dockertest/v3"
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

// bare is a machine with nothing, on which an installation may fail.
func bare(env map[string]string, install error) finder {
	return finder{
		getenv:   func(key string) string { return env[key] },
		binaries: func() (binaries, error) { return binaries{}, errors.New("no mariadbd") },
		docker:   func() (*dockertest.Pool, error) { return nil, errors.New("no engine") },
		install:  func(context.Context) error { return install },
	}
}

func TestMissingServerSkips(t *testing.T) {
	var r recorder
	bare(nil, nil).giveUp(&r, fmt.Errorf("%w: the reason", errNoServer))
	assert.Empty(t, r.failed)
	for _, want := range []string{"the reason", "apt-get install", "Docker", envDSN, envRequire} {
		assert.Contains(t, r.skipped, want)
	}
}

func TestMissingServerFailsWhenRequired(t *testing.T) {
	var r recorder
	bare(map[string]string{envRequire: "1"}, nil).giveUp(&r, fmt.Errorf("%w: the reason", errNoServer))
	assert.Empty(t, r.skipped)
	assert.Contains(t, r.failed, "the reason")
}

func TestBrokenServerAlwaysFails(t *testing.T) {
	var r recorder
	bare(nil, nil).giveUp(&r, errors.New("does not start"))
	assert.Empty(t, r.skipped)
	assert.Contains(t, r.failed, "does not start")
}

func TestEveryWayIsTriedAndNamed(t *testing.T) {
	_, _, err := bare(nil, errors.New("may not install")).shared(t.Context())
	require.ErrorIs(t, err, errNoServer)
	for _, want := range []string{"no mariadbd", "no engine", "may not install"} {
		require.ErrorContains(t, err, want)
	}
}

func TestInstallationIsUsed(t *testing.T) {
	native(t)
	f := bare(nil, nil)
	looked := 0
	f.binaries = func() (binaries, error) {
		if looked++; looked == 1 {
			return binaries{}, errors.New("not yet")
		}
		return findBinaries()
	}
	s, end, err := f.private(testContext(t), nil)
	require.NoError(t, err)
	assert.NoError(t, s.Admin().Ping())
	assert.NoError(t, end())
}

func TestMayInstall(t *testing.T) {
	err := mayInstall(func(key string) string { return map[string]string{"ADAPTER_TEST_MAY_INSTALL": "0"}[key] })
	require.ErrorContains(t, err, "forbids")
}

func TestEnvironmentNamesTheServer(t *testing.T) {
	theirs := Start(t)
	account := mysql.NewConfig()
	account.Net, account.Addr, account.User, account.Passwd = "tcp", theirs.Addr(), "ci", "secret"
	account.DBName = "ignored"
	account.InterpolateParams = true
	execute(t, theirs.Admin(), "CREATE USER ci@'%' IDENTIFIED BY 'secret'")
	execute(t, theirs.Admin(), "GRANT ALL ON *.* TO ci@'%'")

	s, end, err := bare(map[string]string{envDSN: account.FormatDSN()}, nil).shared(testContext(t))
	require.NoError(t, err)
	t.Run("database", func(t *testing.T) {
		dsn := s.Database(t)
		got, err := mysql.ParseDSN(dsn)
		require.NoError(t, err)
		assert.Equal(t, theirs.Addr(), got.Addr)
		assert.Equal(t, "ci", got.User)
		assert.True(t, got.InterpolateParams, "parameters are kept")
		execute(t, open(t, dsn), "CREATE TABLE a (n INT)")
	})
	assert.ErrorIs(t, s.Kill(), errExternal)
	require.NoError(t, end())
	assert.NoError(t, theirs.Admin().Ping(), "still running")
}

func TestEnvironmentIsNotReplaced(t *testing.T) {
	for _, dsn := range []string{"app:app@tcp(127.0.0.1:1)/", "nonsense"} {
		_, _, err := bare(map[string]string{envDSN: dsn}, nil).shared(t.Context())
		require.ErrorContains(t, err, envDSN)
		assert.NotContains(t, err.Error(), "no mariadbd", "no other way is tried")
	}
}
