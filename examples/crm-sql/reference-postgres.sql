-- Tables and functions for a shop that has none of its own: PostgreSQL 12 and later.
-- Load: psql shop -f reference-postgres.sql. Rights: the end of this file.

CREATE TABLE wallet_customers (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  phone        text UNIQUE, -- digits with the country code
  email        text UNIQUE, -- lower case
  surname      text,
  firstname    text,
  patronymic   text,
  sex          text,
  birth_date   date,
  country_code text,
  locality     text,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE wallet_cards (
  number       text COLLATE "C" PRIMARY KEY,
  customer_id  bigint REFERENCES wallet_customers (id), -- NULL: nobody has registered it
  state        text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive', 'blocked')),
  barcode      text,
  barcode_type text,
  issued_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON wallet_cards (customer_id, number);

-- What is left of each credit; points that are taken are a negative row.
CREATE TABLE wallet_points (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  card           text NOT NULL,
  points         bigint NOT NULL,
  description    text,
  available_from timestamptz,
  valid_until    timestamptz
);
CREATE INDEX ON wallet_points (card);

CREATE TABLE wallet_purchases (
  ref      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  card     text NOT NULL,
  day      date NOT NULL,
  item     text NOT NULL,
  amount   numeric(12, 2) NOT NULL, -- roubles
  quantity numeric(12, 3) NOT NULL DEFAULT 1,
  location text,
  points   bigint NOT NULL DEFAULT 0
);
CREATE INDEX ON wallet_purchases (card, day, ref);

CREATE TABLE wallet_offers (
  id          text PRIMARY KEY,
  name        text NOT NULL,
  description text,
  start_date  date,
  end_date    date,
  image_url   text,
  discount    text,
  card        text -- NULL: for all
);

CREATE TABLE wallet_codes (
  code       text PRIMARY KEY,
  points     bigint NOT NULL,
  uses_left  bigint, -- NULL: as often as one likes
  start_date date,
  end_date   date
);

CREATE TABLE wallet_code_uses (
  code text NOT NULL,
  card text NOT NULL,
  PRIMARY KEY (code, card)
);

CREATE TABLE wallet_receipts (
  fn     text NOT NULL,
  number bigint NOT NULL,
  fp     bigint NOT NULL,
  card   text NOT NULL,
  sum    bigint NOT NULL, -- kopecks
  kind   bigint NOT NULL,
  points bigint NOT NULL,
  PRIMARY KEY (fn, number)
);

CREATE TABLE wallet_channels (
  customer_id bigint NOT NULL,
  channel     text NOT NULL,
  allowed     boolean NOT NULL,
  PRIMARY KEY (customer_id, channel)
);

-- What was done under which key, in one transaction with the change. Keep 7 days.
CREATE TABLE wallet_keys (
  name    text PRIMARY KEY,
  content text NOT NULL,
  ref     text,
  card    text,
  points  bigint NOT NULL DEFAULT 0,
  done_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON wallet_keys (done_at);

-- What each function answers.
CREATE TYPE wallet_answer AS (outcome text, ref text, card text, points bigint);

-- Takes the key: NULL for a new one, else what to answer.
-- Whoever comes second with a key waits here until the first has committed.
CREATE FUNCTION wallet_begin(p_key text, p_content text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  v_content text := encode(sha256(convert_to(p_content, 'UTF8')), 'hex');
  v_before  text;
BEGIN
  INSERT INTO wallet_keys (name, content) VALUES (p_key, v_content) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  SELECT content INTO v_before FROM wallet_keys WHERE name = p_key;
  RETURN CASE WHEN v_before = v_content THEN 'repeated' ELSE 'operation_conflict' END;
END $$;

-- Answers as the adapter wants it.
CREATE FUNCTION wallet_end(p_key text, p_outcome text, p_ref text, p_card text, p_points bigint) RETURNS wallet_answer LANGUAGE plpgsql AS $$
DECLARE
  v_answer wallet_answer := (p_outcome, NULL, NULL, 0);
BEGIN
  IF p_outcome = 'done' THEN
    UPDATE wallet_keys SET ref = p_ref, card = p_card, points = p_points WHERE name = p_key;
  END IF;
  IF p_outcome IN ('done', 'repeated') THEN
    SELECT p_outcome, ref, card, points INTO v_answer FROM wallet_keys WHERE name = p_key;
  END IF;
  RETURN v_answer;
END $$;

CREATE FUNCTION wallet_enroll(p_key text, p_card text, p_barcode text, p_barcode_type text, p_phone text, p_email text, p_surname text, p_firstname text,
  p_patronymic text, p_sex text, p_birth_date date, p_country_code text, p_locality text)
RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_outcome text := wallet_begin(p_key, concat_ws(chr(31), 'enroll', p_card, coalesce(p_phone, ''), coalesce(p_email, ''), coalesce(p_surname, ''), coalesce(p_firstname, ''),
    coalesce(p_patronymic, ''), coalesce(p_sex, ''), coalesce(p_birth_date::text, ''), coalesce(p_country_code, ''), coalesce(p_locality, '')));
  v_id     bigint;
  v_other  bigint;
  v_holder bigint;
  v_state  text;
BEGIN
  IF v_outcome IS NULL THEN
    v_outcome := 'done';
    -- First the e-mail: a customer who is made between the two statements is then found by phone, and not taken for a stranger.
    SELECT id INTO v_other FROM wallet_customers WHERE email = p_email FOR UPDATE;
    SELECT id INTO v_id FROM wallet_customers WHERE phone = p_phone FOR UPDATE;
    IF v_id IS NULL AND p_phone IS NULL THEN
      v_id := v_other;
    END IF;
    SELECT customer_id, state INTO v_holder, v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    IF v_holder IS NOT NULL AND v_holder IS DISTINCT FROM v_id THEN
      v_outcome := 'number_taken';
    ELSIF v_other IS NOT NULL AND v_other IS DISTINCT FROM v_id THEN
      v_outcome := 'email_taken';
    ELSIF v_state = 'blocked' THEN
      v_outcome := 'card_blocked';
    ELSE
      IF v_id IS NULL THEN
        INSERT INTO wallet_customers (phone, email, surname, firstname, patronymic, sex, birth_date, country_code, locality)
        VALUES (p_phone, p_email, p_surname, p_firstname, p_patronymic, p_sex, p_birth_date, p_country_code, p_locality) RETURNING id INTO v_id;
      END IF;
      INSERT INTO wallet_cards (number, customer_id, barcode, barcode_type) VALUES (p_card, v_id, p_barcode, p_barcode_type)
      ON CONFLICT (number) DO UPDATE SET customer_id = v_id WHERE wallet_cards.customer_id IS NULL OR wallet_cards.customer_id = v_id;
      IF NOT FOUND THEN -- made in this moment
        v_outcome := 'number_taken';
      END IF;
    END IF;
  END IF;
  RETURN wallet_end(p_key, v_outcome, v_id::text, p_card, 0);
END $$;

CREATE FUNCTION wallet_update(p_key text, p_card text, p_phone text, p_email text, p_surname text, p_firstname text, p_patronymic text, p_sex text,
  p_birth_date date, p_country_code text, p_locality text)
RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_outcome text := wallet_begin(p_key, concat_ws(chr(31), 'update', p_card, coalesce(p_phone, ''), coalesce(p_email, ''), coalesce(p_surname, ''), coalesce(p_firstname, ''),
    coalesce(p_patronymic, ''), coalesce(p_sex, ''), coalesce(p_birth_date::text, ''), coalesce(p_country_code, ''), coalesce(p_locality, '')));
  v_id    bigint;
  v_state text;
BEGIN
  IF v_outcome IS NULL THEN
    v_outcome := 'done';
    SELECT customer_id, state INTO v_id, v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    IF v_state IS NOT NULL AND v_id IS NULL THEN -- nobody has registered it: whose profile comes gets it
      SELECT id INTO v_id FROM wallet_customers WHERE phone = p_phone OR p_phone IS NULL AND email = p_email FOR UPDATE;
      IF v_id IS NULL THEN
        INSERT INTO wallet_customers (phone) VALUES (p_phone) RETURNING id INTO v_id;
      END IF;
      UPDATE wallet_cards SET customer_id = v_id WHERE number = p_card;
    END IF;
    IF v_id IS NULL THEN
      v_outcome := 'card_not_found';
    ELSIF v_state = 'blocked' THEN
      v_outcome := 'card_blocked';
    ELSIF EXISTS (SELECT FROM wallet_customers WHERE phone = p_phone AND id <> v_id) THEN
      v_outcome := 'phone_taken';
    ELSIF EXISTS (SELECT FROM wallet_customers WHERE email = p_email AND id <> v_id) THEN
      v_outcome := 'email_taken';
    ELSE
      UPDATE wallet_customers SET phone = coalesce(p_phone, phone), email = coalesce(p_email, email), surname = coalesce(p_surname, surname),
        firstname = coalesce(p_firstname, firstname), patronymic = coalesce(p_patronymic, patronymic), sex = coalesce(p_sex, sex),
        birth_date = coalesce(p_birth_date, birth_date), country_code = coalesce(p_country_code, country_code), locality = coalesce(p_locality, locality)
      WHERE id = v_id;
    END IF;
  END IF;
  RETURN wallet_end(p_key, v_outcome, v_id::text, p_card, 0);
END $$;

CREATE FUNCTION wallet_set_channel(p_key text, p_card text, p_channel text, p_allowed boolean)
RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_outcome text := wallet_begin(p_key, concat_ws(chr(31), 'channel', p_card, p_channel, p_allowed));
  v_id bigint;
BEGIN
  IF v_outcome IS NULL THEN
    v_outcome := 'done';
    SELECT customer_id INTO v_id FROM wallet_cards WHERE number = p_card;
    IF v_id IS NULL THEN
      v_outcome := 'card_not_found';
    ELSE
      INSERT INTO wallet_channels VALUES (v_id, p_channel, p_allowed) ON CONFLICT (customer_id, channel) DO UPDATE SET allowed = p_allowed;
    END IF;
  END IF;
  RETURN wallet_end(p_key, v_outcome, v_id::text, p_card, 0);
END $$;

CREATE FUNCTION wallet_receipt(p_key text, p_card text, p_fn text, p_number bigint, p_fp bigint, p_at timestamptz, p_sum bigint, p_kind bigint)
RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_outcome text := wallet_begin(p_key, concat_ws(chr(31), 'receipt', p_card, p_fn, p_number, p_fp, p_sum, p_kind));
  v_before wallet_receipts;
  v_state  text;
  v_points bigint := 0;
BEGIN
  IF v_outcome IS NULL THEN
    v_outcome := 'done';
    SELECT state INTO v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    SELECT * INTO v_before FROM wallet_receipts WHERE fn = p_fn AND number = p_number FOR UPDATE;
    IF v_state IS NULL THEN
      v_outcome := 'card_not_found';
    ELSIF v_state <> 'active' THEN
      v_outcome := 'card_' || v_state;
    ELSIF p_at > now() + interval '12 hours' THEN -- tills may stand in other zones
      v_outcome := 'receipt_future';
    ELSIF p_at < now() - interval '30 days' AND v_before.card IS NULL THEN
      v_outcome := 'receipt_too_old';
    ELSIF v_before.card <> p_card THEN
      v_outcome := 'receipt_taken';
    ELSIF v_before.card IS NOT NULL THEN
      v_points := v_before.points;
      IF (v_before.fp, v_before.sum, v_before.kind) <> (p_fp, p_sum, p_kind) THEN
        v_outcome := 'receipt_mismatch';
      END IF;
    ELSE
      IF p_kind IN (0, 1) THEN
        v_points := p_sum / 10000; -- one point for 100 roubles
      END IF;
      INSERT INTO wallet_receipts VALUES (p_fn, p_number, p_fp, p_card, p_sum, p_kind, v_points);
      IF v_points > 0 THEN
        INSERT INTO wallet_points (card, points, description) VALUES (p_card, v_points, 'receipt');
      END IF;
    END IF;
  END IF;
  RETURN wallet_end(p_key, v_outcome, p_fn || '-' || p_number, p_card, v_points);
END $$;

CREATE FUNCTION wallet_code(p_key text, p_card text, p_code text)
RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_outcome text := wallet_begin(p_key, concat_ws(chr(31), 'code', p_card, p_code));
  v_code  wallet_codes;
  v_state text;
BEGIN
  IF v_outcome IS NULL THEN
    v_outcome := 'done';
    SELECT state INTO v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    SELECT * INTO v_code FROM wallet_codes WHERE code = p_code FOR UPDATE;
    IF v_state IS NULL THEN
      v_outcome := 'card_not_found';
    ELSIF v_state <> 'active' THEN
      v_outcome := 'card_' || v_state;
    ELSIF v_code.code IS NULL THEN
      v_outcome := 'code_unknown';
    ELSIF NOT EXISTS (SELECT FROM wallet_code_uses WHERE code = p_code AND card = p_card) THEN
      IF v_code.start_date > current_date THEN
        v_outcome := 'code_not_started';
      ELSIF v_code.end_date < current_date THEN
        v_outcome := 'code_expired';
      ELSIF v_code.uses_left = 0 THEN
        v_outcome := 'code_used_up';
      ELSE
        UPDATE wallet_codes SET uses_left = uses_left - 1 WHERE code = p_code;
        INSERT INTO wallet_code_uses VALUES (p_code, p_card);
        INSERT INTO wallet_points (card, points, description) VALUES (p_card, v_code.points, p_code);
      END IF;
    END IF;
  END IF;
  RETURN wallet_end(p_key, v_outcome, p_code, p_card, v_code.points);
END $$;

CREATE FUNCTION wallet_move(p_key text, p_card text, p_points bigint, p_description text, p_available_from timestamptz, p_valid_until timestamptz)
RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_outcome text := wallet_begin(p_key, concat_ws(chr(31), 'points', p_card, p_points, coalesce(p_description, '')));
  v_state text;
BEGIN
  IF v_outcome IS NULL THEN
    v_outcome := 'done';
    SELECT state INTO v_state FROM wallet_cards WHERE number = p_card FOR UPDATE;
    IF v_state IS NULL THEN
      v_outcome := 'card_not_found';
    ELSIF v_state = 'blocked' OR v_state = 'inactive' AND p_points < 0 THEN
      v_outcome := 'card_' || v_state;
    ELSIF p_points < 0 AND coalesce((SELECT sum(points) FROM wallet_points WHERE card = p_card AND (available_from IS NULL OR available_from <= now())
        AND (valid_until IS NULL OR valid_until > now())), 0) + p_points < 0 THEN
      v_outcome := 'insufficient_points';
    ELSE
      INSERT INTO wallet_points (card, points, description, available_from, valid_until) VALUES (p_card, p_points, p_description, p_available_from, p_valid_until);
    END IF;
  END IF;
  RETURN wallet_end(p_key, v_outcome, p_key, p_card, p_points);
END $$;

-- Personal data go; points and purchases stay with a card that is nobody's.
CREATE FUNCTION wallet_erase(p_card text) RETURNS wallet_answer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id bigint;
BEGIN
  SELECT customer_id INTO v_id FROM wallet_cards WHERE number = p_card FOR UPDATE;
  UPDATE wallet_cards SET customer_id = NULL, state = 'blocked' WHERE customer_id = v_id;
  DELETE FROM wallet_channels WHERE customer_id = v_id;
  DELETE FROM wallet_customers WHERE id = v_id;
  RETURN ('done', v_id::text, p_card, 0)::wallet_answer;
END $$;

-- Everybody may call functions unless that is taken back.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

-- Two users, so that what reads cannot write:
--   CREATE ROLE wallet_read LOGIN PASSWORD '…';  GRANT SELECT ON ALL TABLES IN SCHEMA public TO wallet_read;
--   CREATE ROLE wallet_write LOGIN PASSWORD '…'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO wallet_write;
--   GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO wallet_write;
