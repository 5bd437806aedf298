-- +goose Up

-- Drive and document number name a receipt. Of those that differ in the fiscal
-- sign alone the first is kept: the others were forged or damaged.
DELETE receipt FROM receipt JOIN receipt AS first ON first.fn = receipt.fn AND first.i = receipt.i
  AND (first.created_at < receipt.created_at OR first.created_at = receipt.created_at AND first.fp < receipt.fp);
ALTER TABLE receipt ADD UNIQUE KEY receipt_document (fn, i);
UPDATE receipt SET fingerprint = CONCAT(fingerprint, '|', fp);

-- +goose Down
UPDATE receipt SET fingerprint = LEFT(fingerprint, CHAR_LENGTH(fingerprint) - CHAR_LENGTH(CONCAT('|', fp)));
ALTER TABLE receipt DROP KEY receipt_document;
