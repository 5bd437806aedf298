-- +goose Up

CREATE TABLE crm_link (
  number TEXT NOT NULL PRIMARY KEY CHECK (octet_length(number) <= 64),
  ref TEXT NOT NULL CHECK (octet_length(ref) <= 128),
  phone TEXT NOT NULL CHECK (octet_length(phone) <= 15),
  member TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  balance TEXT NOT NULL,
  balance_at INTEGER NOT NULL,
  dropped_at INTEGER NOT NULL,
  enrolled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX crm_link_phone ON crm_link (phone, number);
CREATE INDEX crm_link_ref ON crm_link (ref);

CREATE TABLE crm_intent (
  id TEXT NOT NULL PRIMARY KEY CHECK (octet_length(id) <= 26),
  slot TEXT NULL CHECK (octet_length(slot) <= 96),
  operation TEXT NOT NULL CHECK (octet_length(operation) <= 16),
  card TEXT NOT NULL CHECK (octet_length(card) <= 64),
  ref TEXT NOT NULL CHECK (octet_length(ref) <= 128),
  person TEXT NOT NULL CHECK (octet_length(person) <= 96),
  content TEXT NOT NULL CHECK (octet_length(content) <= 64),
  told TEXT NOT NULL,
  state TEXT NOT NULL CHECK (octet_length(state) <= 8),
  claim TEXT NOT NULL CHECK (octet_length(claim) <= 26),
  due_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  points INTEGER NOT NULL,
  booking TEXT NOT NULL CHECK (octet_length(booking) <= 128),
  reason TEXT NOT NULL CHECK (length(reason) <= 255),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX crm_intent_slot ON crm_intent (slot);
CREATE INDEX crm_intent_due ON crm_intent (state, due_at);
CREATE INDEX crm_intent_card ON crm_intent (card);
CREATE INDEX crm_intent_person ON crm_intent (person);

-- +goose Down
DROP TABLE crm_intent;
DROP TABLE crm_link;
