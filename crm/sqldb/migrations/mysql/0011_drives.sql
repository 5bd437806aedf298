-- +goose Up

-- The fiscal drives of the programme's own tills; with none, any receipt may earn.
CREATE TABLE drive (
  fn   VARBINARY(16) NOT NULL PRIMARY KEY,
  zone VARBINARY(64) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE drive;
