-- +goose Up

-- Drive and document number name a receipt. Of those that differ in the fiscal
-- sign alone the first is kept: the others were forged or damaged.
DELETE FROM receipt WHERE EXISTS (SELECT 1 FROM receipt AS first WHERE first.fn = receipt.fn AND first.i = receipt.i
  AND (first.created_at < receipt.created_at OR first.created_at = receipt.created_at AND first.fp < receipt.fp));
CREATE UNIQUE INDEX receipt_document ON receipt (fn, i);
UPDATE receipt SET fingerprint = fingerprint || '|' || fp;

-- +goose Down
UPDATE receipt SET fingerprint = substr(fingerprint, 1, length(fingerprint) - length('|' || fp));
DROP INDEX receipt_document;
