-- +goose Up

-- The fiscal drives of the programme's own tills; with none, any receipt may earn.
CREATE TABLE drive (
  fn TEXT NOT NULL PRIMARY KEY CHECK (octet_length(fn) <= 16),
  zone TEXT NOT NULL CHECK (octet_length(zone) <= 64)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE drive;
