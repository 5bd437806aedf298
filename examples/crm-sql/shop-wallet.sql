-- What is put beside the shop's tables: a table of keys and locks, and two procedures. After shop.sql.

CREATE TABLE wallet_keys (
  name    VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  content CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ref     VARCHAR(128) NULL,
  card    VARCHAR(64) NULL,
  done_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The shop has no unique phones: whoever makes a customer of a phone locks it here.
CREATE TABLE wallet_phones (
  phone VARCHAR(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

DELIMITER $$

CREATE PROCEDURE wallet_enroll(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_phone VARCHAR(15) CHARACTER SET ascii,
  IN p_email VARCHAR(100), IN p_surname VARCHAR(255), IN p_firstname VARCHAR(255), IN p_patronymic VARCHAR(255), IN p_sex CHAR(1), IN p_birth_date DATE)
body: BEGIN
  DECLARE v_content CHAR(64) DEFAULT SHA2(CONCAT_WS(CHAR(31), 'enroll', p_card, p_phone, COALESCE(p_email, ''), COALESCE(p_surname, ''), COALESCE(p_firstname, '')), 256);
  DECLARE v_id, v_holder, v_count INT UNSIGNED;
  DECLARE v_there BOOLEAN;
  IF p_phone IS NULL OR CHAR_LENGTH(p_card) <> 13 THEN
    SELECT 'invalid_profile' AS outcome, NULL AS ref, NULL AS card, 0 AS points;
    LEAVE body;
  END IF;
  INSERT IGNORE INTO wallet_keys (name, content) VALUES (p_key, v_content);
  IF ROW_COUNT() = 0 THEN
    SELECT IF(content = v_content, 'repeated', 'operation_conflict') AS outcome, ref, card, 0 AS points FROM wallet_keys WHERE name = p_key FOR UPDATE;
    LEAVE body;
  END IF;
  INSERT IGNORE INTO wallet_phones VALUES (p_phone); -- waits for who makes the same customer now
  SELECT COUNT(*), MIN(client_id) INTO v_count, v_id FROM clients WHERE tel IN (p_phone, CONCAT('+', p_phone), CONCAT('8', SUBSTRING(p_phone, 2))) FOR UPDATE;
  IF v_count > 1 THEN
    SELECT 'ambiguous_customer' AS outcome, NULL AS ref, NULL AS card, 0 AS points;
    LEAVE body;
  END IF;
  SELECT COUNT(*) > 0, MAX(client_id) INTO v_there, v_holder FROM discount_cards WHERE card_no = p_card FOR UPDATE;
  IF v_holder IS NOT NULL AND v_holder <> COALESCE(v_id, 0) THEN
    SELECT 'number_taken' AS outcome, NULL AS ref, NULL AS card, 0 AS points;
    LEAVE body;
  END IF;
  IF v_id IS NULL THEN
    INSERT INTO clients (fio, tel, mail, birthday, pol)
    VALUES (CONCAT_WS(' ', p_surname, p_firstname, p_patronymic), CONCAT('8', SUBSTRING(p_phone, 2)), p_email, p_birth_date, CASE p_sex WHEN 'm' THEN 1 WHEN 'f' THEN 2 ELSE 0 END);
    SET v_id = LAST_INSERT_ID();
  END IF;
  IF v_there THEN
    UPDATE discount_cards SET client_id = v_id WHERE card_no = p_card;
  ELSE
    INSERT INTO discount_cards (card_no, client_id) VALUES (p_card, v_id);
  END IF;
  UPDATE wallet_keys SET ref = v_id, card = p_card WHERE name = p_key;
  SELECT 'done' AS outcome, v_id AS ref, p_card AS card, 0 AS points;
END $$

-- The shop keeps one name in one column, so names change only when surname and first name come together.
CREATE PROCEDURE wallet_update(IN p_key VARCHAR(128) CHARACTER SET ascii, IN p_card VARCHAR(64) CHARACTER SET ascii, IN p_phone VARCHAR(15) CHARACTER SET ascii,
  IN p_email VARCHAR(100), IN p_surname VARCHAR(255), IN p_firstname VARCHAR(255), IN p_patronymic VARCHAR(255), IN p_sex CHAR(1), IN p_birth_date DATE)
body: BEGIN
  DECLARE v_id INT UNSIGNED;
  DECLARE v_status TINYINT;
  -- The same values again change nothing, so a repeated key needs no answer of its own.
  INSERT IGNORE INTO wallet_keys (name, content, card) VALUES (p_key, '', p_card);
  SELECT MAX(client_id), MAX(status) INTO v_id, v_status FROM discount_cards WHERE card_no = p_card FOR UPDATE;
  IF v_id IS NULL OR v_status = 2 THEN
    SELECT IF(v_id IS NULL, 'card_not_found', 'card_blocked') AS outcome, NULL AS ref, NULL AS card, 0 AS points;
    LEAVE body;
  END IF;
  IF p_phone IS NOT NULL THEN
    INSERT IGNORE INTO wallet_phones VALUES (p_phone);
    IF EXISTS (SELECT 1 FROM clients WHERE tel IN (p_phone, CONCAT('+', p_phone), CONCAT('8', SUBSTRING(p_phone, 2))) AND client_id <> v_id) THEN
      SELECT 'phone_taken' AS outcome, NULL AS ref, NULL AS card, 0 AS points;
      LEAVE body;
    END IF;
  END IF;
  UPDATE clients SET
    fio = IF(p_surname IS NULL OR p_firstname IS NULL, fio, CONCAT_WS(' ', p_surname, p_firstname, p_patronymic)),
    tel = COALESCE(CONCAT('8', SUBSTRING(p_phone, 2)), tel), mail = COALESCE(p_email, mail), birthday = COALESCE(p_birth_date, birthday),
    pol = CASE p_sex WHEN 'm' THEN 1 WHEN 'f' THEN 2 ELSE pol END
  WHERE client_id = v_id;
  SELECT 'done' AS outcome, v_id AS ref, p_card AS card, 0 AS points;
END $$

DELIMITER ;
