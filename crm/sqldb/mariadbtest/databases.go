package mariadbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	startTimeout = time.Minute
	stopTimeout  = 30 * time.Second
)

// The account that DSNs name. It owns the databases made by CreateDatabase and
// nothing else, as an adapter's account does in production.
const (
	appUser     = "app"
	appPassword = "app"
)

// databases makes databases on a server.
type databases struct {
	admin *sql.DB
	app   *mysql.Config // the account and address of DSN, without a database
	// owned says that the server is the package's own and goes with its data.
	owned bool
	// down says that the server does not run; nil for one that is not watched.
	down func() bool
}

// connect reaches the server of dsn, whose account is both the administrator
// and the one that tests use. Parameters of dsn are kept.
func connect(ctx context.Context, dsn string) (databases, error) {
	app, err := mysql.ParseDSN(dsn)
	if err != nil {
		return databases{}, fmt.Errorf("%s: %w", envDSN, err)
	}
	app.DBName = ""
	d := databases{app: app}
	if d.admin, err = open(app.Clone()); err != nil {
		return d, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := d.admin.PingContext(ctx); err != nil {
		return d, errors.Join(fmt.Errorf("%s: %w", envDSN, err), d.admin.Close())
	}
	return d, nil
}

func open(config *mysql.Config) (*sql.DB, error) {
	config.Logger = &mysql.NopLogger{} // tests kill servers; a lost connection is no news
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// account describes the connection of user at addr.
func account(network, addr, user, password string) *mysql.Config {
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Passwd, c.Timeout = network, addr, user, password, 5*time.Second
	return c
}

// leave drops what [Lasting] made and ends the connections.
func (d *databases) leave() error {
	var errs []error
	lasting.Lock()
	defer lasting.Unlock()
	for _, name := range lasting.names {
		errs = append(errs, d.drop(name))
	}
	return errors.Join(append(errs, d.admin.Close())...)
}

// DSN is the data source name, in go-sql-driver's form, of the database called
// name. It does not talk to the server: CreateDatabase makes a database.
func (d *databases) DSN(name string) string {
	c := d.app.Clone()
	c.DBName = name
	return c.FormatDSN()
}

var validName = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)

// CreateDatabase makes the database called name unless it exists, lets the
// account of DSN do everything in it, and returns its DSN. name consists of
// ASCII letters, digits and underscores.
func (d *databases) CreateDatabase(ctx context.Context, name string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("database name %q: want 1 to 64 ASCII letters, digits and underscores", name)
	}
	statements := []string{"CREATE DATABASE IF NOT EXISTS `" + name + "` CHARACTER SET utf8mb4"}
	if d.owned {
		// An underscore in a GRANT stands for any character.
		statements = append(statements, "GRANT ALL ON `"+strings.ReplaceAll(name, "_", `\_`)+"`.* TO '"+appUser+"'@'%'")
	}
	for _, statement := range statements {
		if _, err := d.admin.ExecContext(ctx, statement); err != nil {
			return "", fmt.Errorf("%s: %w", statement, err)
		}
	}
	return d.DSN(name), nil
}

// Database makes an empty database with a name of its own and returns its DSN.
// When t ends the database is dropped, unless the server does not run by then,
// and t fails if that is impossible: mostly a transaction was left open.
func (d *databases) Database(t testing.TB) string {
	t.Helper()
	name, dsn := d.create(t)
	t.Cleanup(func() {
		if d.down != nil && d.down() {
			return
		}
		if err := d.drop(name); err != nil {
			t.Errorf("mariadbtest: drop %s: %v", name, err)
		}
	})
	return dsn
}

var strange = regexp.MustCompile(`[^a-z0-9_]+`)

// create makes a database whose name tells the test and is used nowhere else,
// in no other process either.
func (d *databases) create(t testing.TB) (name, dsn string) {
	t.Helper()
	readable := strange.ReplaceAllString(strings.ToLower(t.Name()), "_")
	name = fmt.Sprintf("test_%.32s_%s", readable, strings.ToLower(rand.Text()[:12]))
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	dsn, err := d.CreateDatabase(ctx, name)
	if err != nil {
		t.Fatalf("mariadbtest: %v", err)
	}
	return name, dsn
}

func (d *databases) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	// Without a bound a transaction left open would hold the test up for a day.
	_, err := d.admin.ExecContext(ctx, "SET STATEMENT lock_wait_timeout = 10 FOR DROP DATABASE IF EXISTS `"+name+"`")
	return err
}

// Administer runs a statement as the administrator of the shared server, for tests
// that need accounts of their own.
func Administer(t testing.TB, statement string) {
	t.Helper()
	s, err := shared()
	if err != nil {
		giveUp(t, err)
	}
	if _, err := s.admin.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("mariadbtest: %v", err)
	}
}
