-- Anchors, and checks of the chain from the console.

-- ---- anchors ----

-- The head, to be written down outside the database.
CREATE FUNCTION oplog_anchor() RETURNS TABLE (at text, seq bigint, hash text, count bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), h.seq,
        encode(h.hash, 'hex'), (SELECT count(*) FROM oplog)
    FROM oplog_head h
$$;
GRANT EXECUTE ON FUNCTION oplog_anchor TO kairan_house;

-- An anchor by mail, once a day: `line` goes into a letter.
CREATE FUNCTION oplog_anchor_mail(address_ text, line text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM letter WHERE template = 'anchor' AND made >= date_trunc('day',
        clock_timestamp() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo') THEN
        RETURN false;
    END IF;
    PERFORM letter_add('anchor', 'ja', NULL, address_, line, clock_timestamp() + interval '1 day');
    RETURN true;
END $$;
GRANT EXECUTE ON FUNCTION oplog_anchor_mail TO kairan_house;

-- ---- checks from the console ----

-- A check begins behind the rows that are gone, up to the head of this moment.
CREATE FUNCTION check_begin(person_ bigint) RETURNS void
LANGUAGE sql SET search_path = kairan, pg_temp AS $$
    INSERT INTO oplog_check (person, last, last_hash, first, done, hash)
    SELECT person_, h.seq, h.hash, coalesce(b.seq, 0), coalesce(b.seq, 0),
        coalesce(b.hash, decode(repeat('00', 32), 'hex'))
    FROM oplog_head h LEFT JOIN oplog_base() b ON true
$$;

-- Begins a check, or finds the one under way.
CREATE FUNCTION check_start(token text, network inet) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := oplog_reader(token, network);
BEGIN
    IF EXISTS (SELECT FROM oplog_check WHERE ended IS NULL) THEN
        RETURN;
    END IF;
    PERFORM check_begin(me.person);
    PERFORM oplog_act(me, 'log.verify', '');
END $$;
GRANT EXECUTE ON FUNCTION check_start TO kairan_staff;

-- What is wrong at the end of a check, '' nothing.
CREATE FUNCTION check_end(k oplog_check) RETURNS text
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT CASE WHEN k.done < k.last OR k.hash <> k.last_hash THEN 'head'
        WHEN EXISTS (SELECT FROM oplog_base() b
            WHERE b.said <> format('%s %s', b.seq, encode(b.hash, 'hex'))) THEN 'base'
        ELSE '' END
$$;

-- The next `most` rows of the check under way: 'more' when there are more, at the end 'whole' or what is wrong, ''
-- when nobody asked for a check.
CREATE FUNCTION check_step(most int) RETURNS text
LANGUAGE plpgsql SET search_path = kairan, pg_temp AS $$
DECLARE
    k oplog_check;
    s record;
    high bigint;
BEGIN
    SELECT * INTO k FROM oplog_check WHERE ended IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF k.id IS NULL THEN
        RETURN '';
    END IF;
    high := least(k.done + most, k.last);
    SELECT min(w.seq) FILTER (WHERE wrong <> '') AS bad,
        (array_agg(w.wrong ORDER BY w.seq) FILTER (WHERE wrong <> ''))[1] AS wrong,
        max(w.seq) AS seq, (array_agg(w.hash ORDER BY w.seq DESC))[1] AS hash, max(w.at) AS at,
        count(*) FILTER (WHERE w.act = 'clock.back') AS clocks INTO s
    FROM (SELECT l.seq, l.hash, l.at, l.act, CASE WHEN l.seq <> lag(l.seq, 1, k.done) OVER o + 1 THEN 'gap'
            WHEN l.prev <> lag(l.hash, 1, k.hash) OVER o THEN 'link'
            WHEN l.hash <> oplog_digest(l) THEN 'content'
            WHEN l.at < lag(l.at, 1, k.at) OVER o AND l.act <> 'clock.back' THEN 'clock' ELSE '' END AS wrong
        FROM oplog l WHERE l.seq > k.done AND l.seq <= high WINDOW o AS (ORDER BY l.seq, l.at)) AS w;
    k.found := coalesce(s.wrong, CASE WHEN s.seq IS DISTINCT FROM high AND high > k.done THEN 'gap' ELSE '' END);
    k.done := coalesce(s.bad - 1, s.seq, k.done);
    k.hash := coalesce(s.hash, k.hash);
    IF k.found = '' AND k.done >= k.last THEN
        k.found := check_end(k);
    END IF;
    UPDATE oplog_check SET found = k.found, done = k.done, hash = k.hash, at = coalesce(s.at, k.at),
        clocks = k.clocks + s.clocks,
        ended = CASE WHEN k.found <> '' OR k.done >= k.last THEN clock_timestamp() END
    WHERE id = k.id;
    RETURN CASE WHEN k.found <> '' THEN k.found WHEN k.done < k.last THEN 'more' ELSE 'whole' END;
END $$;

-- As check_step; a day after the last check the next one begins by itself.
CREATE FUNCTION house_check_log(most int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    IF coalesce((SELECT started FROM oplog_check ORDER BY id DESC LIMIT 1), '-infinity')
        NOT BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() THEN
        PERFORM check_begin(NULL) WHERE NOT EXISTS (SELECT FROM oplog_check WHERE ended IS NULL);
    END IF;
    RETURN check_step(least(most, 50000));
END $$;
GRANT EXECUTE ON FUNCTION house_check_log TO kairan_house;

-- The newest check, and the head as one may write it down.
CREATE FUNCTION check_state(token text)
RETURNS TABLE (head bigint, head_hash text, first bigint, last bigint, done bigint, started timestamptz,
    ended timestamptz, person text, found text, clocks int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY
        SELECT h.seq, encode(h.hash, 'hex'), k.first, k.last, k.done, k.started, k.ended, p.name, k.found, k.clocks
        FROM oplog_head h LEFT JOIN (SELECT * FROM oplog_check ORDER BY id DESC LIMIT 1) AS k ON true
            LEFT JOIN person p ON p.id = k.person;
END $$;
GRANT EXECUTE ON FUNCTION check_state TO kairan_staff;
