-- +goose Up

ALTER TABLE outbox ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (vendor, parked, state, due_at);

-- +goose Down
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (vendor, state, due_at);
ALTER TABLE outbox DROP COLUMN parked;
