-- +goose Up

CREATE TABLE crm_link (
  number      VARBINARY(64)   NOT NULL PRIMARY KEY,
  ref         VARBINARY(128)  NOT NULL,
  phone       VARBINARY(15)   NOT NULL,
  member      MEDIUMTEXT      NOT NULL,
  seen_at     BIGINT          NOT NULL,
  balance     MEDIUMTEXT      NOT NULL,
  balance_at  BIGINT          NOT NULL,
  dropped_at  BIGINT          NOT NULL,
  enrolled_at BIGINT          NOT NULL,
  KEY crm_link_phone (phone, number),
  KEY crm_link_ref (ref)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE crm_intent (
  id         VARBINARY(26)  NOT NULL PRIMARY KEY,
  slot       VARBINARY(96)  NULL,
  operation  VARBINARY(16)  NOT NULL,
  card       VARBINARY(64)  NOT NULL,
  ref        VARBINARY(128) NOT NULL,
  person     VARBINARY(96)  NOT NULL,
  content    VARBINARY(64)  NOT NULL,
  told       MEDIUMTEXT     NOT NULL,
  state      VARBINARY(8)   NOT NULL,
  claim      VARBINARY(26)  NOT NULL,
  due_at     BIGINT         NOT NULL,
  attempts   BIGINT         NOT NULL,
  sent_at    BIGINT         NOT NULL,
  points     BIGINT         NOT NULL,
  booking    VARBINARY(128) NOT NULL,
  reason     VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(reason) <= 255),
  created_at BIGINT         NOT NULL,
  updated_at BIGINT         NOT NULL,
  UNIQUE KEY crm_intent_slot (slot),
  KEY crm_intent_due (state, due_at),
  KEY crm_intent_card (card),
  KEY crm_intent_person (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE crm_intent;
DROP TABLE crm_link;
