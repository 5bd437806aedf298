package mariadbtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"

	"github.com/ory/dockertest/v3"
	"github.com/ory/dockertest/v3/docker"
)

const (
	imageName  = "mariadb"
	imageTag   = "11.4"
	insidePort = "3306/tcp"
	// maxLife, in seconds, is longer than any run of the tests.
	maxLife = "7200"
)

// container is a server that Docker runs.
type container struct {
	pool     *dockertest.Pool
	port     int // on the engine's machine
	password string
	flags    []string

	resource *dockertest.Resource
}

// dockerPool connects to Docker, or says why it can not.
func dockerPool() (*dockertest.Pool, error) {
	pool, err := dockertest.NewPool("")
	if err != nil {
		return nil, fmt.Errorf("no Docker: %w", err)
	}
	pool.MaxWait = startTimeout
	pool.Client.SetTimeout(installTimeout) // an image may have to be fetched
	if err := pool.Client.Ping(); err != nil {
		return nil, fmt.Errorf("no Docker: %w", err)
	}
	return pool, nil
}

// launchContainer starts a private server in Docker.
func launchContainer(ctx context.Context, pool *dockertest.Pool, flags []string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	c := &container{pool: pool, port: port, password: rand.Text(), flags: flags}
	s, err := newServer(c, net.JoinHostPort(engineHost(pool), strconv.Itoa(port)), c.password)
	if err != nil {
		return nil, err
	}
	if err := s.Restart(ctx); err != nil {
		return nil, errors.Join(err, s.discard())
	}
	return s, nil
}

// engineHost is where the engine publishes ports: elsewhere when the engine is
// reached over the network.
func engineHost(pool *dockertest.Pool) string {
	u, err := url.Parse(pool.Client.Endpoint())
	if err != nil || u.Hostname() == "" {
		return "127.0.0.1"
	}
	return u.Hostname()
}

func (c *container) start(context.Context) error {
	if c.resource != nil {
		return c.pool.Client.StartContainer(c.resource.Container.ID, nil)
	}
	resource, err := c.pool.RunWithOptions(&dockertest.RunOptions{
		Repository: imageName,
		Tag:        imageTag,
		// The container ends by itself should this process be killed. (To ask
		// the engine for it, as dockertest does, makes some stop it at once.)
		Entrypoint: []string{"timeout", "-s", "KILL", maxLife, "docker-entrypoint.sh"},
		Cmd:        slices.Concat(settings, c.flags),
		Env:        []string{"MARIADB_ROOT_PASSWORD=" + c.password},
		// A port of Docker's choice would change with every start.
		PortBindings: map[docker.Port][]docker.PortBinding{
			insidePort: {{HostIP: c.bindAddress(), HostPort: strconv.Itoa(c.port)}},
		},
	})
	if err != nil {
		return fmt.Errorf("docker: %w", err)
	}
	c.resource = resource
	return nil
}

// bindAddress is where the engine publishes the port: to nobody else unless
// this process is elsewhere itself.
func (c *container) bindAddress() string {
	if host := engineHost(c.pool); host != "127.0.0.1" {
		return "0.0.0.0"
	}
	return "127.0.0.1"
}

func (c *container) ready(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) }

func (c *container) failure() error {
	if c.running() {
		return nil
	}
	return fmt.Errorf("container ended\n%s", c.logTail())
}

func (c *container) running() bool {
	if c.resource == nil {
		return false
	}
	info, err := c.pool.Client.InspectContainer(c.resource.Container.ID)
	return err == nil && info.State.Running
}

func (c *container) kill() error {
	return c.signal(context.Background(), docker.SIGKILL)
}

// stop does not ask the engine to stop the container: dockertest has set
// another signal for that, which mariadbd ignores.
func (c *container) stop(ctx context.Context) error {
	err := c.signal(ctx, docker.SIGTERM)
	if ctx.Err() != nil {
		return errors.Join(err, c.kill())
	}
	return err
}

// signal sends a signal that ends the server and waits for its end.
func (c *container) signal(ctx context.Context, signal docker.Signal) error {
	if !c.running() {
		return nil
	}
	id := c.resource.Container.ID
	if err := c.pool.Client.KillContainer(docker.KillContainerOptions{ID: id, Signal: signal, Context: ctx}); err != nil {
		return err
	}
	_, err := c.pool.Client.WaitContainerWithContext(id, ctx)
	return err
}

func (c *container) remove() error {
	if c.resource == nil {
		return nil
	}
	return c.resource.Close()
}

func (c *container) pid() int { return 0 }

// logTail is the end of the server's log.
func (c *container) logTail() string {
	var log bytes.Buffer
	err := c.pool.Client.Logs(docker.LogsOptions{
		Container: c.resource.Container.ID, OutputStream: &log, ErrorStream: &log,
		Stdout: true, Stderr: true, Tail: "20",
	})
	if err != nil {
		return err.Error()
	}
	return log.String()
}
