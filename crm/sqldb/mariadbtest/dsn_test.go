package mariadbtest

import (
	"errors"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDatabasesAreIsolated(t *testing.T) {
	first, second := open(t, DSN(t)), open(t, DSN(t))
	execute(t, first, "CREATE TABLE a (n INT)")
	execute(t, second, "CREATE TABLE a (n INT)")
	execute(t, first, "INSERT INTO a VALUES (1)")
	assert.Equal(t, 1, count(t, first, "SELECT COUNT(*) FROM a"))
	assert.Equal(t, 0, count(t, second, "SELECT COUNT(*) FROM a"))
}

func TestDatabaseIsDropped(t *testing.T) {
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = DSN(t) })
	config, err := mysql.ParseDSN(dsn)
	require.NoError(t, err)
	s, err := perProcess.get()
	require.NoError(t, err)
	var n int
	require.NoError(t, s.Admin().QueryRow(
		"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?", config.DBName).Scan(&n))
	assert.Zero(t, n)
}

func TestAccountOwnsItsDatabaseOnly(t *testing.T) {
	s := Start(t)
	db := open(t, s.Database(t))
	_, err := db.Exec("CREATE DATABASE elsewhere")
	var denied *mysql.MySQLError
	require.True(t, errors.As(err, &denied), "%v", err)
	assert.EqualValues(t, 1044, denied.Number)
}

func TestServersCommitDurably(t *testing.T) {
	db := open(t, DSN(t))
	assert.Equal(t, 1, count(t, db, "SELECT @@innodb_flush_log_at_trx_commit"))
}

func TestUniqueName(t *testing.T) {
	a, b := uniqueName("TestÄ/with a rather long name that goes on"), uniqueName("TestÄ/with a rather long name that goes on")
	assert.NotEqual(t, a, b)
	assert.NoError(t, checkName(a), "usable as a database's name")
	assert.Contains(t, a, "with_a_rather_long")
}

func TestCreateDatabaseRefusesStrangeNames(t *testing.T) {
	s := &Server{}
	for _, name := range []string{"", "a`b", "a b", "ä", string(make([]byte, 65))} {
		_, err := s.CreateDatabase(t.Context(), name)
		assert.Error(t, err, "%q", name)
	}
}
