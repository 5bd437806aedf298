-- +goose Up

CREATE TABLE one_time_code (
  customer_id  VARBINARY(26) NOT NULL PRIMARY KEY,
  card_number  VARBINARY(64) NOT NULL,
  reference    VARBINARY(64) NOT NULL,
  hash         VARBINARY(64) NOT NULL,
  expires_at   BIGINT        NOT NULL,
  attempts     BIGINT        NOT NULL,
  used         BIGINT        NOT NULL,
  last_attempt VARBINARY(32) NOT NULL,
  verdict      VARBINARY(32) NOT NULL,
  window_start BIGINT        NOT NULL,
  sends        BIGINT        NOT NULL,
  failures     BIGINT        NOT NULL,
  CONSTRAINT one_time_code_of FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE reward_order (
  id             VARBINARY(128) NOT NULL PRIMARY KEY,
  state          VARBINARY(8)   NOT NULL,
  card_number    VARBINARY(64)  NULL,
  customer_print VARBINARY(64)  NOT NULL,
  points         BIGINT         NOT NULL,
  returned       BIGINT         NOT NULL,
  posting_id     VARBINARY(26)  NOT NULL,
  reversal_id    VARBINARY(26)  NOT NULL,
  at             BIGINT         NOT NULL,
  reason         VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(reason) <= 255),
  redeem_call    VARBINARY(32)  NOT NULL,
  reverse_call   VARBINARY(32)  NOT NULL,
  created_at     BIGINT         NOT NULL,
  updated_at     BIGINT         NOT NULL,
  KEY reward_order_card (card_number),
  CONSTRAINT reward_order_of FOREIGN KEY (card_number) REFERENCES card (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE reward_order;
DROP TABLE one_time_code;
