-- +goose Up

-- The e-mail of a card's customer, for CRMs that cannot search by it.
ALTER TABLE crm_link ADD COLUMN email VARBINARY(254) NOT NULL DEFAULT '', ADD KEY crm_link_email (email);

-- +goose Down
ALTER TABLE crm_link DROP COLUMN email;
