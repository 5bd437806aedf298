-- +goose Up

-- From which day on a card that somebody claimed shows purchases; those that were
-- stored before the claim are hidden, whatever their day.
ALTER TABLE card ADD COLUMN shown_from TEXT NOT NULL DEFAULT '' CHECK (octet_length(shown_from) <= 10);
ALTER TABLE purchase ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;

-- What somebody has tried too often is counted here, by a hash of whom or what.
CREATE TABLE attempt (
  subject TEXT NOT NULL PRIMARY KEY CHECK (octet_length(subject) <= 80),
  since INTEGER NOT NULL,
  tried INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_since ON attempt (since);

-- Phones that customers had before, so that support can undo a change.
CREATE TABLE former_phone (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 26),
  customer_id TEXT NOT NULL CHECK (octet_length(customer_id) <= 26),
  phone TEXT NOT NULL CHECK (octet_length(phone) <= 15),
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_phone_customer ON former_phone (customer_id);
CREATE INDEX former_phone_until ON former_phone (until);

-- +goose Down
DROP TABLE former_phone;
DROP TABLE attempt;
ALTER TABLE purchase DROP COLUMN hidden;
ALTER TABLE card DROP COLUMN shown_from;
