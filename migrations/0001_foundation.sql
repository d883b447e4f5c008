-- What everything else stands on: rights, faults, secrets, throttles.
-- Runs as kairan_owner with search_path = kairan. The roles come from deploy/roles.sql.

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA kairan;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA kairan;

-- A function is for those it is granted to, never for everybody.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON SCHEMA kairan FROM PUBLIC;
GRANT USAGE ON SCHEMA kairan TO kairan_public, kairan_staff, kairan_sender, kairan_house;

-- A refusal as one value: kind, a sentence for people (a gettext msgid), the field it concerns.
-- core/db.c turns the code into a fault's kind.
CREATE FUNCTION refuse(kind text, sentence text, field text DEFAULT '', detail text DEFAULT '')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    code text := CASE kind
        WHEN 'denied' THEN 'KR001' WHEN 'conflict' THEN 'KR002' WHEN 'invalid' THEN 'KR003'
        WHEN 'missing' THEN 'KR004' WHEN 'limit' THEN 'KR005' WHEN 'unsigned' THEN 'KR006'
    END;
BEGIN
    IF code IS NULL THEN
        RAISE EXCEPTION 'refuse: unknown kind %', kind;
    END IF;
    RAISE EXCEPTION USING ERRCODE = code, MESSAGE = sentence, COLUMN = field, DETAIL = detail;
END $$;

-- For triggers on tables whose rows are history: nobody changes them, the owner included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM refuse('denied', 'This record is history and cannot be changed.', '', TG_TABLE_NAME);
    RETURN NULL;
END $$;

-- Unambiguous bytes of a list of texts: "<bytes>:<data>," each, "~," for NULL. What is hashed
-- (operation log, fingerprint) is always built this way, here and in C.
CREATE FUNCTION netstrings(VARIADIC items text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT convert_to(coalesce(string_agg(
        CASE WHEN item IS NULL THEN '~,' ELSE octet_length(item) || ':' || item || ',' END,
        '' ORDER BY place), ''), 'UTF8')
    FROM unnest(items) WITH ORDINALITY AS list (item, place)
$$;

-- Keys of this town. Read by functions of the owner only.
CREATE TABLE secret (
    name text PRIMARY KEY,
    key bytea NOT NULL CHECK (octet_length(key) = 32)
);
INSERT INTO secret (name, key) VALUES
    ('address', gen_random_bytes(32)), -- keyed hash of addresses
    ('salt', gen_random_bytes(32));    -- stable false salts for unknown sign-in names

-- Keys of the links in mails. Old ones are kept for verifying; the newest one mints.
CREATE TABLE link_key (
    kid smallint PRIMARY KEY CHECK (kid BETWEEN 0 AND 255),
    key bytea NOT NULL CHECK (octet_length(key) = 32),
    made timestamptz NOT NULL DEFAULT now()
);
INSERT INTO link_key (kid, key) VALUES (1, gen_random_bytes(32));

-- base64url without padding (RFC 4648 section 5), both ways; NULL for what is not canonical.
CREATE FUNCTION b64url(data bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT rtrim(translate(replace(encode(data, 'base64'), E'\n', ''), '+/', '-_'), '=')
$$;

CREATE FUNCTION b64url_decode(t text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    data bytea;
BEGIN
    IF t !~ '^[A-Za-z0-9_-]+$' OR length(t) > 4096 THEN
        RETURN NULL;
    END IF;
    data := decode(rpad(translate(t, '-_', '+/'), (length(t) + 3) / 4 * 4, '='), 'base64');
    RETURN CASE WHEN kairan.b64url(data) = t THEN data END;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END $$;

-- The contact a long-lived link speaks of, NULL for a link we did not make.
-- Link: base64url of kid (1 byte), purpose (1 byte: 1 leave), contact (8 bytes, big endian),
-- MAC (16 bytes: the first of HMAC-SHA256 over the 10 bytes before it).
CREATE FUNCTION link_contact(link text, purpose int) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    data bytea := b64url_decode(link);
    k bytea;
BEGIN
    IF data IS NULL OR octet_length(data) <> 26 OR get_byte(data, 1) <> purpose THEN
        RETURN NULL;
    END IF;
    SELECT key INTO k FROM link_key WHERE kid = get_byte(data, 0);
    -- Hashing both sides leaves nothing for a stopwatch to learn from the comparison.
    IF k IS NULL OR sha256(substr(hmac(substr(data, 1, 10), k, 'sha256'), 1, 16))
        <> sha256(substr(data, 11, 16)) THEN
        RETURN NULL;
    END IF;
    RETURN ('x' || encode(substr(data, 3, 8), 'hex'))::bit(64)::bigint;
END $$;

-- For those who mint links.
CREATE FUNCTION link_keys() RETURNS TABLE (kid smallint, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT kid, key FROM link_key ORDER BY made DESC, kid DESC
$$;
GRANT EXECUTE ON FUNCTION link_keys() TO kairan_sender;

-- Counted tries in fixed windows: (kind, key) is who or what is being limited. Keys are hashed,
-- so that the table names nobody.
CREATE TABLE throttle (
    kind text NOT NULL,
    key bytea NOT NULL,
    since timestamptz NOT NULL, -- start of the window
    hits int NOT NULL,
    PRIMARY KEY (kind, key, since)
);

-- Counts one try; true while the limit holds. A window in which the limit was broken stays broken.
CREATE FUNCTION throttle_hit(kind_ text, who text, most int, window_ interval) RETURNS boolean
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    n int;
BEGIN
    INSERT INTO throttle AS t (kind, key, since, hits)
    VALUES (kind_, sha256(convert_to(who, 'UTF8')), date_bin(window_, now(), 'epoch'), 1)
    ON CONFLICT (kind, key, since) DO UPDATE SET hits = t.hits + 1
    RETURNING hits INTO n;
    RETURN n <= most;
END $$;

-- Whether the limit is reached, without counting.
CREATE FUNCTION throttle_full(kind_ text, who text, most int, window_ interval) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT coalesce(max(hits), 0) >= most FROM throttle
    WHERE kind = kind_ AND key = sha256(convert_to(who, 'UTF8'))
        AND since = date_bin(window_, now(), 'epoch')
$$;

-- One network as limits see it: an IPv4 address, an IPv6 /64; all unknown ones are one.
CREATE FUNCTION network_key(address inet) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(host(CASE family(address) WHEN 6 THEN network(set_masklen(address, 64))
        ELSE address END), '')
$$;
