-- Residents in large numbers: files in short steps beside the town's daily life, and how many an alert
-- would reach without looking at each.

-- ---- how many there are, by choices ----

-- Contacts that get mail or SMS, counted by their subscribers' choices: the sum of n is the number. Rows
-- are only added, by triggers, so that nobody waits for anybody; audience_fold sums them up.
CREATE TABLE audience (
    categories smallint[] NOT NULL,
    areas smallint[] NOT NULL,
    channel text NOT NULL,
    n int NOT NULL
);
INSERT INTO audience (categories, areas, channel, n)
SELECT s.categories, s.areas, c.channel, count(*)
FROM contact c JOIN subscriber s ON s.id = c.subscriber
WHERE c.gone_at IS NULL AND c.suspended_at IS NULL GROUP BY 1, 2, 3;

-- Contacts came or changed. Their subscribers' rows are locked: whoever changes choices at the same
-- moment does so before or after, and counts what is there then.
CREATE FUNCTION audience_contacts() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT s.categories, s.areas, d.channel, sum(d.n)
    FROM (SELECT subscriber, channel, sum(n) AS n FROM (
            SELECT subscriber, channel, 1 AS n FROM fresh WHERE gone_at IS NULL AND suspended_at IS NULL
            UNION ALL
            SELECT subscriber, channel, -1 FROM old WHERE gone_at IS NULL AND suspended_at IS NULL) AS both_
        GROUP BY subscriber, channel HAVING sum(n) <> 0) AS d,
        LATERAL (SELECT categories, areas FROM subscriber WHERE id = d.subscriber FOR SHARE) AS s
    GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION audience_fresh_contacts() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT s.categories, s.areas, d.channel, count(*)
    FROM fresh d, LATERAL (SELECT categories, areas FROM subscriber WHERE id = d.subscriber FOR SHARE) AS s
    WHERE d.gone_at IS NULL AND d.suspended_at IS NULL GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

-- Subscribers chose anew; their contacts move from the old choices to the new ones.
CREATE FUNCTION audience_choices() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    INSERT INTO audience (categories, areas, channel, n)
    SELECT m.categories, m.areas, c.channel, sum(m.n)
    FROM (SELECT id, categories, areas, sum(n) AS n FROM (
            SELECT id, categories, areas, 1 AS n FROM fresh UNION ALL SELECT id, categories, areas, -1 FROM old) AS both_
        GROUP BY id, categories, areas HAVING sum(n) <> 0) AS m
        JOIN contact c ON c.subscriber = m.id AND c.gone_at IS NULL AND c.suspended_at IS NULL
    GROUP BY 1, 2, 3 HAVING sum(m.n) <> 0;
    RETURN NULL;
END $$;

CREATE FUNCTION audience_nobody() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    TRUNCATE audience;
    RETURN NULL;
END $$;

CREATE TRIGGER audience_came AFTER INSERT ON contact REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION audience_fresh_contacts();
CREATE TRIGGER audience_changed AFTER UPDATE ON contact REFERENCING NEW TABLE AS fresh OLD TABLE AS old
FOR EACH STATEMENT EXECUTE FUNCTION audience_contacts();
CREATE TRIGGER audience_nobody AFTER TRUNCATE ON contact
FOR EACH STATEMENT EXECUTE FUNCTION audience_nobody();
CREATE TRIGGER audience_chose AFTER UPDATE ON subscriber REFERENCING NEW TABLE AS fresh OLD TABLE AS old
FOR EACH STATEMENT EXECUTE FUNCTION audience_choices();

-- A contact is never deleted (its hash keeps files from bringing it back); were one, the count would
-- be wrong, so it is refused.
CREATE TRIGGER contact_stays BEFORE DELETE ON contact
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Sums up what gathered. Two at once do no harm: a row is summed by who deletes it.
CREATE FUNCTION audience_fold() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    WITH gone AS (DELETE FROM audience RETURNING *)
    INSERT INTO audience (categories, areas, channel, n)
    SELECT categories, areas, channel, sum(n) FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0
$$;

-- How many an alert would reach, by channel.
CREATE OR REPLACE FUNCTION audience_count(token text, categories_ smallint[], areas_ smallint[], everybody boolean)
RETURNS TABLE (mail bigint, sms bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, NULL);
BEGIN
    RETURN QUERY
        SELECT coalesce(sum(n) FILTER (WHERE channel = 'mail'), 0), coalesce(sum(n) FILTER (WHERE channel = 'sms'), 0)
        FROM audience
        WHERE everybody OR (categories && categories_ AND (cardinality(areas_) = 0 OR areas && areas_));
END $$;

-- ---- choices are checked once a statement, not once a subscriber ----

