-- Files of residents: staged by the program, measured, applied in one transaction by short steps. A file adds,
-- and changes only whom a file registered.
--
-- The console's way: import_begin, COPY of rows and refusals, the steps of looking, import_ready, the steps of
-- applying, or import_discard. The operator's (kairan import, the owner's connection): import_open(NULL, …),
-- COPY, import_look, import_measured, import_first, import_step, import_last, oplog_operator('import.apply',
-- …).

-- Rows of a file come in by COPY; only its functions read them.
GRANT INSERT ON import_row, import_refusal TO kairan_staff;

-- ---- the steps ----

-- A new file, staged. who NULL: the operator.
CREATE FUNCTION import_open(who bigint, reason text, file_name text) RETURNS bigint
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO import (person, reason, file_name)
    VALUES (who, btrim(reason), left(file_name, 200)) RETURNING id
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

-- The staged file is complete, and this is what applying it would do.
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

-- The first step of applying; the others lie between it and import_last in the same transaction. Returns how
-- many rows there are.
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

-- The last step of applying: the counts, and the staged addresses go.
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
CREATE FUNCTION import_run(import_ bigint) RETURNS void
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

-- ---- the console ----

-- The actor of a token, who must be an administrator.
CREATE FUNCTION import_actor(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := actor_of(token, network);
BEGIN
    IF NOT may(a, 'import.stage') THEN
        PERFORM refuse('denied', 'Only an administrator may import residents.');
    END IF;
    RETURN a;
END $$;

-- The console begins a file, with the reason of its registration.
CREATE FUNCTION import_begin(token text, reason text, file_name text, network inet) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    IF reason !~ '\S' OR char_length(reason) > limit_short_chars() THEN
        PERFORM refuse('invalid', 'Please give the reason of this registration, in at most 200 characters.', 'reason');
    END IF;
    RETURN import_open(a.person, reason, file_name);
END $$;
GRANT EXECUTE ON FUNCTION import_begin TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION import_claim TO kairan_staff;

-- How far the work on a file is.
CREATE FUNCTION import_tell(import_ bigint, done_ int, whole_ int) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE import_work SET done = done_, whole = whole_, seen = clock_timestamp() WHERE import = import_
$$;
GRANT EXECUTE ON FUNCTION import_tell TO kairan_staff;

-- The work ended without having changed anything; a file that was not read whole is gone.
CREATE FUNCTION import_failed(import_ bigint, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    UPDATE import_work SET failed = left(why, 500), seen = clock_timestamp() WHERE import = import_
$$;
GRANT EXECUTE ON FUNCTION import_failed TO kairan_staff;

-- The console's steps of looking and applying; each asks who it is again.
CREATE FUNCTION import_console_look(token text, import_ bigint, after_ int, most int)
RETURNS TABLE (last int, looked int, added int, changed int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    RETURN QUERY SELECT * FROM import_look(import_, after_, most);
END $$;
GRANT EXECUTE ON FUNCTION import_console_look TO kairan_staff;

-- import_measured for the console, on record.
CREATE FUNCTION import_ready(token text, import_ bigint, rows_ int, duplicates_ int, added_ int, changed_ int,
    kept_ int, network inet)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_measured(import_, rows_, duplicates_, added_, changed_, kept_);
    PERFORM oplog_act(a, 'import.stage', 'import ' || import_);
END $$;
GRANT EXECUTE ON FUNCTION import_ready TO kairan_staff;

-- import_first for the console.
CREATE FUNCTION import_console_first(token text, import_ bigint) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM import_actor(token, NULL);
    RETURN import_first(import_);
END $$;
GRANT EXECUTE ON FUNCTION import_console_first TO kairan_staff;

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
GRANT EXECUTE ON FUNCTION import_console_step TO kairan_staff;

-- import_last for the console, on record with the reason.
CREATE FUNCTION import_console_last(token text, import_ bigint, added_ int, changed_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, network);
BEGIN
    PERFORM import_last(import_, added_, changed_);
    PERFORM oplog_act(a, 'import.apply', 'import ' || i.id, i.reason) FROM import i WHERE i.id = import_;
END $$;
GRANT EXECUTE ON FUNCTION import_console_last TO kairan_staff;

-- Gives a staged file up; its addresses go.
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
GRANT EXECUTE ON FUNCTION import_discard TO kairan_staff;

-- One import as the console shows it, with what is being done with it.
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
GRANT EXECUTE ON FUNCTION import_read TO kairan_staff;

-- A file's refused rows, to download.
CREATE FUNCTION import_refusals(token text, import bigint)
RETURNS TABLE (line int, reason text, excerpt text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    a actor := import_actor(token, NULL);
BEGIN
    RETURN QUERY SELECT r.line, r.reason, r.excerpt FROM import_refusal r
        WHERE r.import = import_refusals.import ORDER BY r.line;
END $$;
GRANT EXECUTE ON FUNCTION import_refusals TO kairan_staff;
