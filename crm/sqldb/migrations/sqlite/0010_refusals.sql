-- +goose Up

-- Refusals of each day by their code, for operators.
CREATE TABLE refusal_day (
  day TEXT NOT NULL CHECK (octet_length(day) <= 10),
  code TEXT NOT NULL CHECK (octet_length(code) <= 32),
  n INTEGER NOT NULL,
  PRIMARY KEY (day, code)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE refusal_day;
