-- Residents: what they may choose, who they are, how they come and go (004 §2(2)).

CREATE TABLE category (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department bigint NOT NULL REFERENCES department,
    name text NOT NULL UNIQUE CHECK (name <> '' AND name !~ '[[:cntrl:];]'),
    name_en text NOT NULL DEFAULT '' CHECK (name_en !~ '[[:cntrl:]]'),
    position int NOT NULL DEFAULT 0,
    retired_at timestamptz
);

CREATE TABLE area (
    id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> '' AND name !~ '[[:cntrl:];]'),
    name_en text NOT NULL DEFAULT '' CHECK (name_en !~ '[[:cntrl:]]'),
    position int NOT NULL DEFAULT 0,
    retired_at timestamptz
);

-- A file of residents: registration by the administrator, with one reason for the whole file.
CREATE TABLE import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person bigint REFERENCES person, -- NULL: the operator on the host
    reason text NOT NULL CHECK (reason ~ '\S' AND char_length(reason) <= 200),
    file_name text NOT NULL CHECK (char_length(file_name) <= 200),
    state text NOT NULL DEFAULT 'staged' CHECK (state IN ('staged', 'applied', 'discarded')),
    made timestamptz NOT NULL DEFAULT now(),
    applied_at timestamptz,
    file_rows int NOT NULL DEFAULT 0, -- as read from the file, by the program
    duplicates int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    added int,                        -- by the database: measured when staged, then as applied
    changed int,
    kept int
);

-- Choices are arrays on the subscriber: the audience of an alert is then one scan with two
-- overlaps. A trigger holds them to the tables above, whose rows are retired, never deleted.
CREATE TABLE subscriber (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lang text NOT NULL DEFAULT 'ja' -- or another, or 'easy': やさしい日本語
        CHECK (lang ~ '^[a-z]{2,8}$'),
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    own boolean NOT NULL,      -- confirmed, changed or left by himself: no file changes him any more
    terms_version text,        -- agreed to, with the time (004 §2(2))
    agreed_at timestamptz,
    import bigint REFERENCES import, -- the file that registered or last changed him
    made timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subscriber_agreed_or_imported
        CHECK ((agreed_at IS NOT NULL AND terms_version <> '') OR import IS NOT NULL)
);

CREATE FUNCTION choices_known(categories smallint[], areas smallint[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT categories <@ (SELECT coalesce(array_agg(id), '{}') FROM category)
        AND areas <@ (SELECT coalesce(array_agg(id), '{}') FROM area)
$$;

CREATE FUNCTION subscriber_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF NOT choices_known(NEW.categories, NEW.areas) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'category');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subscriber_check BEFORE INSERT OR UPDATE OF categories, areas ON subscriber
FOR EACH ROW EXECUTE FUNCTION subscriber_check();

-- The only table with addresses. When a contact leaves, the address goes and the keyed hash
-- stays, so that no file brings it back.
CREATE TABLE contact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscriber bigint NOT NULL REFERENCES subscriber,
    channel text NOT NULL CHECK (channel IN ('mail', 'sms')),
    address text,
    hash bytea NOT NULL, -- address_hash of the normal form
    confirmed_at timestamptz NOT NULL,
    suspended_at timestamptz,
    gone_at timestamptz,
    CONSTRAINT contact_known_once UNIQUE (hash, channel),
    CONSTRAINT contact_gone CHECK ((address IS NULL) = (gone_at IS NOT NULL)),
    -- what SMTP must never see: controls, spaces, angle brackets (RFC 5321 §4.1.2)
    CONSTRAINT contact_address CHECK (CASE channel
        WHEN 'mail' THEN address ~ '^[^\s[:cntrl:]<>@]{1,64}@[a-z0-9.-]+$' AND octet_length(address) <= 254
        ELSE address ~ '^0[6-9]0[1-9][0-9]{7}$' END)
);
CREATE INDEX contact_subscriber ON contact (subscriber, channel);

-- Keyed hash of an address's normal form (letter case aside).
CREATE FUNCTION address_hash(address text) RETURNS bytea
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT hmac(convert_to(lower(address), 'UTF8'), key, 'sha256') FROM secret WHERE name = 'address'
$$;

-- A sign-up that waits for its confirmation. The link's token is random; only its hash stays.
CREATE TABLE signup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    address text NOT NULL,
    lang text NOT NULL CHECK (lang ~ '^[a-z]{2,8}$'),
    categories smallint[] NOT NULL CHECK (cardinality(categories) > 0),
    areas smallint[] NOT NULL,
    terms_version text NOT NULL CHECK (terms_version <> ''),
    network inet,
    made timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX signup_made ON signup (made);

