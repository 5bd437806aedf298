-- +goose Up

ALTER TABLE receipt ADD COLUMN reversed_by TEXT NOT NULL DEFAULT '' CHECK (octet_length(reversed_by) <= 64);

CREATE TABLE outbox (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL CHECK (octet_length(id) <= 26),
  errand_key TEXT NOT NULL CHECK (octet_length(errand_key) <= 160),
  cause TEXT NOT NULL CHECK (octet_length(cause) <= 160),
  rule_id TEXT NOT NULL CHECK (octet_length(rule_id) <= 64),
  vendor TEXT NOT NULL CHECK (octet_length(vendor) <= 32),
  action TEXT NOT NULL CHECK (octet_length(action) <= 32),
  points INTEGER NOT NULL,
  payload TEXT NOT NULL CHECK (octet_length(payload) <= 8192),
  once INTEGER NOT NULL,
  holds INTEGER NOT NULL,
  effect TEXT NOT NULL CHECK (octet_length(effect) <= 16),
  undo_with TEXT NOT NULL CHECK (octet_length(undo_with) <= 8448),
  card_number TEXT NOT NULL CHECK (octet_length(card_number) <= 64),
  customer_id TEXT NOT NULL CHECK (octet_length(customer_id) <= 26),
  line TEXT NOT NULL CHECK (octet_length(line) <= 104),
  blocks INTEGER NOT NULL,
  reverses TEXT NOT NULL CHECK (octet_length(reverses) <= 26),
  state TEXT NOT NULL CHECK (octet_length(state) <= 16),
  claim TEXT NOT NULL CHECK (octet_length(claim) <= 26),
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  vendor_ref TEXT CHECK (octet_length(vendor_ref) <= 128),
  booked INTEGER NOT NULL,
  reason TEXT NOT NULL CHECK (length(reason) <= 255),
  answer TEXT NOT NULL CHECK (octet_length(answer) <= 16384),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX outbox_id ON outbox (id);
CREATE UNIQUE INDEX outbox_errand ON outbox (errand_key);
CREATE UNIQUE INDEX outbox_vendor_ref ON outbox (vendor, vendor_ref);
CREATE INDEX outbox_due ON outbox (vendor, state, due_at);
CREATE INDEX outbox_line ON outbox (line, blocks, seq);
CREATE INDEX outbox_cause ON outbox (cause);
CREATE INDEX outbox_card ON outbox (card_number, id);

-- +goose Down
DROP TABLE outbox;
ALTER TABLE receipt DROP COLUMN reversed_by;
