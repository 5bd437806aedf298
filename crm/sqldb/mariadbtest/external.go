package mariadbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// external is a server that somebody else runs.
type external struct{}

var errExternal = errors.New("the server of " + envDSN + " is not this package's to start or kill")

func (external) start(context.Context) error                 { return errExternal }
func (external) ready(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) }
func (external) failure() error                              { return nil }
func (external) kill() error                                 { return errExternal }
func (external) stop(context.Context) error                  { return nil }
func (external) remove() error                               { return nil }
func (external) pid() int                                    { return 0 }

// connect describes the server of dsn, whose account is both the administrator
// and the one that tests use. Parameters of dsn are kept.
func connect(ctx context.Context, dsn string) (*Server, error) {
	app, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envDSN, err)
	}
	app.DBName = ""
	connector, err := mysql.NewConnector(app.Clone())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envDSN, err)
	}
	s := &Server{engine: external{}, admin: sql.OpenDB(connector), app: app}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.admin.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", envDSN, err), s.admin.Close())
	}
	return s, nil
}
