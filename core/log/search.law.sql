-- Reading the operation log (004 §8-3): search and export, for administrators and auditors.

-- Who may read the log: an administrator or an auditor (004 §8-3).
CREATE FUNCTION oplog_reader(token text, network inet) RETURNS actor
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    me actor := actor_of(token, network);
BEGIN
    IF NOT may(me, 'log.read') THEN
        PERFORM refuse('denied', 'Only administrators and auditors may read the operation log.');
    END IF;
    RETURN me;
END $$;

-- The conditions of a filter, $1, on the row l. Each has its index; `words` has two halves.
CREATE FUNCTION oplog_conditions(f oplog_filter) RETURNS text[] LANGUAGE sql IMMUTABLE
SET search_path = kairan, pg_temp AS $$
    SELECT array_remove(ARRAY[
        CASE WHEN f.person IS NOT NULL THEN 'l.person = ($1).person' END,
        CASE WHEN f.role IS NOT NULL THEN 'l.role = ($1).role' END,
        CASE WHEN f.department IS NOT NULL THEN 'l.department = ($1).department' END,
        CASE WHEN f.act IS NOT NULL THEN 'l.act = ($1).act' END,
        CASE WHEN f.object IS NOT NULL THEN 'l.object = ($1).object' END,
        CASE WHEN f.network IS NOT NULL THEN 'l.network = ($1).network' END,
        CASE f.result WHEN 'refused' THEN 'l.result = ''refused''' END], NULL)
$$;

-- Rows that match, newest first, below a number. Of the conditions that have an index, the one whose next
-- 2,000 entries reach furthest back leads the way, step by step: so a rare one finds what there is at once,
-- and many common ones never cost more than the budget. A last row with nothing but its number says that
-- there is more to look through below it.
CREATE FUNCTION oplog_find(f oplog_filter, before_ bigint, most int, budget interval)
RETURNS SETOF oplog LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    stop timestamptz := clock_timestamp() + budget;
    ways text[] := oplog_conditions(f);
    rest text := array_to_string(ways || '{true}'::text[]
        || CASE f.result WHEN 'done' THEN ARRAY['l.result = ''done'''] END
        || CASE WHEN f.since IS NOT NULL THEN ARRAY['l.at >= ($1).since'] END
        || CASE WHEN f.until IS NOT NULL THEN ARRAY['l.at < ($1).until'] END
        || CASE WHEN f.words <> '' THEN
            ARRAY['strpos(lower(oplog_words(object, reason, facts)), lower(($1).words)) > 0'] END, ' AND ');
    high bigint := least(before_, (SELECT seq + 1 FROM oplog_head));
    bottom bigint;
    low bigint;
    next_ bigint;
    way text;
    led text;
    r oplog;
BEGIN
    IF f.until IS NOT NULL THEN
        high := least(high, (SELECT max(seq) + 1 FROM (SELECT seq FROM oplog WHERE at < f.until
            ORDER BY at DESC, seq DESC LIMIT 1) AS newest));
    END IF;
    SELECT min(seq) INTO bottom FROM (SELECT seq FROM oplog WHERE at >= coalesce(f.since, '-infinity')
        ORDER BY at, seq LIMIT 1) AS oldest;
    WHILE most > 0 AND high > bottom LOOP
        low := high - 2000;
        led := 'true';
        FOREACH way IN ARRAY ways LOOP
            EXECUTE format('SELECT seq FROM oplog l WHERE %s AND seq < $2 ORDER BY seq DESC OFFSET 1999 LIMIT 1',
                way) INTO next_ USING f, high;
            IF coalesce(next_, 0) < low THEN
                low := coalesce(next_, 0);
                led := way;
            END IF;
        END LOOP;
        IF length(f.words) > 1 AND ((high - 1) >> 15) << 15 < low THEN
            low := ((high - 1) >> 15) << 15;
            led := format('oplog_grams(seq >> 15, oplog_words(object, reason, facts)) @> oplog_grams(%s, ($1).words)',
                low >> 15);
        ELSIF led = 'true' THEN
            led := format('seq >= %s AND seq < %s', low, high);
        ELSE
            led := led || format(' AND seq >= %s AND seq < %s', low, high);
        END IF;
        FOR r IN EXECUTE format('WITH led AS MATERIALIZED (SELECT * FROM oplog l WHERE %s) SELECT * FROM led l '
            'WHERE seq >= $3 AND seq < $2 AND %s ORDER BY seq DESC LIMIT $4', led, rest)
            USING f, high, low, most LOOP
            RETURN NEXT r;
            most := most - 1;
        END LOOP;
        high := low;
        EXIT WHEN clock_timestamp() > stop;
    END LOOP;
    IF most > 0 AND high > bottom THEN
        r := NULL;
        r.seq := high;
        RETURN NEXT r;
    END IF;
