-- +goose Up

-- The e-mail of a card's customer, for CRMs that cannot search by it.
ALTER TABLE crm_link ADD COLUMN email TEXT NOT NULL DEFAULT '' CHECK (octet_length(email) <= 254);
CREATE INDEX crm_link_email ON crm_link (email);

-- +goose Down
DROP INDEX crm_link_email;
ALTER TABLE crm_link DROP COLUMN email;
