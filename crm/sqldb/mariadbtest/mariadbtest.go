package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

const (
	envDSN     = "ADAPTER_TEST_MYSQL_DSN"
	envRequire = "REQUIRE_MYSQL"
)

// DSN returns the data source name, in go-sql-driver's form, of an empty
// database with a name of its own. When t ends the database is dropped.
//
// The first call of a process starts the server that all later ones share; it
// may be called from parallel tests. Without a server t is skipped, or fails
// when REQUIRE_MYSQL=1. A package's TestMain should call [Run], so that the
// server does not outlive the tests.
func DSN(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		giveUp(t, err)
	}
	return s.Database(t)
}

// Lasting is DSN for a database that outlives t: it stays until [Run] ends the
// server, for tests that use one after another.
func Lasting(t testing.TB) string {
	t.Helper()
	s, err := shared()
	if err != nil {
		giveUp(t, err)
	}
	name, dsn := s.create(t)
	lasting.Lock()
	defer lasting.Unlock()
	lasting.names = append(lasting.names, name)
	return dsn
}

// Start starts a mariadbd that belongs to t alone, for a test that kills it or
// needs other settings: flags are further arguments of mariadbd and win over
// the package's own. The server ends and its data go when t ends. Without a
// mariadbd t is skipped, or fails when REQUIRE_MYSQL=1; one that does not start
// always fails t.
func Start(t testing.TB, flags ...string) *Server {
	t.Helper()
	s, err := launch(context.Background(), "", flags)
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Kill(), s.Stop()); err != nil {
			t.Errorf("mariadbtest: %v", err)
		}
	})
	return s
}

// Run runs the tests of m and ends the server that [DSN] shared, if any. It
// returns the code to exit with:
//
//	func TestMain(m *testing.M) { os.Exit(mariadbtest.Run(m)) }
func Run(m interface{ Run() int }) int {
	code := m.Run()
	if started.end != nil {
		if err := started.end(); err != nil {
			fmt.Fprintln(os.Stderr, "mariadbtest:", err)
		}
	}
	return code
}

// lasting are the databases of [Lasting].
var lasting struct {
	sync.Mutex
	names []string
}

// started is the server that the tests of this process share, and what ends it.
var started struct {
	databases
	end func() error
}

// shared finds or starts the shared server, once: after a failure every further
// test would wait as long to learn the same.
var shared = sync.OnceValues(func() (*databases, error) {
	var err error
	started.databases, started.end, err = find(context.Background(), os.Getenv(envDSN))
	return &started.databases, err
})

// find gives the server of dsn or, without one, a new server, and what ends it.
func find(ctx context.Context, dsn string) (databases, func() error, error) {
	if dsn != "" {
		d, err := connect(ctx, dsn)
		return d, d.leave, err
	}
	s, noServer := launch(ctx, "", nil)
	if noServer == nil {
		return s.databases, func() error { return errors.Join(s.Kill(), s.Stop()) }, nil
	}
	if !errors.Is(noServer, errNoServer) {
		return databases{}, nil, noServer
	}
	d, end, err := runContainer(ctx)
	if err != nil {
		err = errors.Join(noServer, err)
	}
	return d, end, err
}

// errNoServer marks an error that says there is no server to start.
var errNoServer = errors.New("no MariaDB or MySQL server for this test")

const wayOut = `
Any of these gives it one:
  - MariaDB's server (Debian: apt-get install mariadb-server-core mariadb-client-core; macOS: brew install mariadb)
  - Docker, but for tests that kill their server
  - ` + envDSN + `='user:password@tcp(host:3306)/', whose user may create and drop databases; not for those either
`

// giveUp ends a test that got no server because of err.
func giveUp(t testing.TB, err error) {
	t.Helper()
	switch {
	case !errors.Is(err, errNoServer):
		t.Fatalf("mariadbtest: %v", err)
	case os.Getenv(envRequire) == "1":
		t.Fatalf("%v\n%s%s=1 makes this a failure.", err, wayOut, envRequire)
	default:
		t.Skipf("%v\n%s%s=1 turns this skip into a failure.", err, wayOut, envRequire)
	}
}