END $$;

-- A filter from texts as a form has them, '' for anything: person (sign-in name or name), role, department,
-- act, object, result, network address, from and to (Japan time, "2026-11-28T09:00", the last minute
-- included), words.
CREATE FUNCTION oplog_filter_of(what text[]) RETURNS oplog_filter
LANGUAGE plpgsql STABLE SET search_path = kairan, pg_temp AS $$
DECLARE
    f oplog_filter;
    w text[] := array_replace(what, '', NULL);
    field text := 'department';
BEGIN
    f.person := (SELECT id FROM person WHERE w[1] IN (login, name) ORDER BY login = w[1] DESC, id LIMIT 1);
    IF w[1] IS NOT NULL AND f.person IS NULL THEN
        PERFORM refuse('invalid', 'Nobody has this sign-in name or name.', 'person');
    END IF;
    f.role := w[2];
    f.act := w[4];
    f.object := w[5];
    f.result := w[6];
    f.words := w[10];
    f.department := w[3]::bigint;
    field := 'network';
    f.network := host(w[7]::inet)::inet;
    field := CASE WHEN w[8] !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$' THEN 'since'
        WHEN w[9] !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$' THEN 'until' END;
    IF field IS NOT NULL THEN
        RAISE data_exception;
    END IF;
    field := 'since';
    f.since := w[8]::timestamp AT TIME ZONE 'Asia/Tokyo';
    field := 'until';
    f.until := (w[9]::timestamp + interval '1 minute') AT TIME ZONE 'Asia/Tokyo';
    RETURN f;
EXCEPTION WHEN data_exception THEN
    PERFORM refuse('invalid', 'This cannot be looked for. Please correct it.', field);
END $$;

-- Rows as people read them. The last may be a number alone (act NULL): there is more below it.
CREATE FUNCTION oplog_shown(f oplog_filter, before_ bigint, most int, budget interval)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    facts jsonb, network text, behalf text, request text)
LANGUAGE sql STABLE SET search_path = kairan, pg_temp AS $$
    SELECT l.seq, l.at, l.login, p.name, l.role, d.name, d.name_en, l.act, l.object,
        CASE WHEN l.object ~ '^person [0-9]{1,18}$' -- its name as it is now
            THEN (SELECT o.name FROM person o WHERE o.id = substr(l.object, 8)::bigint) END,
        l.result, l.reason, l.facts, host(l.network), b.name, l.request
    FROM oplog_find(f, before_, most, budget) l LEFT JOIN person p ON p.id = l.person
        LEFT JOIN department d ON d.id = l.department LEFT JOIN person b ON b.id = l.behalf
    ORDER BY l.seq DESC
$$;

-- A page of the log as its readers see it, at most 200 rows; looks for 0.1 s.
CREATE FUNCTION oplog_search(token text, what text[], before_ bigint, most int)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    facts jsonb, network text, behalf text, request text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT * FROM oplog_shown(oplog_filter_of(what), before_, least(most, 200), '100 ms');
END $$;
GRANT EXECUTE ON FUNCTION oplog_search TO kairan_staff;

-- The same for a file. Its first page (before_ NULL) puts the export on record; no later page comes without
-- that record of the last hour.
CREATE FUNCTION oplog_export(token text, what text[], before_ bigint, most int, from_ inet)
RETURNS TABLE (seq bigint, at timestamptz, login text, name text, role text, department text,
    department_en text, act text, object text, object_name text, result text, reason text,
    facts jsonb, network text, behalf text, request text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me actor := oplog_reader(token, from_);
    f oplog_filter := oplog_filter_of(what);
BEGIN
    IF before_ IS NULL THEN
        PERFORM oplog_act(me, 'log.export', '',
            facts => jsonb_build_object('filter', nullif(array_to_string(array_remove(what, ''), ', '), '')));
    ELSIF NOT EXISTS (SELECT FROM oplog l WHERE l.person = me.person AND l.act = 'log.export'
        AND l.at > clock_timestamp() - interval '1 hour') THEN
        PERFORM refuse('conflict', 'This export was not begun.');
    END IF;
    RETURN QUERY SELECT * FROM oplog_shown(f, before_, least(most, 2000), '100 ms');
END $$;
GRANT EXECUTE ON FUNCTION oplog_export TO kairan_staff;

-- The departments to filter by.
CREATE FUNCTION oplog_departments(token text) RETURNS TABLE (id bigint, name text, name_en text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = kairan, pg_temp AS $$
BEGIN
    PERFORM oplog_reader(token, NULL);
    RETURN QUERY SELECT d.id, d.name, d.name_en FROM department d ORDER BY d.name;
END $$;
GRANT EXECUTE ON FUNCTION oplog_departments TO kairan_staff;
