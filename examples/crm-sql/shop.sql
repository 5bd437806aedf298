-- A shop as they are: its tables are not changed for the wallet. MySQL, MariaDB.

CREATE TABLE clients (
  client_id   INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  fio         VARCHAR(200) NOT NULL,          -- Фамилия Имя Отчество in one column
  tel         VARCHAR(20)  NULL,              -- 89001234567, as the tills write it
  mail        VARCHAR(100) NULL,
  birthday    DATE         NULL,
  pol         TINYINT      NOT NULL DEFAULT 0, -- 0 not known, 1 man, 2 woman
  KEY (tel),
  KEY (mail)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE discount_cards (
  card_no   CHAR(13)     NOT NULL PRIMARY KEY,
  client_id INT UNSIGNED NULL,
  status    TINYINT      NOT NULL DEFAULT 1,  -- 1 works, 2 lost or stolen, 3 resting
  issued    DATETIME     NOT NULL DEFAULT CURRENT_TIMESTAMP,
  KEY (client_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The bonus ledger: credits are positive, what is spent is negative.
CREATE TABLE bonus_moves (
  move_id  INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  card_no  CHAR(13)      NOT NULL,
  amount   DECIMAL(10,2) NOT NULL,
  moved_at DATETIME      NOT NULL DEFAULT CURRENT_TIMESTAMP,
  burns_on DATE          NULL,
  note     VARCHAR(100)  NULL,
  KEY (card_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE receipts (
  receipt_id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  card_no    CHAR(13) NULL,
  sold_at    DATETIME NOT NULL,
  shop       VARCHAR(100) NOT NULL,
  KEY (card_no, sold_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE receipt_lines (
  receipt_id INT UNSIGNED NOT NULL,
  line       SMALLINT NOT NULL,
  goods      VARCHAR(200)  NOT NULL,
  qty        DECIMAL(10,3) NOT NULL,
  total      DECIMAL(10,2) NOT NULL,
  bonus      DECIMAL(10,2) NOT NULL DEFAULT 0,
  PRIMARY KEY (receipt_id, line)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
