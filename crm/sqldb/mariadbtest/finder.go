package mariadbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/ory/dockertest/v3"
)

const (
	envDSN     = "ADAPTER_TEST_MYSQL_DSN"
	envRequire = "REQUIRE_MYSQL"
)

// errNoServer marks an error that says there is no server to start.
var errNoServer = errors.New("no MariaDB or MySQL server for this test")

// finder knows the ways to a server. The package's tests replace some.
type finder struct {
	getenv   func(string) string
	binaries func() (binaries, error)
	docker   func() (*dockertest.Pool, error)
	install  func(context.Context) error
}

// machine looks at the real machine.
func machine() finder {
	return finder{
		getenv:   os.Getenv,
		binaries: findBinaries,
		docker:   dockerPool,
		install: func(ctx context.Context) error {
			if err := mayInstall(os.Getenv); err != nil {
				return err
			}
			return install(ctx)
		},
	}
}

// shared is the server that the environment names, or else a private one.
func (f finder) shared(ctx context.Context) (*Server, func() error, error) {
	dsn := f.getenv(envDSN)
	if dsn == "" {
		return f.private(ctx, nil)
	}
	s, err := connect(ctx, dsn)
	if err != nil {
		return nil, nil, err
	}
	return s, s.Stop, nil
}

// private starts a server of the caller's own, with a function that ends it
// and throws its data away.
func (f finder) private(ctx context.Context, flags []string) (*Server, func() error, error) {
	bin, noBinaries := f.binaries()
	if noBinaries == nil {
		return startNative(ctx, bin, flags)
	}
	pool, noDocker := f.docker()
	if noDocker == nil {
		s, err := launchContainer(ctx, pool, flags)
		if err != nil {
			return nil, nil, err
		}
		return s, s.discard, nil
	}
	if err := f.install(ctx); err != nil {
		return nil, nil, errors.Join(errNoServer, noBinaries, noDocker, err)
	}
	bin, err := f.binaries()
	if err != nil {
		return nil, nil, fmt.Errorf("after the installation: %w", err)
	}
	return startNative(ctx, bin, flags)
}

// startNative starts mariadbd in a folder of the workspace.
func startNative(ctx context.Context, bin binaries, flags []string) (*Server, func() error, error) {
	w, err := openWorkspace()
	if err != nil {
		return nil, nil, err
	}
	folder, err := w.newRun(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := launch(ctx, bin, folder.path, flags)
	if err != nil {
		return nil, nil, errors.Join(err, folder.remove())
	}
	return s, func() error { return errors.Join(s.discard(), folder.remove()) }, nil
}

// giveUp ends a test that got no server because of err.
func (f finder) giveUp(t testing.TB, err error) {
	t.Helper()
	switch {
	case !errors.Is(err, errNoServer):
		t.Fatalf("mariadbtest: %v", err)
	case f.getenv(envRequire) == "1":
		t.Fatalf("%v\n%s%s=1 makes this a failure.", err, wayOut, envRequire)
	default:
		t.Skipf("%v\n%s%s=1 turns this skip into a failure.", err, wayOut, envRequire)
	}
}

const wayOut = `
Any of these gives it one:
  - MariaDB's server (Debian: apt-get install ` + serverPackage + ` ` + clientPackage + `; macOS: brew install mariadb)
  - Docker
  - ` + envDSN + `='user:password@tcp(host:3306)/', whose user may create and drop databases
`