DROP TRIGGER subscriber_check ON subscriber;
CREATE OR REPLACE FUNCTION subscriber_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT categories, areas FROM fresh) AS chosen
        WHERE NOT choices_known(categories, areas)) THEN
        PERFORM refuse('invalid', 'This category or area does not exist.', 'category');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subscriber_came AFTER INSERT ON subscriber REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION subscriber_check();
CREATE TRIGGER subscriber_changed AFTER UPDATE ON subscriber REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION subscriber_check();

-- ---- a file in steps ----

-- What a helper is doing with a file at present. A row of its own: the file's own row is locked while
-- it is applied.
CREATE TABLE import_work (
    import bigint PRIMARY KEY REFERENCES import,
    doing text NOT NULL CHECK (doing IN ('reading', 'applying')),
    done int NOT NULL DEFAULT 0, -- rows, of the step it is at
    whole int NOT NULL DEFAULT 0,
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    failed text NOT NULL DEFAULT '' -- why it ended; the file is as it was before
);

-- Begins work on a file. CONFLICT: somebody is at it, or it is applied or discarded.
CREATE FUNCTION import_claim(token text, import_ bigint, doing_ text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    IF NOT EXISTS (SELECT FROM import WHERE id = import_ AND state = 'staged'
        AND (added IS NULL) = (doing_ = 'reading')) THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    INSERT INTO import_work AS w (import, doing) VALUES (import_, doing_)
    ON CONFLICT (import) DO UPDATE SET doing = doing_, done = 0, whole = 0, failed = '', seen = clock_timestamp()
    WHERE w.failed <> '' OR w.doing <> doing_ OR w.seen < clock_timestamp() - interval '15 seconds';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file is being worked on.');
    END IF;
END $$;

CREATE FUNCTION import_tell(import_ bigint, done_ int, whole_ int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE import_work SET done = done_, whole = whole_, seen = clock_timestamp() WHERE import = import_
$$;

-- The work ended without having changed anything; a file that was not read whole is gone.
CREATE FUNCTION import_failed(import_ bigint, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE import_work SET failed = left(why, 500), seen = clock_timestamp() WHERE import = import_
$$;

-- Looks at the next `most` staged rows after a line: what applying them would do. No row: no more.
CREATE FUNCTION import_look(import_ bigint, after_ int, most int)
RETURNS TABLE (last int, looked int, added int, changed int)
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    key_ bytea := (SELECT key FROM secret WHERE name = 'address');
BEGIN
    RETURN QUERY
        SELECT max(r.line), count(*)::int, count(*) FILTER (WHERE known IS NULL)::int,
            count(*) FILTER (WHERE NOT s.own
                AND (s.categories, s.areas, s.lang) IS DISTINCT FROM (r.categories, r.areas, r.lang))::int
        FROM (SELECT g.*, (SELECT c.subscriber FROM contact c WHERE c.channel = 'mail'
                AND c.hash = hmac(convert_to(lower(g.address), 'UTF8'), key_, 'sha256')) AS known
            FROM import_row g WHERE g.import = import_ AND g.line > after_ ORDER BY g.line LIMIT most) AS r
            LEFT JOIN subscriber s ON s.id = r.known
        HAVING count(*) > 0;
END $$;

-- Registers the next `most` staged rows after a line. Who signs up at the same moment is first or second
-- as the index of addresses says, and nobody waits for the file but who has its very address.
CREATE FUNCTION import_step(import_ bigint, after_ int, most int)
RETURNS TABLE (last int, added int, changed int)
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    key_ bytea := (SELECT key FROM secret WHERE name = 'address');
    n_added int;
    n_changed int;
    last_ int;
    n int;
BEGIN
    SELECT max(line) INTO last_ FROM (SELECT line FROM import_row WHERE import = import_ AND line > after_
        ORDER BY line LIMIT most) AS slice;
    IF last_ IS NULL THEN
        RETURN;
    END IF;
    UPDATE import_row r SET hash = k.hash, fresh = k.known IS NULL,
        subscriber = coalesce(k.known, nextval(pg_get_serial_sequence('subscriber', 'id')))
    FROM (SELECT h.line, h.hash, (SELECT c.subscriber FROM contact c WHERE c.channel = 'mail' AND c.hash = h.hash) AS known
        FROM (SELECT g.line, hmac(convert_to(lower(g.address), 'UTF8'), key_, 'sha256') AS hash FROM import_row g
            WHERE g.import = import_ AND g.line > after_ AND g.line <= last_ OFFSET 0) AS h) AS k
    WHERE r.import = import_ AND r.line = k.line;

    INSERT INTO subscriber (id, lang, categories, areas, own, import) OVERRIDING SYSTEM VALUE
    SELECT r.subscriber, r.lang, r.categories, r.areas, false, import_
    FROM import_row r WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.fresh ORDER BY r.line;
    GET DIAGNOSTICS n_added = ROW_COUNT;
    INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
    SELECT r.subscriber, 'mail', r.address, r.hash, now()
    FROM import_row r WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.fresh ORDER BY r.line
    ON CONFLICT (hash, channel) DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> n_added THEN -- he came by himself this very moment: as he chose
        DELETE FROM subscriber s USING import_row r
        WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.fresh AND s.id = r.subscriber
            AND NOT EXISTS (SELECT FROM contact c WHERE c.subscriber = s.id);
        n_added := n;
    END IF;
    UPDATE subscriber s SET lang = r.lang, categories = r.categories, areas = r.areas, import = import_
    FROM import_row r WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND NOT r.fresh
        AND s.id = r.subscriber AND NOT s.own
        AND (s.categories, s.areas, s.lang) IS DISTINCT FROM (r.categories, r.areas, r.lang);
    GET DIAGNOSTICS n_changed = ROW_COUNT;
    -- A phone number belongs to whom it was registered for first.
    INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
    SELECT r.subscriber, 'sms', r.phone, hmac(convert_to(lower(r.phone), 'UTF8'), key_, 'sha256'), now()
    FROM import_row r JOIN subscriber s ON s.id = r.subscriber
    WHERE r.import = import_ AND r.line > after_ AND r.line <= last_ AND r.phone IS NOT NULL AND NOT s.own
        AND NOT EXISTS (SELECT FROM contact c WHERE c.subscriber = s.id AND c.channel = 'sms')
    ORDER BY r.line
    ON CONFLICT (hash, channel) DO NOTHING;
    RETURN QUERY SELECT last_, n_added, n_changed;
END $$;

-- The first and the last step of applying; the others lie between them in the same transaction.
CREATE FUNCTION import_first(import_ bigint) RETURNS int
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE import SET state = 'applied', applied_at = now(), added = 0, changed = 0
    WHERE id = import_ AND state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    ANALYZE import_row; -- it was empty a minute ago, as far as the planner knows
    RETURN (SELECT count(*) FROM import_row WHERE import = import_);
END $$;

CREATE FUNCTION import_last(import_ bigint, added_ int, changed_ int) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE import SET added = added_, changed = changed_,
        kept = (SELECT count(*) FROM import_row r WHERE r.import = import_) - added_ - changed_
    WHERE id = import_;
    DELETE FROM import_row WHERE import = import_;
    PERFORM audience_fold();
    -- The next alert may come before autovacuum does: fan-out must not plan for an empty town.
    ANALYZE subscriber, contact;
END $$;

-- All good rows at once: for small files.
CREATE OR REPLACE FUNCTION import_run(import_ bigint) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    s record;
    n_added int := 0;
    n_changed int := 0;
BEGIN
    PERFORM import_first(import_);
    SELECT 0 AS last, 0 AS added, 0 AS changed INTO s;
    LOOP
        SELECT * INTO s FROM import_step(import_, s.last, 5000);
        EXIT WHEN s.last IS NULL;
        n_added := n_added + s.added;
        n_changed := n_changed + s.changed;
    END LOOP;
    PERFORM import_last(import_, n_added, n_changed);
END $$;

-- The staged file is complete, and this is what applying it would do.
DROP FUNCTION import_measure(bigint, int, int);
CREATE FUNCTION import_measured(import_ bigint, rows_ int, duplicates_ int, added_ int, changed_ int, kept_ int)
RETURNS void LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    UPDATE import SET file_rows = rows_, duplicates = duplicates_, added = added_, changed = changed_, kept = kept_,
        refused = (SELECT count(*) FROM import_refusal r WHERE r.import = import_)
    WHERE id = import_ AND state = 'staged';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
END $$;

DROP FUNCTION import_ready(text, bigint, int, int, inet);
CREATE FUNCTION import_ready(token text, import_ bigint, rows_ int, duplicates_ int, added_ int, changed_ int,
    kept_ int, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_measured(import_, rows_, duplicates_, added_, changed_, kept_);
    PERFORM oplog_act(a, 'import.stage', 'import ' || import_);
END $$;

-- The console's steps of looking and applying; each asks who it is again.
CREATE FUNCTION import_console_look(token text, import_ bigint, after_ int, most int)
RETURNS TABLE (last int, looked int, added int, changed int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    RETURN QUERY SELECT * FROM import_look(import_, after_, most);
END $$;

CREATE FUNCTION import_console_first(token text, import_ bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    RETURN import_first(import_);
END $$;

-- Only within the transaction that began it: else rows would come in by halves.
CREATE FUNCTION import_console_step(token text, import_ bigint, after_ int, most int)
RETURNS TABLE (last int, added int, changed int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    IF NOT EXISTS (SELECT FROM import i WHERE i.id = import_ AND i.state = 'applied' AND i.applied_at = now()) THEN
        PERFORM refuse('conflict', 'This file was already imported or discarded.');
    END IF;
    RETURN QUERY SELECT * FROM import_step(import_, after_, most);
END $$;

CREATE FUNCTION import_console_last(token text, import_ bigint, added_ int, changed_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_last(import_, added_, changed_);
    PERFORM oplog_act(a, 'import.apply', 'import ' || i.id, i.reason) FROM import i WHERE i.id = import_;
END $$;

-- One import as the console shows it, with what is being done with it.
DROP FUNCTION import_read(text, bigint);
CREATE FUNCTION import_read(token text, import bigint)
RETURNS TABLE (id bigint, state text, reason text, file_name text, made timestamptz,
    file_rows int, duplicates int, refused int, added int, changed int, kept int,
    doing text, alive boolean, done int, whole int, failed text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    RETURN QUERY
        SELECT i.id, i.state, i.reason, i.file_name, i.made, i.file_rows, i.duplicates, i.refused,
            i.added, i.changed, i.kept, coalesce(w.doing, ''),
            w.failed = '' AND w.seen > clock_timestamp() - interval '15 seconds', w.done, w.whole, coalesce(w.failed, '')
        FROM kairan.import i LEFT JOIN import_work w ON w.import = i.id
            -- reading is over once it was measured, applying once it is applied
            AND CASE w.doing WHEN 'reading' THEN i.added IS NULL ELSE i.state = 'staged' END
        WHERE i.id = import_read.import;
END $$;

-- Two links of one new address, or a link and a file, at the same moment: who comes second finds the
-- first one's contact and changes its choices.
CREATE OR REPLACE FUNCTION signup_confirm(token text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    s signup;
    who bigint;
BEGIN
    SELECT * INTO s FROM signup
    WHERE token_hash = token_hash(token) AND expires > now() FOR UPDATE;
    IF s.id IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid any more. Please sign up again.');
    END IF;
    IF s.used_at IS NOT NULL THEN
        RETURN;
    END IF;
    UPDATE signup SET used_at = now() WHERE id = s.id;
    IF NOT EXISTS (SELECT FROM contact WHERE channel = 'mail' AND hash = address_hash(s.address)) THEN
        INSERT INTO subscriber (lang, categories, areas, own, terms_version, agreed_at)
        VALUES (s.lang, s.categories, s.areas, true, s.terms_version, s.made) RETURNING id INTO who;
        INSERT INTO contact (subscriber, channel, address, hash, confirmed_at)
        VALUES (who, 'mail', s.address, address_hash(s.address), now())
        ON CONFLICT (hash, channel) DO NOTHING;
        IF FOUND THEN
            RETURN;
        END IF;
        DELETE FROM subscriber WHERE id = who;
    END IF;
    SELECT subscriber INTO who FROM contact
    WHERE channel = 'mail' AND hash = address_hash(s.address) FOR UPDATE;
    UPDATE subscriber SET lang = s.lang, categories = s.categories, areas = s.areas, own = true,
        terms_version = s.terms_version, agreed_at = s.made
    WHERE id = who;
    UPDATE contact SET address = s.address, gone_at = NULL, suspended_at = NULL,
        confirmed_at = CASE WHEN gone_at IS NULL THEN confirmed_at ELSE now() END
    WHERE channel = 'mail' AND hash = address_hash(s.address);
END $$;

-- Contacts before their subscriber, as everywhere.
CREATE OR REPLACE FUNCTION leave(link text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    who bigint;
BEGIN
    SELECT subscriber INTO who FROM contact WHERE id = link_contact(link, 1);
    IF who IS NULL THEN
        PERFORM refuse('missing', 'This link is not valid. Please use the link of a newer mail.');
    END IF;
    PERFORM FROM contact WHERE subscriber = who ORDER BY id FOR UPDATE;
    UPDATE subscriber SET own = true WHERE id = who;
    UPDATE contact SET gone_at = now(), address = NULL WHERE subscriber = who AND gone_at IS NULL;
END $$;

DROP FUNCTION import_apply(text, bigint, inet);
GRANT EXECUTE ON FUNCTION
    import_claim(text, bigint, text), import_tell(bigint, int, int), import_failed(bigint, text),
    import_ready(text, bigint, int, int, int, int, int, inet), import_read(text, bigint),
    import_console_look(text, bigint, int, int), import_console_first(text, bigint),
    import_console_step(text, bigint, int, int), import_console_last(text, bigint, int, int, inet)
TO kairan_staff;
GRANT EXECUTE ON FUNCTION audience_fold() TO kairan_house;
