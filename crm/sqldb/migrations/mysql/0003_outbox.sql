-- +goose Up

ALTER TABLE receipt ADD COLUMN reversed_by VARBINARY(64) NOT NULL DEFAULT '';

CREATE TABLE outbox (
  seq         BIGINT          NOT NULL AUTO_INCREMENT PRIMARY KEY,
  id          VARBINARY(26)   NOT NULL,
  errand_key  VARBINARY(160)  NOT NULL,
  cause       VARBINARY(160)  NOT NULL,
  rule_id     VARBINARY(64)   NOT NULL,
  vendor      VARBINARY(32)   NOT NULL,
  action      VARBINARY(32)   NOT NULL,
  points      BIGINT          NOT NULL,
  payload     VARBINARY(8192) NOT NULL,
  once        BIGINT          NOT NULL,
  holds       BIGINT          NOT NULL,
  effect      VARBINARY(16)   NOT NULL,
  undo_with   VARBINARY(8448) NOT NULL,
  card_number VARBINARY(64)   NOT NULL,
  customer_id VARBINARY(26)   NOT NULL,
  line        VARBINARY(104)  NOT NULL,
  blocks      BIGINT          NOT NULL,
  reverses    VARBINARY(26)   NOT NULL,
  state       VARBINARY(16)   NOT NULL,
  claim       VARBINARY(26)   NOT NULL,
  attempts    BIGINT          NOT NULL,
  due_at      BIGINT          NOT NULL,
  sent_at     BIGINT          NOT NULL,
  vendor_ref  VARBINARY(128)  NULL,
  booked      BIGINT          NOT NULL,
  reason      VARCHAR(256)    NOT NULL CHECK (CHAR_LENGTH(reason) <= 255),
  answer      VARBINARY(16384) NOT NULL,
  created_at  BIGINT          NOT NULL,
  updated_at  BIGINT          NOT NULL,
  UNIQUE KEY outbox_id (id),
  UNIQUE KEY outbox_errand (errand_key),
  UNIQUE KEY outbox_vendor_ref (vendor, vendor_ref),
  KEY outbox_due (vendor, state, due_at),
  KEY outbox_line (line, blocks, seq),
  KEY outbox_cause (cause),
  KEY outbox_card (card_number, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE outbox;
ALTER TABLE receipt DROP COLUMN reversed_by;
