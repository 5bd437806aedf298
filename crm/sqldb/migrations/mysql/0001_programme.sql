-- +goose Up

-- Identifiers are VARBINARY: collations fold case and trailing spaces. Texts
-- have one character of room beyond their CHECK, since MySQL cuts trailing
-- spaces off a text that is too long without an error, in strict mode too.

CREATE TABLE customer (
  id           VARBINARY(26)  NOT NULL PRIMARY KEY,
  phone        VARBINARY(15)  NULL,
  email        VARBINARY(254) NULL,
  surname      VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(surname) <= 255),
  firstname    VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(firstname) <= 255),
  patronymic   VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(patronymic) <= 255),
  sex          VARBINARY(1)   NOT NULL,
  birth_date   VARBINARY(10)  NOT NULL,
  country_code VARCHAR(17)    NOT NULL CHECK (CHAR_LENGTH(country_code) <= 16),
  locality     VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(locality) <= 255),
  created_at   BIGINT         NOT NULL,
  updated_at   BIGINT         NOT NULL,
  UNIQUE KEY customer_phone (phone),
  UNIQUE KEY customer_email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE card (
  number         VARBINARY(64) NOT NULL PRIMARY KEY,
  barcode_number VARBINARY(64) NOT NULL,
  barcode_type   VARBINARY(8)  NOT NULL,
  state          VARBINARY(8)  NOT NULL,
  customer_id    VARBINARY(26) NULL,
  balance        BIGINT        NOT NULL,
  earned_total   BIGINT        NOT NULL,
  issued_at      BIGINT        NOT NULL,
  updated_at     BIGINT        NOT NULL,
  KEY card_customer (customer_id),
  CONSTRAINT card_holder FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT card_balance CHECK (balance >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE card_pool (
  number         VARBINARY(64) NOT NULL PRIMARY KEY,
  barcode_number VARBINARY(64) NOT NULL,
  barcode_type   VARBINARY(8)  NOT NULL,
  reserved_until BIGINT        NOT NULL,
  added_at       BIGINT        NOT NULL,
  KEY card_pool_reserved (reserved_until, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE operation (
  op_key      VARBINARY(160) NOT NULL PRIMARY KEY,
  fingerprint VARBINARY(64)  NOT NULL,
  subject     VARBINARY(26)  NOT NULL,
  created_at  BIGINT         NOT NULL,
  KEY operation_subject (subject)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE consent (
  customer_id VARBINARY(26) NOT NULL,
  seq         BIGINT        NOT NULL,
  card_number VARBINARY(64) NOT NULL,
  channel     VARBINARY(8)  NOT NULL,
  allowed     BIGINT        NOT NULL,
  source      VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(source) <= 255),
  at          BIGINT        NOT NULL,
  PRIMARY KEY (customer_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE posting (
  id          VARBINARY(26)  NOT NULL PRIMARY KEY,
  card_number VARBINARY(64)  NOT NULL,
  kind        VARBINARY(16)  NOT NULL,
  points      BIGINT         NOT NULL,
  op_key      VARBINARY(160) NOT NULL,
  description VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(description) <= 255),
  at          BIGINT         NOT NULL,
  UNIQUE KEY posting_op (op_key),
  KEY posting_card (card_number, id),
  CONSTRAINT posting_of FOREIGN KEY (card_number) REFERENCES card (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE lot (
  id             VARBINARY(26) NOT NULL PRIMARY KEY,
  card_number    VARBINARY(64) NOT NULL,
  points         BIGINT        NOT NULL,
  remaining      BIGINT        NOT NULL,
  is_open        BIGINT        NOT NULL,
  description    VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(description) <= 255),
  available_from BIGINT        NOT NULL,
  valid_until    BIGINT        NOT NULL,
  KEY lot_card (card_number, is_open, valid_until),
  KEY lot_expiry (is_open, valid_until),
  CONSTRAINT lot_of FOREIGN KEY (card_number) REFERENCES card (number),
  CONSTRAINT lot_remaining CHECK (remaining >= 0)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE lot_use (
  posting_id VARBINARY(26) NOT NULL,
  lot_id     VARBINARY(26) NOT NULL,
  points     BIGINT        NOT NULL,
  PRIMARY KEY (posting_id, lot_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE receipt (
  fn          VARBINARY(16) NOT NULL,
  i           BIGINT        NOT NULL,
  fp          BIGINT        NOT NULL,
  card_number VARBINARY(64) NOT NULL,
  fingerprint VARBINARY(64) NOT NULL,
  sum_kopecks BIGINT        NOT NULL,
  at          BIGINT        NOT NULL,
  kind        BIGINT        NOT NULL,
  points      BIGINT        NOT NULL,
  created_at  BIGINT        NOT NULL,
  PRIMARY KEY (fn, i, fp),
  KEY receipt_card (card_number),
  CONSTRAINT receipt_of FOREIGN KEY (card_number) REFERENCES card (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE promo_code (
  code        VARBINARY(64) NOT NULL PRIMARY KEY,
  points      BIGINT        NOT NULL,
  starts_at   BIGINT        NOT NULL,
  ends_at     BIGINT        NOT NULL,
  max_uses    BIGINT        NOT NULL,
  used        BIGINT        NOT NULL,
  description VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(description) <= 255)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE promo_use (
  code        VARBINARY(64) NOT NULL,
  card_number VARBINARY(64) NOT NULL,
  points      BIGINT        NOT NULL,
  created_at  BIGINT        NOT NULL,
  PRIMARY KEY (code, card_number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE purchase (
  card_number    VARBINARY(64)  NOT NULL,
  ref            VARBINARY(128) NOT NULL,
  day            VARBINARY(10)  NOT NULL,
  item           VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(item) <= 255),
  amount_kopecks BIGINT         NOT NULL,
  quantity_milli BIGINT         NOT NULL,
  location       VARCHAR(256)   NOT NULL CHECK (CHAR_LENGTH(location) <= 255),
  bonus_points   BIGINT         NOT NULL,
  PRIMARY KEY (card_number, ref),
  KEY purchase_day (card_number, day, ref),
  CONSTRAINT purchase_of FOREIGN KEY (card_number) REFERENCES card (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE offer (
  id          VARBINARY(64) NOT NULL PRIMARY KEY,
  audience    VARBINARY(8)  NOT NULL,
  target      VARBINARY(64) NOT NULL,
  name        VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(name) <= 255),
  description VARCHAR(4001) NOT NULL CHECK (CHAR_LENGTH(description) <= 4000),
  start_date  VARBINARY(10) NOT NULL,
  end_date    VARBINARY(10) NOT NULL,
  image_url   VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(image_url) <= 255),
  discount    VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(discount) <= 255),
  KEY offer_audience (audience, target)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE card_segment (
  card_number VARBINARY(64) NOT NULL,
  segment     VARBINARY(64) NOT NULL,
  PRIMARY KEY (card_number, segment)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit (
  id      VARBINARY(26) NOT NULL PRIMARY KEY,
  at      BIGINT        NOT NULL,
  actor   VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(actor) <= 255),
  action  VARBINARY(32) NOT NULL,
  subject VARBINARY(64) NOT NULL,
  detail  VARCHAR(256)  NOT NULL CHECK (CHAR_LENGTH(detail) <= 255)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE audit;
DROP TABLE card_segment;
DROP TABLE offer;
DROP TABLE purchase;
DROP TABLE promo_use;
DROP TABLE promo_code;
DROP TABLE receipt;
DROP TABLE lot_use;
DROP TABLE lot;
DROP TABLE posting;
DROP TABLE consent;
DROP TABLE operation;
DROP TABLE card_pool;
DROP TABLE card;
DROP TABLE customer;
