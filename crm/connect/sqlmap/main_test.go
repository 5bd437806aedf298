package sqlmap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"koshelek-adapter/crm/connect/sqlmap/postgrestest"
	"koshelek-adapter/crm/sqldb/mariadbtest"
)

// both ends the two servers.
type both struct{ *testing.M }

func (b both) Run() int { return mariadbtest.Run(b.M) }

func TestMain(m *testing.M) { os.Exit(postgrestest.Run(both{m})) }

const examples = "../../../examples/crm-sql/"

func example(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(examples, name))
	require.NoError(t, err)
	return string(content)
}

// engine is a database with the tables of the reference or of the shop.
type engine struct {
	driver string
	// owner may do everything, reader only read, writer read and call.
	owner, reader, writer string
	run                   func(t testing.TB, script string)
}

// engines are the reference tables on both kinds of databases.
func engines(t *testing.T, test func(t *testing.T, e engine)) {
	t.Run("mysql", func(t *testing.T) { test(t, mysqlEngine(t, "reference-mysql.sql")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresEngine(t)) })
}

func mysqlEngine(t testing.TB, scripts ...string) engine {
	e := engine{driver: "mysql", owner: mariadbtest.DSN(t)}
	config, err := mysql.ParseDSN(e.owner)
	require.NoError(t, err)
	e.run = func(t testing.TB, script string) { mariadbtest.Script(t, e.owner, script) }
	for _, script := range scripts {
		e.run(t, example(t, script))
	}
	name := config.DBName[len(config.DBName)-12:]
	e.reader = account(t, *config, name+"_read", "SELECT")
	e.writer = account(t, *config, name+"_write", "SELECT, EXECUTE")
	return e
}

// account makes an account with rights on a database of MySQL.
func account(t testing.TB, config mysql.Config, name, rights string) string {
	mariadbtest.Administer(t, "CREATE USER "+name+"@'%' IDENTIFIED BY 'secret'")
	mariadbtest.Administer(t, "GRANT "+rights+" ON `"+config.DBName+"`.* TO "+name+"@'%'")
	config.User, config.Passwd = name, "secret"
	return config.FormatDSN()
}

func postgresEngine(t testing.TB) engine {
	e := engine{driver: "postgres", owner: postgrestest.URL(t)}
	e.run = func(t testing.TB, script string) { postgrestest.Exec(t, e.owner, script) }
	e.run(t, example(t, "reference-postgres.sql"))
	name := e.owner[strings.LastIndex(e.owner, "/")+1:]
	read, write := name+"_read", name+"_write"
	e.run(t, "CREATE ROLE "+read+" LOGIN; CREATE ROLE "+write+" LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+read+", "+write+
		"; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "+write)
	e.reader, e.writer = postgrestest.As(e.owner, read), postgrestest.As(e.owner, write)
	return e
}

// address is where the database listens.
func (e engine) address() string {
	if e.driver == "mysql" {
		config, err := mysql.ParseDSN(e.owner)
		if err != nil {
			panic(err) // it has been used
		}
		return config.Addr
	}
	_, rest, _ := strings.Cut(e.owner, "@")
	address, _, _ := strings.Cut(rest, "/")
	return address
}

// connector opens the mapping of the engine, changed.
func (e engine) connector(t testing.TB, change ...string) *Connector {
	t.Helper()
	c, err := e.open(t, change...)
	require.NoError(t, err)
	return c
}

func (e engine) open(t testing.TB, change ...string) (*Connector, error) {
	t.Helper()
	return e.openMapping(t, strings.NewReplacer(change...).Replace(example(t, "reference-"+e.driver+".toml")))
}

func (e engine) openMapping(t testing.TB, mapping string) (*Connector, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mapping.toml")
	require.NoError(t, os.WriteFile(path, []byte(mapping), 0o600))
	c, err := Open(t.Context(), path, Options{Read: e.reader, Write: e.writer, Zone: zone(t)})
	if err == nil {
		t.Cleanup(func() { require.NoError(t, c.Close()) })
	}
	return c, err
}

func zone(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	return zone
}
