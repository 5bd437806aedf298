-- +goose Up

CREATE TABLE customer (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 26),
  phone TEXT CHECK (octet_length(phone) <= 15),
  email TEXT CHECK (octet_length(email) <= 254),
  surname TEXT NOT NULL CHECK (length(surname) <= 255),
  firstname TEXT NOT NULL CHECK (length(firstname) <= 255),
  patronymic TEXT NOT NULL CHECK (length(patronymic) <= 255),
  sex TEXT NOT NULL CHECK (octet_length(sex) <= 1),
  birth_date TEXT NOT NULL CHECK (octet_length(birth_date) <= 10),
  country_code TEXT NOT NULL CHECK (length(country_code) <= 16),
  locality TEXT NOT NULL CHECK (length(locality) <= 255),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX customer_phone ON customer (phone);
CREATE UNIQUE INDEX customer_email ON customer (email);

CREATE TABLE card (
  number TEXT NOT NULL PRIMARY KEY CHECK (octet_length(number) <= 64),
  barcode_number TEXT NOT NULL CHECK (octet_length(barcode_number) <= 64),
  barcode_type TEXT NOT NULL CHECK (octet_length(barcode_type) <= 8),
  state TEXT NOT NULL CHECK (octet_length(state) <= 8),
  customer_id TEXT CHECK (octet_length(customer_id) <= 26),
  balance INTEGER NOT NULL,
  earned_total INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT card_holder FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT card_balance CHECK (balance >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX card_customer ON card (customer_id);

CREATE TABLE card_pool (
  number TEXT NOT NULL PRIMARY KEY CHECK (octet_length(number) <= 64),
  barcode_number TEXT NOT NULL CHECK (octet_length(barcode_number) <= 64),
  barcode_type TEXT NOT NULL CHECK (octet_length(barcode_type) <= 8),
  reserved_until INTEGER NOT NULL,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX card_pool_reserved ON card_pool (reserved_until, number);

CREATE TABLE operation (
  op_key TEXT NOT NULL PRIMARY KEY CHECK (octet_length(op_key) <= 160),
  fingerprint TEXT NOT NULL CHECK (octet_length(fingerprint) <= 64),
  subject TEXT NOT NULL CHECK (octet_length(subject) <= 26),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_subject ON operation (subject);

CREATE TABLE consent (
  customer_id TEXT NOT NULL CHECK (octet_length(customer_id) <= 26),
  seq INTEGER NOT NULL,
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  channel TEXT NOT NULL CHECK (octet_length(channel) <= 8),
  allowed INTEGER NOT NULL,
  source TEXT NOT NULL CHECK (length(source) <= 255),
  at INTEGER NOT NULL,
  PRIMARY KEY (customer_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 26),
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  kind TEXT NOT NULL CHECK (octet_length(kind) <= 16),
  points INTEGER NOT NULL,
  op_key TEXT NOT NULL CHECK (octet_length(op_key) <= 160),
  description TEXT NOT NULL CHECK (length(description) <= 255),
  at INTEGER NOT NULL,
  CONSTRAINT posting_of FOREIGN KEY (card_number) REFERENCES card (number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX posting_op ON posting (op_key);
CREATE INDEX posting_card ON posting (card_number, id);

CREATE TABLE lot (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 26),
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  points INTEGER NOT NULL,
  remaining INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  description TEXT NOT NULL CHECK (length(description) <= 255),
  available_from INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  CONSTRAINT lot_of FOREIGN KEY (card_number) REFERENCES card (number),
  CONSTRAINT lot_remaining CHECK (remaining >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX lot_card ON lot (card_number, is_open, valid_until);
CREATE INDEX lot_expiry ON lot (is_open, valid_until);

CREATE TABLE lot_use (
  posting_id TEXT NOT NULL CHECK (octet_length(posting_id) <= 26),
  lot_id TEXT NOT NULL CHECK (octet_length(lot_id) <= 26),
  points INTEGER NOT NULL,
  PRIMARY KEY (posting_id, lot_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
  fn TEXT NOT NULL CHECK (octet_length(fn) <= 16),
  i INTEGER NOT NULL,
  fp INTEGER NOT NULL,
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  fingerprint TEXT NOT NULL CHECK (octet_length(fingerprint) <= 64),
  sum_kopecks INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  points INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (fn, i, fp),
  CONSTRAINT receipt_of FOREIGN KEY (card_number) REFERENCES card (number)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_card ON receipt (card_number);

CREATE TABLE promo_code (
  code TEXT NOT NULL PRIMARY KEY CHECK (octet_length(code) <= 64),
  points INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  used INTEGER NOT NULL,
  description TEXT NOT NULL CHECK (length(description) <= 255)
) STRICT, WITHOUT ROWID;

CREATE TABLE promo_use (
  code TEXT NOT NULL CHECK (octet_length(code) <= 64),
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  points INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (code, card_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE purchase (
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  ref TEXT NOT NULL CHECK (octet_length(ref) <= 128),
  day TEXT NOT NULL CHECK (octet_length(day) <= 10),
  item TEXT NOT NULL CHECK (length(item) <= 255),
  amount_kopecks INTEGER NOT NULL,
  quantity_milli INTEGER NOT NULL,
  location TEXT NOT NULL CHECK (length(location) <= 255),
  bonus_points INTEGER NOT NULL,
  PRIMARY KEY (card_number, ref),
  CONSTRAINT purchase_of FOREIGN KEY (card_number) REFERENCES card (number)
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_day ON purchase (card_number, day, ref);

CREATE TABLE offer (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 64),
  audience TEXT NOT NULL CHECK (octet_length(audience) <= 8),
  target TEXT NOT NULL CHECK (octet_length(target) <= 64),
  name TEXT NOT NULL CHECK (length(name) <= 255),
  description TEXT NOT NULL CHECK (length(description) <= 4000),
  start_date TEXT NOT NULL CHECK (octet_length(start_date) <= 10),
  end_date TEXT NOT NULL CHECK (octet_length(end_date) <= 10),
  image_url TEXT NOT NULL CHECK (length(image_url) <= 255),
  discount TEXT NOT NULL CHECK (length(discount) <= 255)
) STRICT, WITHOUT ROWID;
CREATE INDEX offer_audience ON offer (audience, target);

CREATE TABLE card_segment (
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  segment TEXT NOT NULL CHECK (octet_length(segment) <= 64),
  PRIMARY KEY (card_number, segment)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 26),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL CHECK (length(actor) <= 255),
  action TEXT NOT NULL CHECK (octet_length(action) <= 32),
  subject TEXT NOT NULL CHECK (octet_length(subject) <= 64),
  detail TEXT NOT NULL CHECK (length(detail) <= 255)
) STRICT, WITHOUT ROWID;

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
