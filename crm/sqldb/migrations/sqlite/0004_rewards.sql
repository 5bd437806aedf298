-- +goose Up

CREATE TABLE one_time_code (
  customer_id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(customer_id) <= 26),
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  reference TEXT NOT NULL CHECK (octet_length(reference) <= 64),
  hash TEXT NOT NULL CHECK (octet_length(hash) <= 64),
  expires_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  used INTEGER NOT NULL,
  last_attempt TEXT NOT NULL CHECK (octet_length(last_attempt) <= 32),
  verdict TEXT NOT NULL CHECK (octet_length(verdict) <= 32),
  window_start INTEGER NOT NULL,
  sends INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  CONSTRAINT one_time_code_of FOREIGN KEY (customer_id) REFERENCES customer (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reward_order (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 128),
  state TEXT NOT NULL CHECK (octet_length(state) <= 8),
  card_number TEXT CHECK (octet_length(card_number) <= 64),
  customer_print TEXT NOT NULL CHECK (octet_length(customer_print) <= 64),
  points INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  posting_id TEXT NOT NULL CHECK (octet_length(posting_id) <= 26),
  reversal_id TEXT NOT NULL CHECK (octet_length(reversal_id) <= 26),
  at INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (length(reason) <= 255),
  redeem_call TEXT NOT NULL CHECK (octet_length(redeem_call) <= 32),
  reverse_call TEXT NOT NULL CHECK (octet_length(reverse_call) <= 32),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT reward_order_of FOREIGN KEY (card_number) REFERENCES card (number)
) STRICT, WITHOUT ROWID;
CREATE INDEX reward_order_card ON reward_order (card_number);

-- +goose Down
DROP TABLE reward_order;
DROP TABLE one_time_code;
