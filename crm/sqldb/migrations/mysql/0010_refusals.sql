-- +goose Up

-- Refusals of each day by their code, for operators.
CREATE TABLE refusal_day (
  day  VARBINARY(10) NOT NULL,
  code VARBINARY(32) NOT NULL,
  n    BIGINT        NOT NULL,
  PRIMARY KEY (day, code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- +goose Down
DROP TABLE refusal_day;
