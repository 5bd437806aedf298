-- +goose Up

-- From which day on a card that somebody claimed shows purchases; those that were
-- stored before the claim are hidden, whatever their day.
ALTER TABLE card ADD COLUMN shown_from VARBINARY(10) NOT NULL DEFAULT '';
ALTER TABLE purchase ADD COLUMN hidden BIGINT NOT NULL DEFAULT 0;

-- What somebody has tried too often is counted here, by a hash of whom or what.
CREATE TABLE attempt (
  subject VARBINARY(80) NOT NULL PRIMARY KEY,
  since   BIGINT        NOT NULL,
  tried   BIGINT        NOT NULL,
  KEY attempt_since (since)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Phones that customers had before, so that support can undo a change.
CREATE TABLE former_phone (
  id          VARBINARY(26) NOT NULL PRIMARY KEY,
  customer_id VARBINARY(26) NOT NULL,
  phone       VARBINARY(15) NOT NULL,
  until       BIGINT        NOT NULL,
  KEY former_phone_customer (customer_id),
  KEY former_phone_until (until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE former_phone;
DROP TABLE attempt;
ALTER TABLE purchase DROP COLUMN hidden;
ALTER TABLE card DROP COLUMN shown_from;
