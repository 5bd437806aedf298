package mariadbtest

import (
	"errors"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDatabasesAreIsolated(t *testing.T) {
	first, second := dial(t, DSN(t)), dial(t, DSN(t))
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
	s, err := shared()
	require.NoError(t, err)
	var n int
	require.NoError(t, s.admin.QueryRow(
		"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?", config.DBName).Scan(&n))
	assert.Zero(t, n)
}

func TestAccountOwnsItsDatabaseOnly(t *testing.T) {
	s := Start(t)
	db := dial(t, s.Database(t))
	_, err := db.Exec("CREATE DATABASE elsewhere")
	var denied *mysql.MySQLError
	require.True(t, errors.As(err, &denied), "%v", err)
	assert.EqualValues(t, 1044, denied.Number)
}

func TestServersCommitDurably(t *testing.T) {
	db := dial(t, DSN(t))
	assert.Equal(t, 1, count(t, db, "SELECT @@innodb_flush_log_at_trx_commit"))
}

func TestDatabaseTellsItsTest(t *testing.T) {
	config, err := mysql.ParseDSN(DSN(t))
	require.NoError(t, err)
	assert.Contains(t, config.DBName, "databasetellsitstest")
}

func TestCreateDatabaseRefusesStrangeNames(t *testing.T) {
	d := &databases{}
	for _, name := range []string{"", "a`b", "a b", "ä", string(make([]byte, 65))} {
		_, err := d.CreateDatabase(t.Context(), name)
		assert.Error(t, err, "%q", name)
	}
}
