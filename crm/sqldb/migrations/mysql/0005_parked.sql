-- +goose Up

ALTER TABLE outbox ADD COLUMN parked BIGINT NOT NULL DEFAULT 0, DROP KEY outbox_due, ADD KEY outbox_due (vendor, parked, state, due_at);

-- +goose Down
ALTER TABLE outbox DROP KEY outbox_due, ADD KEY outbox_due (vendor, state, due_at), DROP COLUMN parked;
