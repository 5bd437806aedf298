package mariadbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/ory/dockertest/v3"
)

// runContainer starts a server in Docker and gives what ends it.
func runContainer(ctx context.Context) (d databases, end func() error, err error) {
	pool, err := dockertest.NewPool("")
	if err != nil {
		return d, nil, fmt.Errorf("no Docker: %w", err)
	}
	if err := pool.Client.Ping(); err != nil {
		return d, nil, fmt.Errorf("no Docker: %w", err)
	}
	pool.MaxWait = startTimeout
	pool.Client.SetTimeout(5 * time.Minute) // an image may have to be fetched
	password := rand.Text()
	container, err := pool.RunWithOptions(&dockertest.RunOptions{
		Repository: "mariadb", Tag: "11.4",
		// The container ends by itself should this process be killed. (To ask
		// the engine for it, as dockertest does, makes some stop it at once.)
		Entrypoint: []string{"timeout", "-s", "KILL", "7200", "docker-entrypoint.sh"},
		Cmd:        settings,
		Env:        []string{"MARIADB_ROOT_PASSWORD=" + password},
	})
	if err != nil {
		return d, nil, fmt.Errorf("docker: %w", err)
	}
	dsn := account("tcp", container.GetHostPort("3306/tcp"), "root", password).FormatDSN()
	err = pool.Retry(func() (err error) {
		d, err = connect(ctx, dsn)
		return err
	})
	if err != nil {
		return d, nil, errors.Join(err, container.Close())
	}
	return d, func() error { return errors.Join(d.admin.Close(), container.Close()) }, nil
}
