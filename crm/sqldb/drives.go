package sqldb

import (
	"context"
	"database/sql"

	"koshelek-adapter/crm/engine"
)

// PutDrives implements engine.Drives.
func (s *Store) PutDrives(ctx context.Context, drives []engine.Drive) error {
	return s.do(ctx, func(c conn) error {
		for _, d := range drives {
			if err := c.put("UPDATE drive SET zone = ? WHERE fn = ?", "INSERT INTO drive (zone, fn) VALUES (?, ?)", []any{d.Zone, d.FN}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Drive implements engine.Drives, in one round trip.
func (s *Store) Drive(ctx context.Context, fn string) (drive engine.Drive, listed, some bool, err error) {
	zone, err := read(ctx, s, func(c conn) (zone sql.NullString, err error) {
		some = true
		err = c.one("SELECT (SELECT zone FROM drive WHERE fn = ?) FROM drive LIMIT 1", []any{fn}, &zone)
		if isNoRows(err) {
			some, err = false, nil
		}
		return zone, err
	})
	return engine.Drive{FN: fn, Zone: zone.String}, zone.Valid, some, err
}