-- What the forms offer.
CREATE FUNCTION choices() RETURNS TABLE (kind text, id smallint, name text, name_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    (SELECT 'category', id, name, name_en FROM category WHERE retired_at IS NULL ORDER BY position, id)
    UNION ALL
    (SELECT 'area', id, name, name_en FROM area WHERE retired_at IS NULL ORDER BY position, id)
$$;

-- Somebody asks to subscribe, or to change what an address receives. The same happens whether the
-- address is known or not; beyond the address's limit nothing is mailed and nothing said.
-- token: random, at least 128 bits, from the program; it goes into the letter and is hashed here.
CREATE FUNCTION signup_request(address text, lang text, categories smallint[], areas smallint[],
    terms_version text, token text, network inet, confirm_hours int, mails_per_address_day int,
    tries_per_network_hour int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    until timestamptz := now() + make_interval(hours => least(confirm_hours, 168));
BEGIN
    IF NOT throttle_hit('signup-network', network_key(network), tries_per_network_hour, '1 hour') THEN
        PERFORM refuse('limit', 'Too many requests came from your network. Please try again in an hour.');
    END IF;
    IF length(token) < 22 OR NOT choices_known(categories, areas) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'category');
    END IF;
    INSERT INTO signup (token_hash, address, lang, categories, areas, terms_version, network, expires)
    VALUES (token_hash(token), address, lang, categories, areas, terms_version, network, until);
    IF throttle_hit('signup-address', encode(address_hash(address), 'hex'),
        least(mails_per_address_day, 10), '1 day') THEN
        PERFORM letter_add('confirm', lang, NULL, address, token, until);
    END IF;
END $$;

-- What a confirmation link is about; no row when it is unknown, used up or over. Changes nothing.
CREATE FUNCTION signup_peek(token text)
RETURNS TABLE (lang text, categories smallint[], areas smallint[], used boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT lang, categories, areas, used_at IS NOT NULL FROM signup
    WHERE token_hash = token_hash(token) AND expires > now()
$$;

-- Confirms a sign-up by its link: registers the address or changes its choices. Pressing twice is
-- as pressing once.
CREATE FUNCTION signup_confirm(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    s signup;
    who bigint;
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- waits for an import here, before any row is held
    SELECT * INTO s FROM signup
    WHERE token_hash = token_hash(token) AND expires > now() FOR UPDATE;
    IF s.id IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please sign up again.');
    END IF;
    IF s.used_at IS NOT NULL THEN
        RETURN;
    END IF;
    UPDATE signup SET used_at = now() WHERE id = s.id;
    SELECT subscriber INTO who FROM contact
    WHERE channel = 'mail' AND hash = address_hash(s.address) FOR UPDATE;
    IF who IS NULL THEN
        INSERT INTO subscriber (lang, categories, areas, own, terms_version, agreed_at)
        VALUES (s.lang, s.categories, s.areas, true, s.terms_version, s.made) RETURNING id INTO who;
        INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
        VALUES (who, 'mail', s.address, address_hash(s.address), now());
    ELSE
        UPDATE subscriber SET lang = s.lang, categories = s.categories, areas = s.areas, own = true,
            terms_version = s.terms_version, agreed_at = s.made
        WHERE id = who;
        UPDATE contact SET address = s.address, gone_at = NULL, suspended_at = NULL,
            confirmed_at = CASE WHEN gone_at IS NULL THEN confirmed_at ELSE now() END
        WHERE channel = 'mail' AND hash = address_hash(s.address);
    END IF;
END $$;

-- Somebody asks to leave by typing an address: a known one gets a letter with its leave link.
CREATE FUNCTION leave_request(address text, lang text, network inet, mails_per_address_day int,
    tries_per_network_hour int)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    c contact;
BEGIN
    IF NOT throttle_hit('signup-network', network_key(network), tries_per_network_hour, '1 hour') THEN
        PERFORM refuse('limit', 'Too many requests came from your network. Please try again in an hour.');
    END IF;
    SELECT * INTO c FROM contact
    WHERE channel = 'mail' AND hash = address_hash(leave_request.address) AND gone_at IS NULL;
    IF throttle_hit('signup-address', encode(address_hash(address), 'hex'),
        least(mails_per_address_day, 10), '1 day') AND c.id IS NOT NULL THEN
        PERFORM letter_add('leave', lang, c.id, c.address, NULL, now() + interval '1 day');
    END IF;
END $$;

-- Whether a leave link is one of ours: true also when its contact has left already.
CREATE FUNCTION leave_peek(link text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM contact WHERE id = link_contact(link, 1))
$$;

-- Leaves by the link of a mail (RFC 8058 one-click, or the page's button): the contact and what else
-- its subscriber has. No sign-in; the link itself is the proof. Idempotent.
CREATE FUNCTION leave(link text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
BEGIN
    LOCK TABLE contact IN ROW EXCLUSIVE MODE; -- see signup_confirm
    SELECT subscriber INTO who FROM contact WHERE id = link_contact(link, 1);
    IF who IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid. Please use the link of a newer mail.');
    END IF;
    UPDATE subscriber SET own = true WHERE id = who;
    UPDATE contact SET gone_at = now(), address = NULL WHERE subscriber = who AND gone_at IS NULL;
END $$;

-- Import (data rules: a file adds, and changes only whom a file registered). The program parses,
-- drops doubles within the file and stages the good rows; one function applies them.
CREATE TABLE import_row (
    import bigint NOT NULL REFERENCES import,
    line int NOT NULL,
    address text NOT NULL,
    phone text,
    areas smallint[] NOT NULL,
    categories smallint[] NOT NULL,
    lang text NOT NULL,
    hash bytea,        -- filled when the file is complete
    subscriber bigint, -- of the contact that has this address already, else the new one's
    fresh boolean,
    PRIMARY KEY (import, line)
);
CREATE TABLE import_refusal (
    import bigint NOT NULL REFERENCES import,
    line int NOT NULL,
    reason text NOT NULL,
    excerpt text NOT NULL CHECK (char_length(excerpt) <= 500),
    PRIMARY KEY (import, line)
);

CREATE FUNCTION import_open(who bigint, reason text, file_name text) RETURNS bigint
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO import (person, reason, file_name)
    VALUES (who, btrim(reason), left(file_name, 200)) RETURNING id
$$;

-- The staged file is complete: finds who is known, and says what applying it would do.
CREATE FUNCTION import_measure(import_ bigint, rows_ int, duplicates_ int)
RETURNS TABLE (added int, changed int, kept int)
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE import SET file_rows = rows_, duplicates = duplicates_,
        refused = (SELECT count(*) FROM import_refusal r WHERE r.import = import_)
    WHERE id = import_ AND state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    UPDATE import_row r SET hash = address_hash(r.address) WHERE r.import = import_;
    UPDATE import_row r SET subscriber = c.subscriber, fresh = false
    FROM contact c WHERE r.import = import_ AND c.channel = 'mail' AND c.hash = r.hash;
    UPDATE import i SET added = m.added, changed = m.changed, kept = m.kept
    FROM (SELECT count(*) FILTER (WHERE r.subscriber IS NULL) AS added,
            count(*) FILTER (WHERE NOT s.own AND (s.categories, s.areas, s.lang)
                IS DISTINCT FROM (r.categories, r.areas, r.lang)) AS changed,
            count(*) FILTER (WHERE s.own OR (s.categories, s.areas, s.lang)
                IS NOT DISTINCT FROM (r.categories, r.areas, r.lang)) AS kept
        FROM import_row r LEFT JOIN subscriber s ON s.id = r.subscriber
        WHERE r.import = import_) AS m
    WHERE i.id = import_;
    RETURN QUERY SELECT i.added, i.changed, i.kept FROM import i WHERE i.id = import_;
END $$;

-- All good rows in one transaction; safely repeatable. The staged addresses go afterwards.
CREATE FUNCTION import_run(import_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    n_added int;
    n_changed int;
BEGIN
    UPDATE import SET state = 'applied', applied_at = now() WHERE id = import_ AND state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    -- Residents may have come or gone since the preview: look again, with nobody coming meanwhile.
    LOCK TABLE contact IN SHARE ROW EXCLUSIVE MODE;
    UPDATE import_row r SET hash = address_hash(r.address), subscriber = NULL, fresh = true
    WHERE r.import = import_;
    UPDATE import_row r SET subscriber = c.subscriber, fresh = false
    FROM contact c WHERE r.import = import_ AND c.channel = 'mail' AND c.hash = r.hash;
    UPDATE import_row r SET subscriber = nextval(pg_get_serial_sequence('subscriber', 'id'))
    WHERE r.import = import_ AND r.fresh;

    INSERT INTO subscriber (id, lang, categories, areas, own, import) OVERRIDING SYSTEM VALUE
    SELECT r.subscriber, r.lang, r.categories, r.areas, false, import_
    FROM import_row r WHERE r.import = import_ AND r.fresh ORDER BY r.line;
    GET DIAGNOSTICS n_added = ROW_COUNT;
    UPDATE subscriber s SET lang = r.lang, categories = r.categories, areas = r.areas, import = import_
    FROM import_row r WHERE r.import = import_ AND NOT r.fresh AND s.id = r.subscriber AND NOT s.own
        AND (s.categories, s.areas, s.lang) IS DISTINCT FROM (r.categories, r.areas, r.lang);
    GET DIAGNOSTICS n_changed = ROW_COUNT;

    INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
    SELECT r.subscriber, 'mail', r.address, r.hash, now()
    FROM import_row r WHERE r.import = import_ AND r.fresh ORDER BY r.line;
    -- A phone number belongs to whom it was registered for first.
    INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
    SELECT r.subscriber, 'sms', r.phone, address_hash(r.phone), now()
    FROM import_row r JOIN subscriber s ON s.id = r.subscriber
    WHERE r.import = import_ AND r.phone IS NOT NULL AND NOT s.own
        AND NOT EXISTS (SELECT FROM contact c WHERE c.subscriber = s.id AND c.channel = 'sms')
    ORDER BY r.line
    ON CONFLICT (channel, hash) DO NOTHING;

    UPDATE import SET added = n_added, changed = n_changed,
        kept = (SELECT count(*) FROM import_row r WHERE r.import = import_) - n_added - n_changed
    WHERE id = import_;
    DELETE FROM import_row WHERE import = import_;
    -- The next alert may come before autovacuum does: fan-out must not plan for an empty town.
    ANALYZE subscriber, contact;
END $$;

CREATE FUNCTION import_actor(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF a.role <> 'administrator' THEN
        PERFORM refuse('denied', 'Only an administrator may import residents.');
    END IF;
    RETURN a;
END $$;

-- The console's way: begin, COPY rows and refusals, ready, apply or discard.
CREATE FUNCTION import_begin(token text, reason text, file_name text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    IF reason !~ '\S' OR char_length(reason) > 200 THEN
        PERFORM refuse('invalid', 'Please give the reason of this registration, in at most 200 characters.', 'reason');
    END IF;
    RETURN import_open(a.person, reason, file_name);
END $$;

CREATE FUNCTION import_ready(token text, import bigint, rows_ int, duplicates int, network inet)
RETURNS TABLE (added int, changed int, kept int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    RETURN QUERY SELECT * FROM import_measure(import, rows_, duplicates);
    PERFORM oplog_act(a, 'import.stage', 'import ' || import);
END $$;

CREATE FUNCTION import_apply(token text, import bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_run(import);
    PERFORM oplog_act(a, 'import.apply', 'import ' || i.id, i.reason)
    FROM kairan.import i WHERE i.id = import_apply.import;
END $$;

CREATE FUNCTION import_discard(token text, import bigint, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    UPDATE kairan.import i SET state = 'discarded'
    WHERE i.id = import_discard.import AND i.state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    DELETE FROM import_row r WHERE r.import = import_discard.import;
    PERFORM oplog_act(a, 'import.discard', 'import ' || import);
END $$;

-- One import as the console shows it, and its refused rows (to download).
CREATE FUNCTION import_read(token text, import bigint)
RETURNS TABLE (id bigint, state text, reason text, file_name text, made timestamptz,
    file_rows int, duplicates int, refused int, good bigint, added int, changed int, kept int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    RETURN QUERY
        SELECT i.id, i.state, i.reason, i.file_name, i.made, i.file_rows, i.duplicates, i.refused,
            (SELECT count(*) FROM import_row r WHERE r.import = i.id), i.added, i.changed, i.kept
        FROM kairan.import i WHERE i.id = import_read.import;
END $$;

CREATE FUNCTION import_refusals(token text, import bigint)
RETURNS TABLE (line int, reason text, excerpt text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    RETURN QUERY SELECT r.line, r.reason, r.excerpt FROM import_refusal r
        WHERE r.import = import_refusals.import ORDER BY r.line;
END $$;

-- The operator's way (kairan import, the owner's connection): import_open(NULL, …), COPY,
-- import_measure, import_run, oplog_operator('import.apply', …).

GRANT INSERT ON import_row, import_refusal TO kairan_staff;
GRANT EXECUTE ON FUNCTION choices() TO kairan_public, kairan_staff;
GRANT EXECUTE ON FUNCTION
    signup_request(text, text, smallint[], smallint[], text, text, inet, int, int, int),
    signup_peek(text), signup_confirm(text), leave_request(text, text, inet, int, int),
    leave_peek(text), leave(text)
TO kairan_public;
GRANT EXECUTE ON FUNCTION
    import_begin(text, text, text, inet), import_ready(text, bigint, int, int, inet),
    import_apply(text, bigint, inet), import_discard(text, bigint, inet),
    import_read(text, bigint), import_refusals(text, bigint)
TO kairan_staff;
