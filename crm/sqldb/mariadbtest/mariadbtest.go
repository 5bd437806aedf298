package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// DSN returns the data source name, in go-sql-driver's form, of an empty
// database with a name of its own. It is dropped when t ends; see
// [Server.Database].
//
// The first call of a process starts the server that all later ones share; it
// may be called from parallel tests. Without a server t is skipped, or fails
// when REQUIRE_MYSQL=1. A package's TestMain should call [Run], so that the
// server's folder does not outlive the tests.
func DSN(t testing.TB) string {
	t.Helper()
	s, err := perProcess.get()
	if err != nil {
		machine().giveUp(t, err)
	}
	return s.Database(t)
}

// Lasting is DSN for a database that outlives t: it stays until [Run] ends the
// server, for tests that use one after another.
func Lasting(t testing.TB) string {
	t.Helper()
	s, err := perProcess.get()
	if err != nil {
		machine().giveUp(t, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	name := uniqueName(t.Name())
	dsn, err := s.CreateDatabase(ctx, name)
	if err != nil {
		t.Fatalf("mariadbtest: %v", err)
	}
	perProcess.mu.Lock()
	defer perProcess.mu.Unlock()
	perProcess.lasting = append(perProcess.lasting, name)
	return dsn
}

// Start starts a server that belongs to t alone, for a test that kills it or
// needs other settings: flags are further arguments of mariadbd and win over
// the package's own. It ignores ADAPTER_TEST_MYSQL_DSN. The server ends and
// its data go when t ends. Without a server t is skipped, or fails when
// REQUIRE_MYSQL=1; a server that does not start always fails t.
func Start(t testing.TB, flags ...string) *Server {
	t.Helper()
	f := machine()
	s, end, err := f.private(context.Background(), flags)
	if err != nil {
		f.giveUp(t, err)
	}
	t.Cleanup(func() {
		if err := end(); err != nil {
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
	if err := perProcess.close(); err != nil {
		fmt.Fprintln(os.Stderr, "mariadbtest:", err)
	}
	return code
}

// perProcess is the server that the tests of this process share.
var perProcess sharedServer

// sharedServer starts a server when it is first wanted.
type sharedServer struct {
	mu     sync.Mutex
	server *Server
	end    func() error
	err    error
	// lasting are the databases that go with the server.
	lasting []string
}

// get returns the server or the reason why there is none, which stays: every
// further test would wait as long to learn the same.
func (s *sharedServer) get() (*Server, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil && s.err == nil {
		s.server, s.end, s.err = machine().shared(context.Background())
	}
	return s.server, s.err
}

func (s *sharedServer) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return nil
	}
	var errs []error
	for _, name := range s.lasting {
		if s.server.borrowed() && !s.server.down() { // one's own goes as a whole
			errs = append(errs, s.server.dropDatabase(name))
		}
	}
	s.server, s.err = nil, errors.New("the shared server has been stopped")
	return errors.Join(append(errs, s.end())...)
}
