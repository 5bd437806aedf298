package sqldb

import (
	"context"
	"database/sql"

	"koshelek-adapter/crm/engine"
)

// PutDrives implements engine.Drives.
func (s *Store) PutDrives(ctx context.Context, drives []engine.Drive, by engine.By) (engine.Counts, error) {
	return write(ctx, s, func(c conn) (engine.Counts, error) {
		b := s.bringing(c, "drive", by)
		for _, d := range drives {
			zones, err := inColumn[string](c, "SELECT zone FROM drive WHERE fn IN (?)", []string{d.FN})
			if err != nil {
				return nil, err
			}
			outcome, err := put(c, zones, d.Zone, "UPDATE drive SET zone = ? WHERE fn = ?", "INSERT INTO drive (zone, fn) VALUES (?, ?)", []any{d.Zone, d.FN})
			if err != nil {
				return nil, err
			}
			if err := b.done(outcome, d.FN, ""); err != nil {
				return nil, err
			}
		}
		return b.counts, nil
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

type driveRow struct {
	FN   string `db:"fn"`
	Zone string `db:"zone"`
}

func (r driveRow) drive() engine.Drive { return engine.Drive{FN: r.FN, Zone: r.Zone} }

// ListDrives implements engine.Drives.
func (s *Store) ListDrives(ctx context.Context, after string, limit int) ([]engine.Drive, error) {
	return page(ctx, s, driveRow.drive, "SELECT fn, zone FROM drive WHERE fn > ? ORDER BY fn LIMIT ?", after, limit)
}

// RemoveDrives implements engine.Drives.
func (s *Store) RemoveDrives(ctx context.Context, fns []string, by engine.By) (removed int64, err error) {
	return write(ctx, s, func(c conn) (removed int64, err error) {
		for _, fn := range fns {
			n, err := c.exec("DELETE FROM drive WHERE fn = ?", fn)
			if err == nil && n > 0 {
				err = c.audit(s.ids.next(by.Now), millis(by.Now), by.Actor, "drive removed", fn, "")
			}
			if err != nil {
				return 0, err
			}
			removed += n
		}
		return removed, nil
	})
}
