-- The end of a year's log rows (004 §8-2): when its time is over, by two persons' word.

-- To the end of the fiscal year after the one of the moment.
CREATE FUNCTION oplog_kept_until(at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = kairan, pg_temp AS $$
    SELECT make_timestamptz(fiscal_year(at) + 2, 4, 1, 0, 0, 0, 'Asia/Tokyo')
$$;

-- The oldest year there are rows of, and whether its time is over.
CREATE FUNCTION oplog_oldest(now_ timestamptz) RETURNS TABLE (year int, due boolean)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT y, oplog_kept_until(make_timestamptz(y, 4, 1, 0, 0, 0, 'Asia/Tokyo')) <= now_
    FROM (SELECT min(substring(c.relname FROM '^oplog_([0-9]{4})$')::int) AS y
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'oplog'::regclass) AS oldest
$$;

-- An administrator asks for the removal of a year whose time is over.
CREATE FUNCTION purge_ask(token text, year_ int, network inet, now_ timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    IF NOT may(me, 'log.purge-ask') THEN
        PERFORM refuse('denied', 'Only an administrator may ask for the removal of old entries.');
    END IF;
    IF NOT EXISTS (SELECT FROM oplog_oldest(now_) WHERE year = year_ AND due) THEN
        PERFORM refuse('conflict', 'The entries of this year are to be kept to the end of the next fiscal year.');
    END IF;
    INSERT INTO oplog_purge (year, asked_by) VALUES (year_, me.person) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'The removal was asked for already.');
    END IF;
    PERFORM oplog_act(me, 'log.purge-ask', 'year ' || year_);
END $$;

-- purge_ask of this moment, for the console.
CREATE FUNCTION purge_request(token text, year_ int, network inet) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT purge_ask(token, year_, network, clock_timestamp())
$$;
GRANT EXECUTE ON FUNCTION purge_request TO kairan_staff;

-- By somebody else than who asked: an administrator or an auditor.
CREATE FUNCTION purge_confirm(token text, year_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
    asked bigint;
BEGIN
    SELECT asked_by INTO asked FROM oplog_purge WHERE year = year_ AND confirmed_at IS NULL FOR UPDATE;
    IF asked IS NULL THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    IF asked = me.person THEN
        PERFORM refuse('denied', 'Who asked for the removal may not confirm it.');
    END IF;
    UPDATE oplog_purge SET confirmed_by = me.person, confirmed_at = clock_timestamp() WHERE year = year_;
    PERFORM oplog_act(me, 'log.purge-confirm', 'year ' || year_);
END $$;
GRANT EXECUTE ON FUNCTION purge_confirm TO kairan_staff;

-- Takes back what has not been done: any reader of the log may.
CREATE FUNCTION purge_withdraw(token text, year_ int, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    DELETE FROM oplog_purge WHERE year = year_ AND done_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    PERFORM oplog_act(me, 'log.purge-withdraw', 'year ' || year_);
END $$;
GRANT EXECUTE ON FUNCTION purge_withdraw TO kairan_staff;

-- The operator on the host, where the town has one administrator.
CREATE FUNCTION purge_operator(year_ int) RETURNS void
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT o.person) FROM post o JOIN person p ON p.id = o.person
        WHERE o.role = 'administrator' AND o.during @> clock_timestamp() AND p.suspended_at IS NULL) > 1 THEN
        PERFORM refuse('denied', 'Where there are two administrators, the other one confirms.');
    END IF;
    UPDATE oplog_purge SET confirmed_at = clock_timestamp() WHERE year = year_ AND confirmed_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'This removal waits for nobody.');
    END IF;
    PERFORM oplog_operator('log.purge-confirm', 'year ' || year_);
END $$;

-- Drops the oldest year's rows when two persons have said so, and says where the chain goes on; the year, or
-- NULL. As month_drop (core/house/partition.law.sql), it waits for nobody.
CREATE FUNCTION oplog_drop(now_ timestamptz) RETURNS int
LANGUAGE plpgsql SET search_path = kairan, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
    p oplog_purge;
    last oplog;
    name text;
BEGIN
    SELECT g.* INTO p FROM oplog_oldest(now_) o JOIN oplog_purge g ON g.year = o.year
    WHERE o.due AND g.confirmed_at IS NOT NULL AND g.done_at IS NULL;
    IF p.year IS NULL THEN
        RETURN NULL;
    END IF;
    name := 'oplog_' || p.year;
    EXECUTE format('SELECT * FROM %I ORDER BY seq DESC LIMIT 1', name) INTO last;
    IF last.seq IS NULL THEN -- a year without rows: what was the end stays the end
        SELECT last_seq, last_hash INTO last.seq, last.hash FROM oplog_purge
        WHERE done_at IS NOT NULL ORDER BY year DESC LIMIT 1;
        last.seq := coalesce(last.seq, 0);
        last.hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    END IF;
    EXECUTE format('ALTER TABLE oplog DETACH PARTITION %I', name);
    IF EXISTS (SELECT FROM oplog WHERE seq < last.seq) THEN
        RAISE EXCEPTION 'the rows of % are not the oldest ones', p.year;
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    UPDATE oplog_purge SET done_at = clock_timestamp(), last_seq = last.seq, last_hash = last.hash
    WHERE year = p.year;
    PERFORM oplog_append(NULL, 'system', NULL, NULL, NULL, 'log.purge', 'year ' || p.year, 'done', '', NULL,
        facts => jsonb_build_object('last', last.seq, 'hash', encode(last.hash, 'hex')));
    RETURN p.year;
END $$;

-- oplog_drop by the database's own clock; '' nothing is due, 'busy', or the year.
CREATE FUNCTION house_purge_log() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    RETURN coalesce(oplog_drop(clock_timestamp())::text, '');
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END $$;
GRANT EXECUTE ON FUNCTION house_purge_log TO kairan_house;

-- What stands in for the rows that are gone, and what the chain itself says of it ('' nothing).
CREATE FUNCTION oplog_base() RETURNS TABLE (year int, seq bigint, hash bytea, said text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT g.year, g.last_seq, g.last_hash,
        coalesce((SELECT max((l.facts ->> 'last') || ' ' || (l.facts ->> 'hash')) FROM oplog l WHERE l.act = 'log.purge' AND l.object = 'year ' || g.year
            AND l.login = 'system' AND l.person IS NULL), '')
    FROM oplog_purge g WHERE g.done_at IS NOT NULL ORDER BY g.year DESC LIMIT 1
$$;

-- What was asked for, confirmed and done, and the oldest year there are rows of.
CREATE FUNCTION purge_list(token text)
RETURNS TABLE (year int, due boolean, asked_by text, asked_at timestamptz, mine boolean, confirmed_by text,
    confirmed_at timestamptz, done_at timestamptz, kept_until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, NULL);
BEGIN
    RETURN QUERY
        SELECT coalesce(g.year, o.year), coalesce(o.due, false), a.name, g.asked_at,
            coalesce(g.asked_by = me.person, false), c.name, g.confirmed_at, g.done_at,
            oplog_kept_until(make_timestamptz(coalesce(g.year, o.year), 4, 1, 0, 0, 0, 'Asia/Tokyo'))
        FROM oplog_oldest(clock_timestamp()) o FULL JOIN oplog_purge g ON g.year = o.year
            LEFT JOIN person a ON a.id = g.asked_by LEFT JOIN person c ON c.id = g.confirmed_by
        ORDER BY 1 DESC;
END $$;
GRANT EXECUTE ON FUNCTION purge_list TO kairan_staff;
