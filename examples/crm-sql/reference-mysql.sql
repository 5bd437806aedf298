-- Tables and procedures for a shop that has none of its own: MySQL 8, MariaDB 10.5 and later.
-- Load: mariadb shop < reference-mysql.sql. Rights: the end of this file.

CREATE TABLE wallet_customers (
  id           BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  phone        VARCHAR(15)  CHARACTER SET ascii   COLLATE ascii_bin   NULL UNIQUE, -- digits with the country code
  email        VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL UNIQUE, -- lower case
  surname      VARCHAR(255) NULL,
  firstname    VARCHAR(255) NULL,
  patronymic   VARCHAR(255) NULL,
  sex          CHAR(1)      NULL,
  birth_date   DATE         NULL,
  country_code VARCHAR(16)  NULL,
  locality     VARCHAR(255) NULL,
  created_at   DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_cards (
  number       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  customer_id  BIGINT UNSIGNED NULL, -- NULL: nobody has registered it
  state        ENUM('active', 'inactive', 'blocked') NOT NULL DEFAULT 'active',
  barcode      VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  barcode_type VARCHAR(16) NULL,
  issued_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY (customer_id, number),
  FOREIGN KEY (customer_id) REFERENCES wallet_customers (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What is left of each credit; points that are taken are a negative row.
CREATE TABLE wallet_points (
  id             BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  card           VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  points         BIGINT NOT NULL,
  description    VARCHAR(255) NULL,
  available_from DATETIME(3) NULL,
  valid_until    DATETIME(3) NULL,
  KEY (card)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_purchases (
  ref      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  card     VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day      DATE NOT NULL,
  item     VARCHAR(255) NOT NULL,
  amount   DECIMAL(12, 2) NOT NULL, -- roubles
  quantity DECIMAL(12, 3) NOT NULL DEFAULT 1,
  location VARCHAR(255) NULL,
  points   BIGINT NOT NULL DEFAULT 0,
  KEY (card, day, ref)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_offers (
  id          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  name        VARCHAR(255) NOT NULL,
  description TEXT NULL,
  start_date  DATE NULL,
  end_date    DATE NULL,
  image_url   VARCHAR(1024) NULL,
  discount    VARCHAR(64) NULL,
  card        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL -- NULL: for all
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_codes (
  code       VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
  points     BIGINT NOT NULL,
  uses_left  BIGINT NULL, -- NULL: as often as one likes
  start_date DATE NULL,
  end_date   DATE NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_code_uses (
  code VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  card VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (code, card)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_receipts (
  fn     CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number BIGINT NOT NULL,
  fp     BIGINT NOT NULL,
  card   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sum    BIGINT NOT NULL, -- kopecks
  kind   INT NOT NULL,
  points BIGINT NOT NULL,
  PRIMARY KEY (fn, number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE wallet_channels (
  customer_id BIGINT UNSIGNED NOT NULL,
  channel     VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  allowed     BOOLEAN NOT NULL,
  PRIMARY KEY (customer_id, channel)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- What was done under which key, in one transaction with the change. Keep 7 days.
CREATE TABLE wallet_keys (
  name    VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  content CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ref     VARCHAR(128) NULL,
  card    VARCHAR(64) NULL,
  points  BIGINT NOT NULL DEFAULT 0,
  done_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY (done_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

DELIMITER $$

-- Takes the key. known is NULL for a new one, else what to answer.
-- Whoever comes second with a key waits here until the first has committed.
CREATE PROCEDURE wallet_begin(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_content TEXT CHARACTER SET utf8mb4, OUT known VARCHAR(32))
BEGIN
  INSERT IGNORE INTO wallet_keys (name, content) VALUES (p_key, SHA2(p_content, 256));
  IF ROW_COUNT() = 1 THEN
    SET known = NULL;
  ELSE
    SELECT IF(content = SHA2(p_content, 256), 'repeated', 'operation_conflict') INTO known FROM wallet_keys WHERE name = p_key FOR UPDATE;
  END IF;
END $$

-- Answers as the adapter wants it: outcome, ref, card, points.
CREATE PROCEDURE wallet_end(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_outcome VARCHAR(32), IN p_ref VARCHAR(128), IN p_card VARCHAR(64), IN p_points BIGINT)
BEGIN
  IF p_outcome = 'done' THEN
    UPDATE wallet_keys SET ref = p_ref, card = p_card, points = p_points WHERE name = p_key;
  END IF;
  IF p_outcome IN ('done', 'repeated') THEN
    SELECT p_outcome AS outcome, ref, card, points FROM wallet_keys WHERE name = p_key;
  ELSE
    SELECT p_outcome AS outcome, NULL AS ref, NULL AS card, 0 AS points;
  END IF;
END $$

CREATE PROCEDURE wallet_enroll(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_barcode VARCHAR(64), IN p_barcode_type VARCHAR(16),
  IN p_phone VARCHAR(15) CHARACTER SET ascii, IN p_email VARCHAR(254) CHARACTER SET utf8mb4, IN p_surname VARCHAR(255), IN p_firstname VARCHAR(255),
  IN p_patronymic VARCHAR(255), IN p_sex CHAR(1), IN p_birth_date DATE, IN p_country_code VARCHAR(16), IN p_locality VARCHAR(255))
BEGIN
  DECLARE v_outcome VARCHAR(32);
  DECLARE v_id, v_other, v_holder BIGINT UNSIGNED;
  DECLARE v_state VARCHAR(16);
  CALL wallet_begin(p_key, CONCAT_WS(CHAR(31), 'enroll', p_card, COALESCE(p_phone, ''), COALESCE(p_email, ''), COALESCE(p_surname, ''), COALESCE(p_firstname, ''),
    COALESCE(p_patronymic, ''), COALESCE(p_sex, ''), COALESCE(p_birth_date, ''), COALESCE(p_country_code, ''), COALESCE(p_locality, '')), v_outcome);
  IF v_outcome IS NULL THEN
    SET v_outcome = 'done';
    -- First the e-mail: a customer who is made between the two statements is then found by phone, and not taken for a stranger.
    SELECT MAX(id) INTO v_other FROM wallet_customers WHERE email = p_email FOR UPDATE;
    SELECT MAX(id) INTO v_id FROM wallet_customers WHERE phone = p_phone FOR UPDATE;
    IF v_id IS NULL AND p_phone IS NULL THEN
      SET v_id = v_other;
    END IF;
    SELECT MAX(customer_id), MAX(state) INTO v_holder, v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    IF v_holder IS NOT NULL AND v_holder <> COALESCE(v_id, 0) THEN
      SET v_outcome = 'number_taken';
    ELSEIF v_other IS NOT NULL AND v_other <> COALESCE(v_id, 0) THEN
      SET v_outcome = 'email_taken';
    ELSEIF v_state = 'blocked' THEN
      SET v_outcome = 'card_blocked';
    ELSE
      IF v_id IS NULL THEN
        INSERT INTO wallet_customers (phone, email, surname, firstname, patronymic, sex, birth_date, country_code, locality)
        VALUES (p_phone, p_email, p_surname, p_firstname, p_patronymic, p_sex, p_birth_date, p_country_code, p_locality);
        SET v_id = LAST_INSERT_ID();
      END IF;
      INSERT INTO wallet_cards (number, customer_id, barcode, barcode_type) VALUES (p_card, v_id, p_barcode, p_barcode_type)
      ON DUPLICATE KEY UPDATE customer_id = COALESCE(customer_id, v_id);
      SELECT customer_id INTO v_holder FROM wallet_cards WHERE number = p_card;
      IF v_holder <> v_id THEN -- made in this moment
        SET v_outcome = 'number_taken';
      END IF;
    END IF;
  END IF;
  CALL wallet_end(p_key, v_outcome, v_id, p_card, 0);
END $$

CREATE PROCEDURE wallet_update(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii,
  IN p_phone VARCHAR(15) CHARACTER SET ascii, IN p_email VARCHAR(254) CHARACTER SET utf8mb4, IN p_surname VARCHAR(255), IN p_firstname VARCHAR(255),
  IN p_patronymic VARCHAR(255), IN p_sex CHAR(1), IN p_birth_date DATE, IN p_country_code VARCHAR(16), IN p_locality VARCHAR(255))
BEGIN
  DECLARE v_outcome VARCHAR(32);
  DECLARE v_id BIGINT UNSIGNED;
  DECLARE v_state VARCHAR(16);
  CALL wallet_begin(p_key, CONCAT_WS(CHAR(31), 'update', p_card, COALESCE(p_phone, ''), COALESCE(p_email, ''), COALESCE(p_surname, ''), COALESCE(p_firstname, ''),
    COALESCE(p_patronymic, ''), COALESCE(p_sex, ''), COALESCE(p_birth_date, ''), COALESCE(p_country_code, ''), COALESCE(p_locality, '')), v_outcome);
  IF v_outcome IS NULL THEN
    SET v_outcome = 'done';
    SELECT MAX(customer_id), MAX(state) INTO v_id, v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    IF v_state IS NOT NULL AND v_id IS NULL THEN -- nobody has registered it: whose profile comes gets it
      SELECT MAX(id) INTO v_id FROM wallet_customers WHERE phone = p_phone FOR UPDATE;
      IF v_id IS NULL AND p_phone IS NULL THEN
        SELECT MAX(id) INTO v_id FROM wallet_customers WHERE email = p_email FOR UPDATE;
      END IF;
      IF v_id IS NULL THEN
        INSERT INTO wallet_customers (phone) VALUES (p_phone);
        SET v_id = LAST_INSERT_ID();
      END IF;
      UPDATE wallet_cards SET customer_id = v_id WHERE number = p_card;
    END IF;
    IF v_id IS NULL THEN
      SET v_outcome = 'card_not_found';
    ELSEIF v_state = 'blocked' THEN
      SET v_outcome = 'card_blocked';
    ELSEIF EXISTS (SELECT 1 FROM wallet_customers WHERE phone = p_phone AND id <> v_id) THEN
      SET v_outcome = 'phone_taken';
    ELSEIF EXISTS (SELECT 1 FROM wallet_customers WHERE email = p_email AND id <> v_id) THEN
      SET v_outcome = 'email_taken';
    ELSE
      UPDATE wallet_customers SET phone = COALESCE(p_phone, phone), email = COALESCE(p_email, email), surname = COALESCE(p_surname, surname),
        firstname = COALESCE(p_firstname, firstname), patronymic = COALESCE(p_patronymic, patronymic), sex = COALESCE(p_sex, sex),
        birth_date = COALESCE(p_birth_date, birth_date), country_code = COALESCE(p_country_code, country_code), locality = COALESCE(p_locality, locality)
      WHERE id = v_id;
    END IF;
  END IF;
  CALL wallet_end(p_key, v_outcome, v_id, p_card, 0);
END $$

CREATE PROCEDURE wallet_set_channel(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_channel VARCHAR(16) CHARACTER SET ascii, IN p_allowed BOOLEAN)
BEGIN
  DECLARE v_outcome VARCHAR(32);
  DECLARE v_id BIGINT UNSIGNED;
  CALL wallet_begin(p_key, CONCAT_WS(CHAR(31), 'channel', p_card, p_channel, p_allowed), v_outcome);
  IF v_outcome IS NULL THEN
    SET v_outcome = 'done';
    SELECT MAX(customer_id) INTO v_id FROM wallet_cards WHERE number = p_card;
    IF v_id IS NULL THEN
      SET v_outcome = 'card_not_found';
    ELSE
      INSERT INTO wallet_channels (customer_id, channel, allowed) VALUES (v_id, p_channel, p_allowed) ON DUPLICATE KEY UPDATE allowed = p_allowed;
    END IF;
  END IF;
  CALL wallet_end(p_key, v_outcome, v_id, p_card, 0);
END $$

CREATE PROCEDURE wallet_receipt(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_fn CHAR(16) CHARACTER SET ascii,
  IN p_number BIGINT, IN p_fp BIGINT, IN p_at DATETIME(3), IN p_sum BIGINT, IN p_kind INT)
BEGIN
  DECLARE v_outcome, v_state, v_card VARCHAR(64);
  DECLARE v_points BIGINT DEFAULT 0;
  CALL wallet_begin(p_key, CONCAT_WS(CHAR(31), 'receipt', p_card, p_fn, p_number, p_fp, p_sum, p_kind), v_outcome);
  IF v_outcome IS NULL THEN
    SET v_outcome = 'done';
    SELECT MAX(state) INTO v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    SELECT MAX(card) INTO v_card FROM wallet_receipts WHERE fn = p_fn AND number = p_number FOR UPDATE;
    IF v_state IS NULL THEN
      SET v_outcome = 'card_not_found';
    ELSEIF v_state <> 'active' THEN
      SET v_outcome = CONCAT('card_', v_state);
    ELSEIF p_at > NOW(3) + INTERVAL 12 HOUR THEN -- tills may stand in other zones
      SET v_outcome = 'receipt_future';
    ELSEIF p_at < NOW(3) - INTERVAL 30 DAY AND v_card IS NULL THEN
      SET v_outcome = 'receipt_too_old';
    ELSEIF v_card <> p_card THEN
      SET v_outcome = 'receipt_taken';
    ELSEIF v_card IS NOT NULL THEN
      IF NOT EXISTS (SELECT 1 FROM wallet_receipts WHERE fn = p_fn AND number = p_number AND fp = p_fp AND sum = p_sum AND kind = p_kind) THEN
        SET v_outcome = 'receipt_mismatch';
      END IF;
      SELECT points INTO v_points FROM wallet_receipts WHERE fn = p_fn AND number = p_number;
    ELSE
      IF p_kind IN (0, 1) THEN
        SET v_points = p_sum DIV 10000; -- one point for 100 roubles
      END IF;
      INSERT INTO wallet_receipts VALUES (p_fn, p_number, p_fp, p_card, p_sum, p_kind, v_points);
      IF v_points > 0 THEN
        INSERT INTO wallet_points (card, points, description) VALUES (p_card, v_points, 'receipt');
      END IF;
    END IF;
  END IF;
  CALL wallet_end(p_key, v_outcome, CONCAT(p_fn, '-', p_number), p_card, v_points);
END $$

CREATE PROCEDURE wallet_code(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_code VARCHAR(64) CHARACTER SET utf8mb4)
BEGIN
  DECLARE v_outcome, v_state VARCHAR(64);
  DECLARE v_points, v_left BIGINT;
  DECLARE v_start, v_end DATE;
  CALL wallet_begin(p_key, CONCAT_WS(CHAR(31), 'code', p_card, p_code), v_outcome);
  IF v_outcome IS NULL THEN
    SET v_outcome = 'done';
    SELECT MAX(state) INTO v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    SELECT MAX(points), MAX(uses_left), MAX(start_date), MAX(end_date) INTO v_points, v_left, v_start, v_end FROM wallet_codes WHERE code = p_code FOR UPDATE;
    IF v_state IS NULL THEN
      SET v_outcome = 'card_not_found';
    ELSEIF v_state <> 'active' THEN
      SET v_outcome = CONCAT('card_', v_state);
    ELSEIF v_points IS NULL THEN
      SET v_outcome = 'code_unknown';
    ELSEIF NOT EXISTS (SELECT 1 FROM wallet_code_uses WHERE code = p_code AND card = p_card) THEN
      IF v_start > CURRENT_DATE THEN
        SET v_outcome = 'code_not_started';
      ELSEIF v_end < CURRENT_DATE THEN
        SET v_outcome = 'code_expired';
      ELSEIF v_left = 0 THEN
        SET v_outcome = 'code_used_up';
      ELSE
        UPDATE wallet_codes SET uses_left = uses_left - 1 WHERE code = p_code;
        INSERT INTO wallet_code_uses VALUES (p_code, p_card);
        INSERT INTO wallet_points (card, points, description) VALUES (p_card, v_points, p_code);
      END IF;
    END IF;
  END IF;
  CALL wallet_end(p_key, v_outcome, p_code, p_card, v_points);
END $$

CREATE PROCEDURE wallet_move(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_points BIGINT, IN p_description VARCHAR(255),
  IN p_available_from DATETIME(3), IN p_valid_until DATETIME(3))
BEGIN
  DECLARE v_outcome, v_state VARCHAR(64);
  CALL wallet_begin(p_key, CONCAT_WS(CHAR(31), 'points', p_card, p_points, COALESCE(p_description, '')), v_outcome);
  IF v_outcome IS NULL THEN
    SET v_outcome = 'done';
    SELECT MAX(state) INTO v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    IF v_state IS NULL THEN
      SET v_outcome = 'card_not_found';
    ELSEIF v_state = 'blocked' OR v_state = 'inactive' AND p_points < 0 THEN
      SET v_outcome = CONCAT('card_', v_state);
    ELSEIF p_points < 0 AND COALESCE((SELECT SUM(points) FROM wallet_points WHERE card = p_card AND (available_from IS NULL OR available_from <= NOW(3))
        AND (valid_until IS NULL OR valid_until > NOW(3))), 0) + p_points < 0 THEN
      SET v_outcome = 'insufficient_points';
    ELSE
      INSERT INTO wallet_points (card, points, description, available_from, valid_until) VALUES (p_card, p_points, p_description, p_available_from, p_valid_until);
    END IF;
  END IF;
  CALL wallet_end(p_key, v_outcome, p_key, p_card, p_points);
END $$

-- Personal data go; points and purchases stay with a card that is nobody's.
CREATE PROCEDURE wallet_erase(IN p_card VARCHAR(64) CHARACTER SET ascii)
BEGIN
  DECLARE v_id BIGINT UNSIGNED;
  SELECT MAX(customer_id) INTO v_id FROM wallet_cards WHERE number = p_card FOR UPDATE;
  UPDATE wallet_cards SET customer_id = NULL, state = 'blocked' WHERE customer_id = v_id;
  DELETE FROM wallet_channels WHERE customer_id = v_id;
  DELETE FROM wallet_customers WHERE id = v_id;
  SELECT 'done' AS outcome, v_id AS ref, p_card AS card, 0 AS points;
END $$

DELIMITER ;

-- Two users, so that what reads cannot write:
--   CREATE USER wallet_read@'%' IDENTIFIED BY '…';  GRANT SELECT ON shop.* TO wallet_read@'%';
--   CREATE USER wallet_write@'%' IDENTIFIED BY '…'; GRANT SELECT, EXECUTE ON shop.* TO wallet_write@'%';
