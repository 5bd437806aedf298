package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

var gooseDialects = map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "mysql": goose.DialectMySQL}

// migrationTime bounds the wait for another process's migration and our own.
const migrationTime = 5 * time.Minute

// lockProbe is how often a process asks whether another one's migration is over.
const lockProbe = 50 * time.Millisecond

// migrate brings a schema up to date. A newer schema than this build knows is
// an error: an old binary must not write into it.
func migrate(ctx context.Context, db *sql.DB, folder string, locker lock.Locker) error {
	ctx, cancel := context.WithTimeout(ctx, migrationTime)
	defer cancel()
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if locker != nil {
		options = append(options, goose.WithLocker(locker))
	}
	provider, err := goose.NewProvider(gooseDialects[folder], db, files, options...)
	if err != nil {
		return fmt.Errorf("sqldb: migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("sqldb: migration: %s", withoutData(err.Error()))
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("sqldb: migrations: %w", err)
	}
	if current > known {
		return fmt.Errorf("sqldb: the schema has version %d, this build knows %d: start the newer build", current, known)
	}
	return nil
}
